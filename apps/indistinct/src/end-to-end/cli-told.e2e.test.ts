/** What is told or refused of a table, however it is read: at once, block by block, by some users, in shards. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesOf, matrix, randomStream } from '@indistinct/core'
import { embeddingTable, writeTable, type EmbeddingTableFields } from '@indistinct/embeddings'
import { afterAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-told-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
const [N, K] = [200, 5]
const random = randomStream(3, 'told')
const label = Array.from({ length: N }, () => (random.uniform() < 0.5 ? 'F' : 'M'))
const values = Float64Array.from({ length: N * K }, () => random.normal())
const ids = label.map((_, i) => `u${i}`)
writeFileSync(at('people.csv'), `id,gender\n${ids.map((id, i) => `${id},${label[i]}\n`).join('')}`)
writeFileSync(at('rows.csv'), `id,gender\n${label.map((each, i) => `${i},${each}\n`).join('')}`)

/** The vectors with column 3 of `value`. */
const withColumn = (value: (i: number) => number): Float64Array =>
  values.map((each, p) => (p % K === 3 ? value(Math.floor(p / K)) : each))
const vectors = (data: Float64Array): Pick<EmbeddingTableFields, 'matrix'> => ({
  matrix: matrix(N, K, Float32Array.from(data)),
})
const named = { ids, idColumn: 'id' }

await writeTable(
  at('label.npz'),
  embeddingTable({ ...vectors(withColumn((i) => (label[i] === 'F' ? 1 : 0))), ...named }),
)
await writeTable(at('age.npz'), embeddingTable({ ...vectors(withColumn((i) => 20 + (i % 50))), ...named }))
await writeTable(
  at('columns.parquet'),
  embeddingTable({
    ...vectors(values),
    ...named,
    columns: [
      { name: 'gender', values: label },
      { name: 'bias', values: label.map((_, i) => String(values[i])) },
    ],
  }),
)
await writeTable(
  at('index.parquet'),
  embeddingTable({
    ...vectors(values),
    ids: ids.map((_, i) => String(i)),
    idColumn: '__index_level_0__',
    columns: [{ name: 'email', values: ids }],
  }),
)
await writeTable(
  at('counted.parquet'),
  embeddingTable({ ...vectors(values), ids: ids.map((_, i) => String(i)), idColumn: 'id' }),
)
// One user in between has no label.
writeFileSync(
  at('from-one.csv'),
  `id,gender\n${label.map((each, i) => (i === 7 ? '' : `${i + 1},${each}\n`)).join('')}`,
)
const offset = withColumn((i) => 1e6 + values[i]! / 1000)
writeFileSync(at('offset.npy'), float64Npy(offset))
writeFileSync(at('bias.safetensors'), withBias())
const turned = new Float32Array(N * K).map((_, p) => values[(p % N) * K + Math.floor(p / N)]!)
await writeTable(at('turned.npy'), embeddingTable({ matrix: matrix(K, N, turned) }))

/** Vectors, ids and labels as whole numbers, and a bias, as safetensors. */
function withBias(): Uint8Array {
  const tensors = {
    embedding: ['F32', [N, K], Float32Array.from(values)],
    bias: ['F32', [N], Float32Array.from(values.subarray(0, N))],
    gender: ['I64', [N], BigInt64Array.from(label, (each) => (each === 'F' ? 1n : 0n))],
  } as const
  let end = 0
  const header = Object.entries(tensors).map(([name, [dtype, shape, { byteLength }]]) => {
    end += byteLength
    return [name, { dtype, shape, data_offsets: [end - byteLength, end] }] as const
  })
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)).padEnd(512))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(512n)
  return Buffer.concat([length, text, ...Object.values(tensors).map(([, , data]) => bytesOf(data))])
}

/** A new file of NumPy, which `embeddingTable` would refuse. */
function float64Npy(data: Float64Array): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${N}, ${K}), }`
  const header = Buffer.from(`\x93NUMPY\x01\x00  ${text.padEnd(117)}\n`, 'latin1')
  header.writeUInt16LE(118, 8)
  return Buffer.concat([header, bytesOf(data)])
}

const ways: Readonly<Record<string, (table: string, people: string) => Promise<Ran>>> = {
  'in memory': (table, people) => run('unlearn', table, people, ['--stream', 'never', '--dry-run']),
  'block by block': (table, people) => run('unlearn', table, people, ['--stream', 'always', '--force']),
  'by some users': (table, people) => run('audit', table, people, ['--sample', '150', '--dry-run']),
  'in shards': (table, people) => run('shards', table, people, ['--dry-run']),
}

function run(command: string, table: string, people: string, more: readonly string[]): Promise<Ran> {
  const out = at(`out${/\.\w+$/.exec(table)![0]}`)
  return indistinctInProcess([
    ...(command === 'shards' ? ['shards', 'unlearn'] : [command]),
    at(table),
    '--attributes',
    at(people),
    '--attribute',
    'gender',
    ...(command === 'audit' ? [] : ['--method', 'mean-matching', '--out', command === 'shards' ? at('shards') : out]),
    ...more,
  ])
}

describe.each(Object.entries(ways))('a table that is read %s', (_, read) => {
  test.each([
    ['label.npz', ['d3 holds whole numbers alone, as ages', 'dimension d3 holds one value for each label of gender']],
    ['age.npz', ['d3 holds whole numbers alone, as ages, counts and labels are']],
    [
      'columns.parquet',
      [
        'has a column "gender" of its own',
        'column "bias" of numbers is neither attacked nor moved, and may tell gender',
      ],
    ],
    [
      'bias.safetensors',
      [
        'has an array "gender" of its own',
        'array "bias" of numbers is neither attacked nor moved, and may tell gender',
      ],
    ],
  ])('%s is told of', async (table, told) => {
    const { code, stderr } = await read(table, table === 'bias.safetensors' ? 'rows.csv' : 'people.csv')
    expect(code).toBe(0)
    for (const line of told) expect(stderr).toContain(line)
  })

  test.each([
    ['index.parquet', 'rows.csv', '"email" looks like ids, no two values of it are equal'],
    ['counted.parquet', 'from-one.csv', 'ids go from 1 to 200, those of '],
    ['offset.npy', 'rows.csv', 'column "d3": expected values that float32 tells apart, got '],
    ['turned.npy', 'rows.csv', 'turned.npy: expected a row for each of the 200 users of '],
    ['turned.npy', 'people.csv', 'got 5 rows of 200 values: the table looks transposed; write it the other way round'],
  ])('%s with %s is refused', async (table, people, message) => {
    const { code, stderr } = await read(table, people)
    expect(code).toBe(3)
    expect(stderr).toContain(message)
  })
})

test('a user in two shards is refused', async () => {
  const { code, stderr } = await run('shards', 'age.npz', 'people.csv', [at('label.npz'), '--dry-run'])
  expect(code).toBe(3)
  expect(stderr).toContain(
    `row 0 (from 0): id "u0" stands in ${at('age.npz')} already; expected one row a user in all tables`,
  )
})

test('an id that stands twice in a table that is read block by block is refused', async () => {
  const { ids: own, ...table } = embeddingTable({ ...vectors(values), ...named })
  await writeTable(at('twice.npz'), { ...table, ids: own.map((id) => (id === 'u7' ? 'u3' : id)) })
  const { code, stderr } = await ways['block by block']!('twice.npz', 'people.csv')
  expect(code).toBe(3)
  expect(stderr).toContain('twice.npz: id "u3" stands in rows 3 and 7 (from 0); expected one row a user')
})
