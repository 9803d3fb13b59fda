/** Tables that other programs export, audited and unlearned by the command line, and read back by the same programs. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomStream } from '@indistinct/core'
import { readTable } from '@indistinct/embeddings'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../apps/indistinct/src/run.ts'
import { pythonWith } from '../packages/embeddings/src/peers/python-peer.ts'
import { quickAttack } from '../apps/indistinct/src/end-to-end/quick-attack.ts'

const root = mkdtempSync(join(tmpdir(), 'indistinct-tools-'))
afterAll(() => rmSync(root, { recursive: true }))

const USERS = 120
const K = 4
const hostileIds = [
  '9007199254740993',
  '9007199254740992',
  '=1+1',
  '-3',
  'a,b',
  '"',
  'x "y"',
  'zwei\nZeilen',
  ' padded ',
  'ж',
  '日本',
  '😀',
  '<b>',
  "'",
  '\t',
  '0x10',
  '1e5',
  'None',
  'true',
]
const ids = Array.from({ length: USERS }, (_, i) => hostileIds[i] ?? `u${i}`)
/** Every tenth user has no label and stays where it is. */
const labels = ids.map((_, i) => (i % 10 === 9 ? '' : 'FM'[i % 2]!))
const random = randomStream(3, 'other-tools')
const values = Float64Array.from(
  { length: USERS * K },
  (_, p) => random.normal() + (labels[Math.floor(p / K)] === 'F' && p % K === 1 ? 3 : 0),
)

/** A folder with ids, labels and values for Python to read. */
function place(name: string): string {
  const folder = join(root, name)
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'given.json'),
    JSON.stringify({ ids, labels, values: [...values], users: USERS, dimensions: K }),
  )
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
  writeFileSync(
    join(folder, 'people.csv'),
    `id,gender\n${ids.map((id, i) => `${quoted(id)},${labels[i]}`).join('\n')}\n`,
  )
  writeFileSync(join(folder, 'ids.csv'), `id\n${ids.map(quoted).join('\n')}\n`)
  return folder
}

/** What `indistinct` prints. */
async function indistinct(...args: string[]): Promise<string> {
  const write = process.stdout.write
  let printed = ''
  process.stdout.write = (text: string | Uint8Array) => Boolean((printed += String(text)))
  try {
    await run([...args, '--quiet'])
  } finally {
    process.stdout.write = write
  }
  return printed
}

const battery = [...quickAttack, '--json']

/** The largest folded AUC before, and after mean matching has written `out`. */
async function unlearned(
  table: string,
  out: string,
  options: readonly string[],
): Promise<{ before: number; after: number }> {
  const given = [...options, '--attribute', 'gender']
  const worst = async (path: string): Promise<number> => {
    const { attacks } = JSON.parse(await indistinct('audit', path, ...given, ...battery)) as {
      attacks: { foldedAuc: { value: number } }[]
    }
    return Math.max(...attacks.map(({ foldedAuc }) => foldedAuc.value))
  }
  const before = await worst(table)
  await indistinct('unlearn', table, ...given, '--method', 'mean-matching', '--out', out)
  return { before, after: await worst(out) }
}

/** What every tool must find: classes with one mean, users without a label as they were, everyone else moved. */
const CHECKS = `
import json, sys, numpy
folder = sys.argv[1]
given = json.load(open(folder + "/given.json", encoding="utf8"))
labels = numpy.array(given["labels"])
original = numpy.array(given["values"]).reshape(given["users"], given["dimensions"])
def check(found, dtype, tolerance):
    found = numpy.asarray(found)
    assert found.dtype == numpy.dtype(dtype), (found.dtype, dtype)
    assert found.shape == original.shape, found.shape
    before = original.astype(dtype)
    still = labels == ""
    assert (found[still].view(numpy.uint8) == before[still].view(numpy.uint8)).all()
    assert (numpy.abs(found[~still].astype(float) - before[~still]).max(1) > 0).all()
    means = [found[labels == each].astype(float).mean(0) for each in "FM"]
    assert numpy.abs(means[0] - means[1]).max() < tolerance, means
    assert numpy.abs(before[labels == "F"].astype(float).mean(0) - before[labels == "M"].astype(float).mean(0)).max() > 1
`

const numpy = pythonWith('numpy')
describe.skipIf(!numpy)('NumPy', () => {
  test.each(['<f2', '<f4', '<f8'])('npy of %s', async (dtype) => {
    const folder = place(`npy-${dtype.slice(1)}`)
    numpy!(`${CHECKS}\nnumpy.save(folder + "/users.npy", original.astype("${dtype}"))`, folder)
    const options = (beside: string): string[] => [
      '--ids',
      join(folder, beside),
      '--attributes',
      join(folder, 'people.csv'),
    ]
    const { before, after } = await unlearned(join(folder, 'users.npy'), join(folder, 'out.npy'), options('ids.csv'))
    expect(before).toBeGreaterThan(0.8)
    expect(after).toBeLessThan(before)
    // The ids beside the new table, by Python's own reader of CSV.
    numpy!(
      `${CHECKS}
import csv
check(numpy.load(folder + "/out.npy"), "${dtype}", ${dtype === '<f2' ? 2e-3 : 1e-5})
assert [row[0] for row in csv.reader(open(folder + "/out.npy.ids.csv", encoding="utf8", newline=""))] == ["id"] + given["ids"]`,
      folder,
    )
  })

  test('npz with ids, labels and other arrays', async () => {
    const folder = place('npz')
    numpy!(
      `${CHECKS}
numpy.savez_compressed(folder + "/users.npz", embedding=original.astype("<f4"), id=numpy.array(given["ids"]), gender=labels, mask=labels == "", step=numpy.int64(2**53 + 1))`,
      folder,
    )
    const { before, after } = await unlearned(join(folder, 'users.npz'), join(folder, 'out.npz'), [
      '--attributes',
      join(folder, 'users.npz'),
    ])
    expect(before).toBeGreaterThan(0.8)
    expect(after).toBeLessThan(before)
    numpy!(
      `${CHECKS}
old, new = numpy.load(folder + "/users.npz"), numpy.load(folder + "/out.npz")
assert sorted(old.files) == sorted(new.files), new.files
assert all((old[name] == new[name]).all() and old[name].dtype == new[name].dtype for name in old.files if name != "embedding")
check(new["embedding"], "<f4", 1e-5)`,
      folder,
    )
  })

  test('safetensors, written and read as the format is described', async () => {
    const folder = place('safetensors')
    numpy!(
      `${CHECKS}
import struct
table, bias = original.astype("<f4").tobytes(), numpy.arange(3, dtype="<f8").tobytes()
header = json.dumps({"__metadata__": {"format": "pt"}, "user.weight": {"dtype": "F32", "shape": list(original.shape), "data_offsets": [0, len(table)]}, "bias": {"dtype": "F64", "shape": [3], "data_offsets": [len(table), len(table) + len(bias)]}}).encode()
open(folder + "/model.safetensors", "wb").write(struct.pack("<Q", len(header)) + header + table + bias)`,
      folder,
    )
    await unlearned(join(folder, 'model.safetensors'), join(folder, 'out.safetensors'), [
      '--ids',
      join(folder, 'ids.csv'),
      '--attributes',
      join(folder, 'people.csv'),
    ])
    numpy!(
      `${CHECKS}
import struct
raw = open(folder + "/out.safetensors", "rb").read()
length, = struct.unpack("<Q", raw[:8])
header = json.loads(raw[8:8 + length])
assert header.pop("__metadata__") == {"format": "pt"}
arrays = {name: numpy.frombuffer(raw[8 + length:][slice(*each["data_offsets"])], {"F32": "<f4", "F64": "<f8"}[each["dtype"]]).reshape(each["shape"]) for name, each in header.items()}
assert sorted(arrays) == ["bias", "user.weight"] and (arrays["bias"] == numpy.arange(3)).all()
assert sum(array.nbytes for array in arrays.values()) == len(raw) - 8 - length
check(arrays["user.weight"], "<f4", 1e-5)`,
      folder,
    )
  })
})

const torch = pythonWith('torch', 'numpy')
describe.skipIf(!torch)('PyTorch', () => {
  test('the weight of an embedding', async () => {
    const folder = place('torch')
    torch!(
      `${CHECKS}
import torch
model = torch.nn.Embedding.from_pretrained(torch.tensor(original, dtype=torch.float32), freeze=False)
numpy.save(folder + "/weight.npy", model.weight.detach().numpy())`,
      folder,
    )
    const { before, after } = await unlearned(join(folder, 'weight.npy'), join(folder, 'out.npy'), [
      '--ids',
      join(folder, 'ids.csv'),
      '--attributes',
      join(folder, 'people.csv'),
    ])
    expect(before).toBeGreaterThan(0.8)
    expect(after).toBeLessThan(before)
    torch!(
      `${CHECKS}
import torch
model = torch.nn.Embedding(*original.shape)
model.load_state_dict({"weight": torch.from_numpy(numpy.load(folder + "/out.npy"))})
check(model(torch.arange(len(original))).detach().numpy(), "<f4", 1e-5)`,
      folder,
    )
  })
})

const pandas = pythonWith('pandas', 'numpy')
describe.skipIf(!pandas)('pandas', () => {
  test('CSV with ids, labels and notes that need quotes', async () => {
    const folder = place('pandas')
    // Blanks around a cell belong to it only within quotes, which pandas does without.
    const given = {
      ids: ids.map((id) => id.trim() || 'blank'),
      labels,
      values: [...values],
      users: USERS,
      dimensions: K,
    }
    writeFileSync(join(folder, 'given.json'), JSON.stringify(given))
    const frame = 'dtype={"id": str, "gender": str, "note": str}, keep_default_na=False, float_precision="round_trip"'
    pandas!(
      `${CHECKS}
import pandas
frame = pandas.DataFrame({"id": given["ids"], "gender": given["labels"], "note": given["ids"][::-1]})
for j in range(original.shape[1]): frame[f"d{j}"] = original[:, j]
frame.to_csv(folder + "/users.csv", index=False)
back = pandas.read_csv(folder + "/users.csv", ${frame})
assert list(back["id"]) == given["ids"]`,
      folder,
    )
    const { before, after } = await unlearned(join(folder, 'users.csv'), join(folder, 'out.csv'), [
      '--attributes',
      join(folder, 'users.csv'),
    ])
    expect(before).toBeGreaterThan(0.8)
    expect(after).toBeLessThan(before)
    pandas!(
      `${CHECKS}
import pandas
back = pandas.read_csv(folder + "/out.csv", ${frame})
assert list(back.columns) == ["id", "gender", "note"] + [f"d{j}" for j in range(original.shape[1])]
assert list(back["id"]) == given["ids"] and list(back["gender"]) == given["labels"] and list(back["note"]) == given["ids"][::-1]
check(back[[f"d{j}" for j in range(original.shape[1])]].to_numpy(), "<f8", 1e-5)`,
      folder,
    )
  })
})

const duckdb = await import('@duckdb/node-api').catch((error: unknown) => {
  console.warn(`skipped: DuckDB does not load here: ${String(error)}`)
  return undefined
})
describe.skipIf(!duckdb)('DuckDB', () => {
  const vectors = {
    'lists of float': ['FLOAT[]', 'f4', 'zstd'],
    'arrays of double': [`DOUBLE[${K}]`, 'f8', 'snappy'],
    'lists, uncompressed': ['FLOAT[]', 'f4', 'uncompressed'],
  } as const
  test.each(Object.entries(vectors))(
    'Parquet with %s, dates, whole numbers above 2^53 and nulls',
    async (name, [type, dtype, codec]) => {
      const folder = place(`duckdb-${name}`)
      const connection = await (await duckdb!.DuckDBInstance.create()).connect()
      const rows = async (sql: string): Promise<unknown[][]> => (await connection.runAndReadAll(sql)).getRows()
      const text = (value: string): string => `'${value.replaceAll("'", "''")}'`
      const [users, out] = [join(folder, 'users.parquet'), join(folder, 'out.parquet')]
      await connection.run(
        `CREATE TABLE users (id VARCHAR, gender VARCHAR, born DATE, serial BIGINT, tags VARCHAR[], embedding ${type})`,
      )
      for (let i = 0; i < USERS; i++) {
        const vector = Array.from(values.subarray(i * K, (i + 1) * K))
        await connection.run(
          `INSERT INTO users VALUES (${text(ids[i]!)}, ${labels[i] === '' ? 'NULL' : text(labels[i]!)}, DATE ` +
            `'1970-01-01' + ${i}, ${9007199254740993n + BigInt(i)}, ` +
            `${i % 3 === 0 ? 'NULL' : `['a', ${text(ids[i]!)}]`}, [${vector.join(', ')}])`,
        )
      }
      await connection.run(`COPY users TO ${text(users)} (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE 2048)`)
      const { before, after } = await unlearned(users, out, ['--attributes', users])
      expect(before).toBeGreaterThan(0.8)
      expect(after).toBeLessThan(before)

      const [old, fresh] = [`read_parquet(${text(users)})`, `read_parquet(${text(out)})`]
      expect(await rows(`DESCRIBE SELECT * FROM ${fresh}`)).toEqual(await rows(`DESCRIBE SELECT * FROM ${old}`))
      const others = 'id, gender, born, serial, tags'
      expect(await rows(`SELECT ${others} FROM ${fresh}`)).toEqual(await rows(`SELECT ${others} FROM ${old}`))
      expect((await rows(`SELECT id FROM ${fresh}`)).flat()).toEqual(ids)
      const still =
        `SELECT embedding FROM ${fresh} f JOIN ${old} o USING (id) WHERE o.gender IS NULL AND f.embedding IS DISTINCT FROM o.embedding`.replace(
          'SELECT embedding',
          'SELECT id',
        )
      expect(await rows(still)).toEqual([])
      const means = (await rows(
        `SELECT ${Array.from({ length: K }, (_, k) => `avg(embedding[${k + 1}]::DOUBLE)`).join(', ')} FROM ` +
          `${fresh} WHERE gender IS NOT NULL GROUP BY gender`,
      )) as [number[], number[]]
      for (let k = 0; k < K; k++) expect(Math.abs(means[0][k]! - means[1][k]!)).toBeLessThan(1e-5)
      // And number for number what is read here.
      const table = await readTable(out)
      expect(table.dtype).toBe(dtype)
      const lists = (await rows(`SELECT unnest(embedding::DOUBLE[]) FROM ${fresh}`)).flat()
      expect(lists).toEqual(Array.from(table.exact ?? table.matrix.data))
      connection.closeSync()
    },
  )

  test('Parquet that is written here anew, of every type and with one column a dimension', async () => {
    const folder = place('duckdb-new')
    const connection = await (await duckdb!.DuckDBInstance.create()).connect()
    const header = ['id', ...Array.from({ length: K }, (_, k) => `d${k}`)].join(',')
    writeFileSync(
      join(folder, 'users.csv'),
      `${header}\n${ids.map((id, i) => [`"${id.replaceAll('"', '""')}"`, ...values.subarray(i * K, (i + 1) * K)].join(',')).join('\n')}\n`,
    )
    await indistinct(
      'unlearn',
      join(folder, 'users.csv'),
      '--attributes',
      join(folder, 'people.csv'),
      '--attribute',
      'gender',
      '--method',
      'mean-matching',
      '--out',
      join(folder, 'out.parquet'),
    )
    const found = (
      await connection.runAndReadAll(`SELECT * FROM read_parquet('${join(folder, 'out.parquet')}')`)
    ).getRowObjects()
    const table = await readTable(join(folder, 'out.parquet'))
    expect(found.map((row) => row['id'])).toEqual(ids)
    const [first] = found
    const numbers = found.flatMap((row) =>
      'd0' in first!
        ? Array.from({ length: K }, (_, k) => row[`d${k}`])
        : (row['embedding'] as { items: number[] }).items,
    )
    expect(numbers).toEqual(Array.from(table.exact ?? table.matrix.data))
    expect(readFileSync(join(folder, 'out.parquet')).subarray(0, 4).toString()).toBe('PAR1')
    connection.closeSync()
  })
})
