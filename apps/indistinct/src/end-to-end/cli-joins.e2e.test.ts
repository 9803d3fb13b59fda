import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesOf, randomStream, shuffle } from '@indistinct/core'
import { embeddingTable, writeNpy, writeTable } from '@indistinct/embeddings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinctInProcess, type Ran } from './in-process-cli.ts'
import { quickAttack } from './quick-attack.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-joins-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

/** Users 0 to N - 1, whose first two dimensions tell the label. */
const [N, K] = [160, 4]
const random = randomStream(3, 'joins')
const gender = Array.from({ length: N }, (_, i) => (i % 5 < 2 ? 'F' : 'M'))
const vectors = gender.map((label) =>
  Array.from({ length: K }, (_, k) => random.normal() + (k < 2 && label === 'F' ? 1.3 : 0)),
)
const shuffled = Array.from({ length: N }, (_, i) => i)
shuffle(shuffled, random)
const again = [...shuffled]
shuffle(again, random)

const rowsOf = (users: readonly number[]) => ({
  rows: N,
  cols: K,
  data: Float32Array.from(users.flatMap((user) => vectors[user]!)),
})
const people = (header: string, users: readonly number[], idOf = (user: number): string => String(user)): string =>
  `${header}\n${users.map((user) => `${idOf(user)},${gender[user]!}`).join('\n')}\n`
const inOrder = Array.from({ length: N }, (_, i) => i)

const quick = [...quickAttack, '--quiet']
const audit = (table: string, attributes: string, ...more: string[]): Promise<Ran> =>
  indistinctInProcess(['audit', at(table), '--attributes', at(attributes), '--attribute', 'gender', ...quick, ...more])
interface Record {
  attacks: { auc: { value: number } }[]
  attribute: { joinedBy: string; missing: number; classes: { name: string; users: number }[] }
  unmatched: number
  warnings: string[]
}
const audited = async (
  table: string,
  attributes: string,
  ...more: string[]
): Promise<{ auc: number; record: Record }> => {
  const { code, stdout, stderr } = await audit(table, attributes, '--json', ...more)
  if (code !== 0) throw new Error(stderr)
  const record = JSON.parse(stdout) as Record
  return { auc: record.attacks[0]!.auc.value, record }
}

/** A safetensors file with ids, as its reference writer makes it. */
function safetensors(users: readonly number[], idName: string): Uint8Array {
  const { data } = rowsOf(users)
  const ids = BigInt64Array.from(users, BigInt)
  const header = JSON.stringify({
    [idName]: { dtype: 'I64', shape: [N], data_offsets: [0, 8 * N] },
    embedding: { dtype: 'F32', shape: [N, K], data_offsets: [8 * N, 8 * N + 4 * data.length] },
  })
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, Buffer.from(header), bytesOf(ids), bytesOf(data)])
}

let right: number
beforeAll(async () => {
  writeFileSync(at('u.npy'), writeNpy([N, K], rowsOf(inOrder).data))
  writeFileSync(at('id.csv'), people('id,gender', again))
  right = (await audited('u.npy', 'id.csv')).auc
})

test('the planted leak is there', () => {
  expect(right).toBeGreaterThan(0.8)
})

describe('ids are found under the names that people give them', () => {
  test.each(['ID', 'user', 'user_id', 'userId', 'User-ID', 'uid', 'user_id:token'])(
    'attribute file with %s, a table of numbered rows',
    async (name) => {
      writeFileSync(at('p.csv'), people(`${name},gender`, again))
      const { auc, record } = await audited('u.npy', 'p.csv')
      expect([auc, record.attribute.joinedBy]).toEqual([right, 'row number'])
    },
  )

  test('text ids on both sides', async () => {
    writeFileSync(
      at('t.csv'),
      `user,${Array.from({ length: K }, (_, k) => `f${k}`).join(',')}\n${inOrder.map((user) => `u${user},${vectors[user]!.map((value) => Math.fround(value)).join(',')}`).join('\n')}\n`,
    )
    writeFileSync(
      at('p.csv'),
      people('user_id,gender', again, (user) => `u${user}`),
    )
    const { auc, record } = await audited('t.csv', 'p.csv')
    expect([auc, record.attribute.joinedBy]).toEqual([right, 'id'])
  })

  const ids = shuffled.map(String)
  test.each(['shuffled.npz', 'shuffled.parquet'])('%s with user_id', async (name) => {
    await writeTable(at(name), embeddingTable({ matrix: rowsOf(shuffled), ids, idColumn: 'user_id' }))
    writeFileSync(at('p.csv'), people('user_id,gender', inOrder))
    const { auc, record } = await audited(name, 'p.csv')
    expect(record.attribute.joinedBy).toBe('id')
    // Rows come in another order, and so do the draws of the attack.
    expect(Math.abs(auc - right)).toBeLessThan(0.05)
  })

  test('columns of a Parquet table, safetensors, and the index that pandas leaves', async () => {
    const dimensions = Array.from({ length: K }, (_, k) => `d${k}`)
    writeFileSync(at('p.csv'), people('user_id,gender', inOrder))
    const reference = (await audited('shuffled.npz', 'p.csv')).auc
    await writeTable(
      at('columns.parquet'),
      embeddingTable({
        matrix: rowsOf(shuffled),
        ids,
        idColumn: 'user_id',
        dimensions,
        header: ['user_id', ...dimensions],
      }),
    )
    await writeTable(
      at('index.parquet'),
      embeddingTable({
        matrix: rowsOf(shuffled),
        ids,
        idColumn: '__index_level_0__',
        dimensions,
        header: [...dimensions, '__index_level_0__'],
      }),
    )
    await writeTable(at('index.csv'), embeddingTable({ matrix: rowsOf(shuffled), ids, idColumn: '', dimensions }))
    writeFileSync(at('ids.safetensors'), safetensors(shuffled, 'user_id'))
    for (const name of ['columns.parquet', 'index.parquet', 'index.csv', 'ids.safetensors'])
      expect([name, (await audited(name, 'p.csv')).auc]).toEqual([name, reference])
  })

  test('an npz with user_ids is joined by them; another name is refused with what there is', async () => {
    await writeTable(at('user_ids.npz'), embeddingTable({ matrix: rowsOf(shuffled), ids, idColumn: 'user_ids' }))
    writeFileSync(at('p.csv'), people('user_id,gender', inOrder))
    expect((await audited('user_ids.npz', 'p.csv')).record.attribute.joinedBy).toBe('id')
    const { code, stderr } = await audit('user_ids.npz', 'p.csv', '--id-column', 'user_id')
    expect(code).toBe(2)
    expect(stderr).toContain(
      'there is no column "user_id" to take ids from; the columns are "user_ids"; ids look to be in "user_ids": ' +
        'name it (--table-id-column user_ids)',
    )
    expect(
      (await audited('user_ids.npz', 'p.csv', '--id-column', 'user_id', '--table-id-column', 'user_ids')).record
        .attribute.joinedBy,
    ).toBe('id')
  })
})

describe('where no join by id is found', () => {
  test('a table with text ids and a file without: exit 3, and the flag that settles it', async () => {
    writeFileSync(at('bare.csv'), `gender\n${gender.join('\n')}\n`)
    const { code, stderr } = await audit('t.csv', 'bare.csv')
    expect(code).toBe(3)
    expect(stderr).toContain(
      `expected ids to join with those of ${at('t.csv')} ("u0", "u1", "u2", …), got none; name the column of ids ` +
        '(--id-column), or say that line i of it is of row i (--by-position)',
    )
    const { auc, record } = await audited('t.csv', 'bare.csv', '--by-position')
    expect([auc, record.attribute.joinedBy]).toEqual([right, 'position'])
  })

  test('a column of ids under a name of its own: exit 3, and the flag', async () => {
    writeFileSync(at('p.csv'), people('reader,gender', again))
    const { code, stderr } = await audit('u.npy', 'p.csv')
    expect(code).toBe(3)
    expect(stderr).toContain(
      'column "reader" looks like ids, no two values of it are equal; name it (--id-column reader)',
    )
    expect((await audited('u.npy', 'p.csv', '--id-column', 'reader')).auc).toBe(right)
  })

  test('ids from 1 to N for rows from 0 to N - 1: exit 3, and the advice mends it', async () => {
    writeFileSync(
      at('p.csv'),
      people('user_id,gender', again, (user) => String(user + 1)),
    )
    const { code, stderr } = await audit('u.npy', 'p.csv')
    expect(code).toBe(3)
    expect(stderr).toContain(
      `one counts from 1, the other from 0; name the rows: seq 1 ${N} > ids.txt, then --ids ids.txt`,
    )
    writeFileSync(at('ids.txt'), inOrder.map((user) => `${user + 1}\n`).join(''))
    expect((await audited('u.npy', 'p.csv', '--ids', at('ids.txt'))).auc).toBe(right)
  })

  test('two columns that could be the ids: exit 2, and the flag', async () => {
    writeFileSync(
      at('p.csv'),
      people('id,user_id,gender', again, (user) => `${N - user},${user}`),
    )
    const { code, stderr } = await audit('u.npy', 'p.csv')
    expect(code).toBe(2)
    expect(stderr).toContain('"id" and "user_id" could each hold the ids; name the one that does (--id-column)')
    expect((await audited('u.npy', 'p.csv', '--id-column', 'user_id')).auc).toBe(right)
  })
})

describe('a join by position is said', () => {
  const line = (): string =>
    `labels joined by position: line i of ${at('bare.csv')} is taken for row i of ${at('u.npy')}`

  test('by audit, in text and report', async () => {
    const { stdout, stderr } = await indistinctInProcess([
      'audit',
      at('u.npy'),
      '--attributes',
      at('bare.csv'),
      '--attribute',
      'gender',
      ...quick.slice(0, -1),
      '--report',
      at('position.html'),
    ])
    expect(stderr).toContain(line())
    expect(stdout).toContain(`gender: 64 F, 96 M, 0 without a label; joined by position\n`)
    const report = readFileSync(at('position.html'), 'utf8')
    expect(report).toContain('labels joined by position: line i of')
    expect(report).toContain('F (64), M (96); labels joined by position')
  })

  test('by unlearn, in text, sidecar and report; and by compare', async () => {
    const { stdout, stderr } = await indistinctInProcess([
      'unlearn',
      at('u.npy'),
      '--attributes',
      at('bare.csv'),
      '--attribute',
      'gender',
      '--method',
      'mean-matching',
      '--out',
      at('out.npy'),
    ])
    expect(stderr).toContain(line())
    expect(stdout).toContain('64 F, 96 M, 0 without a label; joined by position')
    expect(JSON.parse(readFileSync(at('out.npy.json'), 'utf8'))).toMatchObject({
      attribute: { joinedBy: 'position' },
      warnings: [line()],
    })
    expect(readFileSync(at('out.npy.html'), 'utf8')).toContain('labels joined by position')
    const streamed = await indistinctInProcess([
      'unlearn',
      at('u.npy'),
      '--attributes',
      at('bare.csv'),
      '--attribute',
      'gender',
      '--method',
      'mean-matching',
      '--stream',
      'always',
      '--out',
      at('streamed.npy'),
      '--json',
    ])
    expect(JSON.parse(streamed.stdout)).toMatchObject({ attribute: { joinedBy: 'position' }, warnings: [line()] })
    const compared = await indistinctInProcess([
      'compare',
      at('u.npy'),
      '--attributes',
      at('bare.csv'),
      '--attribute',
      'gender',
      '--methods',
      'mean-matching',
      ...quick,
    ])
    expect(compared.stdout).toContain('gender: 64 F, 96 M, 0 without a label; joined by position')
  })
})

test('users in one of the files only are counted', async () => {
  writeFileSync(at('p.csv'), `${people('user_id,gender', again.slice(0, 150), (user) => `u${user}`)}u900,F\nu901,M\n`)
  const { record } = await audited('t.csv', 'p.csv')
  expect([record.attribute.missing, record.unmatched]).toEqual([10, 2])
  expect(record.warnings).toEqual([
    `10 users of ${at('t.csv')} without a label: left out of attacks, and never moved`,
    `2 users of ${at('p.csv')} not in ${at('t.csv')}: ignored`,
  ])
})

test('ids of one table do not meet row numbers of another', async () => {
  writeFileSync(at('p.csv'), people('user_id,gender', inOrder))
  const { code, stderr } = await indistinctInProcess([
    'audit',
    at('shuffled.npz'),
    at('u.npy'),
    '--attributes',
    at('p.csv'),
    '--attribute',
    'gender',
    ...quick,
  ])
  expect(code).toBe(3)
  expect(stderr).toContain(
    `${at('u.npy')} has no ids, and ${at('shuffled.npz')} has: row numbers are not taken for its ids`,
  )
})

test('labels in a table whose dimensions have names without numbers are no dimension', async () => {
  const { data } = rowsOf(inOrder)
  const lines = inOrder.map((i) => [i, ...data.subarray(i * K, (i + 1) * K), gender[i] === 'F' ? 1.5 : 0.5].join(','))
  writeFileSync(at('own.csv'), `id,a,b,c,d,gender\n${lines.join('\n')}\n`)
  const { auc, record } = await audited('own.csv', 'id.csv')
  expect(auc).toBe(right)
  expect(record.warnings).toContain(
    `${at('own.csv')} has a column "gender" of its own, which anyone who sees the table can read`,
  )
})

test('numbers that travel beside the dimensions are told, since they may tell the label', async () => {
  const lines = inOrder.map((i) => `${[i, ...vectors[i]!].join(',')},${i / 7},${i},${gender[i] === 'F' ? 2 : 1}`)
  writeFileSync(at('bias.csv'), `id,d0,d1,d2,d3,bias,count,level\n${lines.join('\n')}\n`)
  const { auc, record } = await audited('bias.csv', 'id.csv')
  expect(Math.abs(auc - right)).toBeLessThan(0.001)
  expect(record.warnings).toContain(
    `${at('bias.csv')}: column "bias" of numbers is neither attacked nor moved, and may tell gender; make it a ` +
      'dimension where a model learned it (--dimensions), or leave it out',
  )
})

describe('interactions that tell NDCG@10 meet rows by the rule of labels', () => {
  const items = inOrder.slice(0, 60).map((i) => vectors[i]!)
  const itemTable = { rows: 60, cols: K, data: Float32Array.from(items.flat()) }
  const held = (users: number, first: number): string =>
    `user,item\n${inOrder.map((i) => `${i + users},${first + ((7 * i) % 60)}`).join('\n')}\n`
  const compare = (table: string, interactions: string): Promise<Ran> =>
    indistinctInProcess(
      ['compare', at('u.npy'), '--attributes', at('id.csv'), '--attribute', 'gender', ...quickAttack].concat([
        '--methods',
        'mean-matching',
        '--items',
        at(table),
        '--interactions',
        at(interactions),
        '--json',
      ]),
    )
  const price = async (table: string, interactions: string): Promise<unknown> => {
    const { code, stdout, stderr } = await compare(table, interactions)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    return (JSON.parse(stdout) as { methods: { ndcg: unknown }[] }).methods.map(({ ndcg }) => ndcg)
  }
  beforeAll(async () => {
    writeFileSync(at('held.csv'), held(0, 0))
    writeFileSync(at('users-from-one.csv'), held(1, 0))
    writeFileSync(at('items-from-one.csv'), held(0, 1))
    writeFileSync(at('items-from-one-few.csv'), held(0, 1).replaceAll(/^.*,60\n/gm, ''))
    writeFileSync(at('items.npy'), writeNpy([60, K], itemTable.data))
    const ids = items.map((_, i) => String(i + 1))
    await writeTable(at('item_id.parquet'), embeddingTable({ matrix: itemTable, ids, idColumn: 'item_id' }))
    await writeTable(at('item_id.csv'), embeddingTable({ matrix: itemTable, ids, idColumn: 'item_id' }))
    await writeTable(at('song.parquet'), embeddingTable({ matrix: itemTable, ids, idColumn: 'title' }))
  })

  test('ids under the names of items are found', async () => {
    const plain = await price('items.npy', 'held.csv')
    expect(await price('item_id.parquet', 'items-from-one.csv')).toEqual(plain)
    expect(await price('item_id.csv', 'items-from-one.csv')).toEqual(plain)
  })

  test.each([
    ['items.npy', 'users-from-one.csv', 'name the rows: seq 1 160 > ids.txt, then --ids ids.txt'],
    ['items.npy', 'items-from-one.csv', 'name the rows: (echo id; seq 1 60) > '],
    ['item_id.parquet', 'held.csv', 'ids go from 0 to 59, those of '],
    ['song.parquet', 'held.csv', '"title" looks like ids, no two values of it are equal; call it id, or name the rows'],
  ])('%s with %s is refused', async (table, interactions, message) => {
    const { code, stderr } = await compare(table, interactions)
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)])
  })

  test('what may be one row off is said', async () => {
    const { code, stderr } = await compare('items.npy', 'items-from-one-few.csv')
    expect([code, stderr]).toEqual([0, expect.stringContaining('all are joined one row off; name its rows in ')])
  })
})
