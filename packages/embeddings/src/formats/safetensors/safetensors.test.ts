import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { matrix } from '@indistinct/core'
import { afterAll, describe, expect, test } from 'vitest'
import { embeddingTable, withMatrix } from '../../embedding-table.ts'
import { pythonWith } from '../../peers/python-peer.ts'
import { readTable } from '../../read-table.ts'
import { tableFiles, writeTable } from '../../write-table.ts'

interface Golden {
  values: number[][]
  files: Record<string, string>
}

const golden = JSON.parse(readFileSync(new URL('goldens/safetensors.json', import.meta.url), 'utf8')) as Golden
const folder = mkdtempSync(join(tmpdir(), 'indistinct-safetensors-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)

function file(bytes: Uint8Array, name = 'x.safetensors'): string {
  writeFileSync(at(name), bytes)
  return at(name)
}
const goldenFile = (name: string): string => file(Buffer.from(golden.files[name]!, 'base64'))

/** A file with this header and `count` zero bytes. */
function withHeader(header: string, count: number, length = BigInt(Buffer.byteLength(header))): Buffer {
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(length)
  return Buffer.concat([head, Buffer.from(header), Buffer.alloc(count)])
}

describe('what the safetensors package writes', () => {
  test.each([
    ['F16', 'f2'],
    ['F32', 'f4'],
    ['F64', 'f8'],
    ['others', 'f4'],
  ] as const)('%s', async (name, dtype) => {
    const table = await readTable(goldenFile(name))
    expect(table.dtype).toBe(dtype)
    expect(Array.from(table.exact ?? table.matrix.data)).toEqual(golden.values.flat())
    expect(table.ids).toEqual(name === 'others' ? ['9007199254740993', '9007199254740994', '7'] : ['0', '1', '2'])
  })

  test('several matrices need a choice', async () => {
    await expect(readTable(goldenFile('two'))).rejects.toThrow(
      'several arrays could be the table: "items" F32 (3, 2), "users" F32 (3, 2); choose one (--table-key users, ' +
        'if that is it)',
    )
    expect((await readTable(goldenFile('two'), { key: 'users' })).matrix.rows).toBe(3)
  })
})

describe('writing', () => {
  test.each(['F16', 'F32', 'F64', 'others'])(
    '%s comes back, moved, and byte for byte where nothing moved',
    async (name) => {
      const path = goldenFile(name)
      const table = await readTable(path)
      await writeTable(at('same.safetensors'), table, { force: true })
      expect(readFileSync(at('same.safetensors'))).toEqual(readFileSync(path))
      const moved = withMatrix(
        table,
        matrix(
          3,
          2,
          table.matrix.data.map((value) => value + 0.5),
        ),
      )
      await writeTable(at('out.safetensors'), moved, { force: true })
      expect(await readTable(at('out.safetensors'))).toMatchObject({
        matrix: moved.matrix,
        dtype: table.dtype,
        ids: table.ids,
      })
    },
  )

  test('a new file, ids beside it', async () => {
    const table = embeddingTable({
      matrix: matrix(2, 2, Float32Array.of(1, 2, 3, 4)),
      ids: ['a', 'b'],
      idColumn: 'user',
    })
    expect(tableFiles(at('new.safetensors'), table)).toEqual([at('new.safetensors'), at('new.safetensors.ids.csv')])
    await writeTable(at('new.safetensors'), table)
    expect(await readTable(at('new.safetensors'), { ids: at('new.safetensors.ids.csv') })).toMatchObject({
      ids: table.ids,
      matrix: table.matrix,
    })
  })
})

describe('what is refused', () => {
  const one = (fields: string): string => `{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]${fields}}}`
  test.each<[string, Uint8Array, string | RegExp]>([
    [
      'a header of 2^63 bytes',
      withHeader('{}', 0, 2n ** 63n),
      'expected a header of at most 8388608 bytes, got 9223372036854775808',
    ],
    ['a header of 8 MB that is not there', withHeader('{}', 0, 8_000_000n), 'the file is truncated'],
    ['no header', Buffer.alloc(7), 'got 7 bytes; the file is truncated'],
    ['no JSON', withHeader('{"a":', 0), 'expected a JSON header'],
    ['another start', withHeader(' {}', 0), 'expected a JSON header, got other bytes'],
    ['deep nesting', withHeader(`{"a":${'['.repeat(100_000)}`, 0), 'expected a JSON header'],
    [
      'metadata nested deep',
      withHeader(`{"__metadata__":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, 0),
      'expected a JSON header',
    ],
    [
      'a tensor nested deep',
      withHeader(`{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, 0),
      'expected a JSON header',
    ],
    [
      'a name twice',
      withHeader(
        `{"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}`,
        4,
      ),
      'a name stands twice in the header',
    ],
    [
      'a shape twice',
      withHeader('{"a":{"dtype":"F32","shape":[1,1],"shape":[1,1],"data_offsets":[0,4]}}', 4),
      'a name stands twice in the header',
    ],
    ['bytes left over', withHeader(one(''), 9), '1 bytes follow the tensors'],
    ['bytes missing', withHeader(one(''), 7), 'the file is truncated'],
    [
      'a shape that does not fit',
      withHeader(one('').replace('[2,1]', '[2,2]'), 8),
      'expected 16 bytes for shape (2, 2) of F32, got 8',
    ],
    [
      'a shape that overflows',
      withHeader(one('').replace('[2,1]', '[9007199254740991,9007199254740991]'), 8),
      /expected .* bytes for shape/,
    ],
    ['a negative shape', withHeader(one('').replace('[2,1]', '[-2,1]'), 8), 'expected dtype, shape and data_offsets'],
    ['another field', withHeader(one(',"evil":1'), 8), 'expected dtype, shape and data_offsets'],
    ['a hole', withHeader(one('').replace('[0,8]', '[4,12]'), 12), 'expected tensors without holes or overlap'],
    ['an unknown type', withHeader(one('').replace('F32', 'F31'), 8), 'expected a type of safetensors, got "F31"'],
    ['__proto__ as a type', withHeader(one('').replace('F32', '__proto__'), 8), 'expected a type of safetensors'],
    ['metadata that is no text', withHeader('{"__metadata__":{"a":1}}', 0), 'expected __metadata__ of text by name'],
    ['no tensors', withHeader('{}', 0), 'got no arrays'],
  ])('%s', async (_, bytes, message) => {
    await expect(readTable(file(bytes))).rejects.toThrow(message)
  })

  test('ids as floats, as a model may hold them', async () => {
    const ids = '"user_ids":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}'
    const path = file(withHeader(`{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},${ids}}`, 16))
    await expect(readTable(path)).rejects.toThrow('"user_ids" looks to hold the ids, and is F32 (2)')
  })

  test('F8, with the way out', async () => {
    const path = file(withHeader('{"a":{"dtype":"F8_E4M3","shape":[2,1],"data_offsets":[0,2]}}', 2))
    const words =
      'expected F16, BF16, F32 or F64, or I8 or U8 with a scale, got F8_E4M3; convert in Python with ' +
      'tensors["a"] = tensors["a"].float()'
    await expect(readTable(path, { key: 'a' })).rejects.toThrow(words)
  })

  test('every truncation', async () => {
    const path = goldenFile('others')
    for (let length = readFileSync(path).length - 1; length >= 0; length--) {
      truncateSync(path, length)
      await expect(readTable(path)).rejects.toMatchObject({ code: 'bad-data' })
    }
  })
})

const python = pythonWith('safetensors', 'numpy')
test.skipIf(!python)('read by the safetensors package', async () => {
  const table = await readTable(goldenFile('others'))
  await writeTable(
    at('moved.safetensors'),
    withMatrix(
      table,
      matrix(
        3,
        2,
        table.matrix.data.map((value) => -value),
      ),
    ),
  )
  await writeTable(
    at('fresh.safetensors'),
    embeddingTable({ matrix: matrix(2, 1, Float32Array.of(1, 2)), dtype: 'f2' }),
  )
  const found = python!(
    `import sys, json
from safetensors import safe_open
out = []
for path in sys.argv[1:]:
    with safe_open(path, "numpy") as file:
        out.append([file.metadata(), {key: file.get_tensor(key).tolist() for key in file.keys()}])
print(json.dumps(out))`,
    at('moved.safetensors'),
    at('fresh.safetensors'),
  )
  expect(JSON.parse(found)).toEqual([
    [
      { format: 'pt', note: 'ж' },
      {
        users: golden.values.map((row) => row.map((value) => -value)),
        ids: [2 ** 53, 2 ** 53 + 2, 7].map((_, i) => [9007199254740993n, 9007199254740994n, 7n].map(Number)[i]),
        bias: [0.5],
      },
    ],
    [null, { embedding: [[1], [2]] }],
  ])
})
