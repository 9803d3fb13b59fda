import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { embeddingTable, type EmbeddingTable, type EmbeddingTableFields } from '../embedding-table.ts'
import { idRange } from './id-range.ts'
import { joinLabels } from './join-labels.ts'
import { shellWord } from './join-rule.ts'

const N = 40
const tableOf = (fields: Partial<EmbeddingTableFields> = {}): EmbeddingTable =>
  embeddingTable({
    matrix: matrix(
      N,
      1,
      Float32Array.from({ length: N }, (_, i) => i),
    ),
    ...fields,
  })
const bare = tableOf()
const upTo = (length: number, from = 0): string[] => Array.from({ length }, (_, i) => String(from + i))
const labels = (length: number): string[] => Array.from({ length }, (_, i) => (i % 3 === 0 ? 'F' : 'M'))
const file = (ids: readonly string[] | undefined, more = {}) => ({
  name: 'gender',
  path: 'p.csv',
  values: labels(ids?.length ?? N),
  ...(ids && { ids }),
  ...more,
})
const join = (table: EmbeddingTable, column: ReturnType<typeof file>) => joinLabels(table, column)

describe('a table without ids', () => {
  test('and a file without: by position, and said', () => {
    expect(join(bare, file(undefined))).toMatchObject({
      by: 'position',
      warnings: ['labels joined by position: line i of p.csv is taken for row i of the table'],
    })
  })

  test('ids that are row numbers, in any order and not all of them', () => {
    const joined = join(bare, file(upTo(N).reverse().slice(0, 30)))
    expect(joined).toMatchObject({ by: 'row number', labelled: 30, missing: 10, unmatched: 0 })
    expect(joined.labels.codes[39]).toBe(0)
  })

  test('ids from 1 to N are one off', () => {
    expect(() => join(bare, file(upTo(N, 1)))).toThrow(
      'p.csv: no id of this file is 0 and one is 40, while the table has no ids and its rows have the numbers 0 ' +
        'to 39: one counts from 1, the other from 0; name the rows: seq 1 40 > ids.txt, then --ids ids.txt',
    )
    // Somebody in between has no label: the same.
    expect(() => join(bare, file(upTo(N, 1).filter((id) => id !== '7')))).toThrow('one counts from 1')
  })

  test('ids from 1 that stay below N may be: a first row for padding is usual', () => {
    expect(join(bare, file(upTo(N - 1, 1))).warnings).toEqual([
      'no id of p.csv is 0, and rows of the table are numbered from 0: if its first row is number 1, all are joined ' +
        'one row off; name its rows with --ids then',
    ])
  })

  test.each([
    ['text', 'u7'],
    ['beyond the rows', '41'],
    ['with leading zeros', '007'],
    ['of a float', '7.0'],
  ])('an id %s is no row number', (_, id) => {
    expect(() => join(bare, file([...upTo(N - 2), id]))).toThrow(
      `p.csv: id "${id}" of this file is no row of the table`,
    )
  })

  test('columns that look like ids on either side', () => {
    const note = { name: 'reader', values: upTo(N, 7) }
    expect(() => join(tableOf({ columns: [note] }), file(undefined))).toThrow(
      'the table: "reader" looks like ids, no two values of it are equal; name it (--table-id-column reader), or ' +
        'name the rows (--ids), or say that line i',
    )
    expect(() => join(tableOf({ maybeIds: ['keys'] }), file(upTo(N)))).toThrow('"keys" looks like ids')
    expect(() => join(bare, file(undefined, { maybeIds: ['e mail'] }))).toThrow(
      'p.csv: column "e mail" looks like ids, no two values of it are equal; name it (--id-column \'e mail\')',
    )
    expect(join(tableOf({ columns: [note] }), file(undefined, { byPosition: true, maybeIds: ['x'] })).by).toBe(
      'position',
    )
  })

  test('an index that only counts rows is no id', () => {
    expect(join(tableOf({ ids: upTo(N), idColumn: '' }), file(undefined)).by).toBe('position')
    expect(join(tableOf({ ids: upTo(N).reverse(), idColumn: '' }), file(upTo(N))).by).toBe('id')
  })
})

describe('a table with ids', () => {
  const text = tableOf({ ids: upTo(N).map((id) => `u${id}`), idColumn: 'user' })
  const whole = tableOf({ ids: upTo(N), idColumn: 'id' })

  test('and a file without: refused, whatever the lengths', () => {
    expect(() => join(text, file(undefined))).toThrow(
      'p.csv: expected ids to join with those of the table ("u0", "u1", "u2", …), got none; name the column of ' +
        'ids (--id-column), or say that line i of it is of row i (--by-position)',
    )
    expect(() => join(text, file(undefined, { counting: '' }))).toThrow('got none: its column "" only counts the lines')
    expect(join(text, file(undefined, { byPosition: true })).by).toBe('position')
  })

  test('no id of both, or hardly any', () => {
    expect(() => join(text, file(upTo(N)))).toThrow(
      'p.csv: no id of this file is in the table: it has "0", "1", "2", …, the table has "u0", "u1", "u2", …; ' +
        'most would be equal without the text before the number',
    )
    expect(() => join(text, file(['u3', ...upTo(N - 1, 100)]))).toThrow(
      'p.csv: only 1 of 40 ids of this file are among the 40 of the table',
    )
  })

  test('ids of both kinds of counting', () => {
    expect(() => join(whole, file(upTo(N, 1)))).toThrow(
      'p.csv: ids go from 1 to 40, those of the table from 0 to 39: one side counts one further than the other',
    )
    // Somebody in between has no label: the same, and in a sample of the table too.
    const some = file(upTo(N, 1).filter((id) => id !== '7'))
    expect(() => join(whole, some)).toThrow('ids go from 1 to 40, those of the table from 0 to 39')
    const sample = tableOf({
      matrix: matrix(20, 1, Float32Array.from(upTo(20), Number)),
      ids: upTo(20).map((id) => String(2 * Number(id) + 1)),
      idColumn: 'id',
    })
    expect(() => joinLabels(sample, some, { rows: N, idRange: idRange(upTo(N)).seen() })).toThrow('ids go from 1 to 40')
    // Others than the users of the table have labels, too, or the last has none: it may be.
    for (const ids of [upTo(3 * N, 1), upTo(N - 1, 1)])
      expect(join(whole, file(ids)).warnings).toEqual([
        'ids of p.csv begin at 1, those of the table at 0: if their first users are the same, all are joined one row ' +
          'off; write ids of one kind in both files then',
      ])
    for (const ids of [upTo(N - 1), upTo(N - 2, 2)]) expect(join(whole, file(ids)).warnings).toEqual([])
    // One user more or less on each side is usual where ids have gaps.
    expect(
      join(
        tableOf({ ids: upTo(N).map((id) => String(7 * Number(id))), idColumn: 'id' }),
        file(upTo(N, 1).map((id) => String(7 * Number(id)))),
      ).by,
    ).toBe('id')
  })

  test('ids that are written in two ways are told', () => {
    const padded = upTo(N).map((id) => id.padStart(2, '0'))
    expect(join(whole, file(padded))).toMatchObject({
      labelled: 30,
      unmatched: 10,
      warnings: ['ids of p.csv that are not in the table; most would be equal without leading zeros'],
    })
    const floats = upTo(N).map((id) => `${id}.0`)
    expect(() => join(whole, file(floats))).toThrow('most would be equal without ".0" at the end')
  })

  test.each([
    [
      'accents',
      (i: number) => `Jos\u00e9${i}`,
      (i: number) => `Jose\u0301${i}`,
      'a difference in how Unicode writes accents',
    ],
    ['unseen', (i: number) => `u${i}`, (i: number) => `u${i}\u200b`, 'characters that cannot be seen'],
    ['commas', (i: number) => `${1000 + i}`, (i: number) => `1,${String(i).padStart(3, '0')}`, 'commas between digits'],
    ['UUIDs', (i: number) => `ab-${i + 100}-c`, (i: number) => `{AB${i + 100}C}`, 'hyphens, braces and case'],
  ])('ids that differ by %s are told', (_, own, theirs, what) => {
    const users = Array.from({ length: N }, (__, i) => i)
    expect(() => join(tableOf({ ids: users.map(own), idColumn: 'id' }), file(users.map(theirs)))).toThrow(
      `most would be equal without ${what}`,
    )
  })

  test('an index of pandas that is taken for ids is said where another column may hold them', () => {
    const [ids, keys] = [upTo(N).reverse(), upTo(N, 500)]
    const table = tableOf({ ids, idColumn: 'Unnamed: 0', columns: [{ name: 'key', values: keys }] })
    expect(join(table, file(upTo(N))).warnings).toEqual([
      'ids of the table are taken from its index, column "Unnamed: 0"; "key" looks like ids, too: name it if it ' +
        'holds them (--table-id-column key)',
    ])
  })
})

test('words of a shell', () => {
  expect(['user_id', 'e mail', "it's", '?', ''].map(shellWord)).toEqual([
    'user_id',
    "'e mail'",
    "'it'\\''s'",
    "'?'",
    "''",
  ])
})
