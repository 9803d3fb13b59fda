import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { embeddingTable } from '../embedding-table.ts'
import { joinLabels } from './join-labels.ts'

const table = embeddingTable({
  matrix: matrix(5, 1, Float32Array.of(1, 2, 3, 4, 5)),
  ids: ['a', 'b', 'c', 'd', 'e'],
  idColumn: 'id',
})
const bare = embeddingTable({ matrix: table.matrix })
const column = { name: 'gender', path: 'users.csv' }

test('labels join by id, whatever their order; what is missing or unmatched is counted', () => {
  const joined = joinLabels(table, {
    ...column,
    ids: ['z', 'e', 'd', 'b', 'a', 'y'],
    values: ['M', 'F', 'M', 'M', 'F', 'F'],
  })
  expect(joined.labels.classes).toEqual(['F', 'M'])
  expect(Array.from(joined.labels.codes)).toEqual([0, 1, -1, 1, 0])
  expect(joined).toMatchObject({ by: 'id', labelled: 4, missing: 1, unmatched: 2, warnings: [] })
})

test('empty labels and those named as missing', () => {
  const values = ['F', 'M', 'unknown', '', 'F']
  const joined = joinLabels(bare, { ...column, values }, { missing: ['unknown'], minimumUsers: 1 })
  expect(Array.from(joined.labels.codes)).toEqual([0, 1, -1, -1, 0])
  expect(joined).toMatchObject({ labelled: 3, missing: 2, unmatched: 0 })
  // "NA" is a country; only what the caller names is missing.
  expect(joinLabels(bare, { ...column, values: ['NA', 'NA', 'DE', 'DE', 'DE'] }).labels.classes).toEqual(['DE', 'NA'])
})

test('spellings of one label', () => {
  const values = ['F', 'Female', 'M', 'f', 'm']
  const merge = new Map([
    ['Female', 'F'],
    ['f', 'F'],
    ['m', 'M'],
  ])
  const { labels } = joinLabels(bare, { ...column, values }, { merge })
  expect(labels.classes).toEqual(['F', 'M'])
  expect(Array.from(labels.codes)).toEqual([0, 0, 1, 0, 1])
})

describe('bad data', () => {
  test('without ids, another length', () => {
    expect(() => joinLabels(bare, { ...column, values: ['F', 'M'] })).toThrow(
      'users.csv: expected 5 lines, one for each row of the table, got 2',
    )
  })

  test('ids of another kind, with examples of both', () => {
    expect(() => joinLabels(bare, { ...column, ids: ['u1', 'u2'], values: ['F', 'M'] })).toThrow(
      'users.csv: id "u1" of this file is no row of the table, which has no ids: its rows have the numbers 0 to ' +
        '4; name the ids of its rows with --ids FILE',
    )
  })

  test('no label, one label, a label with one user', () => {
    expect(() => joinLabels(bare, { ...column, values: ['', '', '', '', ''] })).toThrow(
      'expected at least two labels among the users of the table, got none',
    )
    expect(() => joinLabels(bare, { ...column, values: ['F', 'F', 'F', '', 'F'] })).toThrow(
      'users.csv: column "gender": expected at least two labels among the users of the table, got only "F"',
    )
    expect(() => joinLabels(bare, { ...column, values: ['F', 'F', 'F', 'M', 'F'] })).toThrow(
      'expected at least 2 users a label, got 1 user with "M"',
    )
    expect(() => joinLabels(bare, { ...column, values: ['F', 'F', 'F', 'M', 'M'] }, { minimumUsers: 3 })).toThrow(
      'got 2 users with "M"',
    )
  })

  test('labels of users outside the table do not count', () => {
    expect(() => joinLabels(table, { ...column, ids: ['a', 'b', 'x', 'y'], values: ['F', 'F', 'M', 'M'] })).toThrow(
      'got only "F"',
    )
  })

  test('a missing label, or a spelling to merge, that nobody has is a slip of the pen', () => {
    expect(() =>
      joinLabels(bare, { ...column, values: ['F', 'F', 'M', 'M', ''] }, { merge: new Map([['Femail', 'F']]) }),
    ).toThrow('no user has the label "Femail" that is to be merged with "F"')
    expect(() => joinLabels(bare, { ...column, values: ['F', 'F', 'M', 'M', ''] }, { missing: ['unknwon'] })).toThrow(
      'no user has the label "unknwon"',
    )
  })
})
