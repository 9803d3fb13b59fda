import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { embeddingTable } from './embedding-table.ts'
import { joinLabels } from './join-labels.ts'

const table = embeddingTable({ matrix: matrix(5, 1, Float32Array.of(1, 2, 3, 4, 5)), ids: ['a', 'b', 'c', 'd', 'e'], idColumn: 'id' })
const column = { name: 'gender', path: 'users.csv' }

test('labels join by id, whatever their order; what is missing or unmatched is counted', () => {
  const joined = joinLabels(table, { ...column, ids: ['z', 'e', 'd', 'b', 'a', 'y'], values: ['M', 'F', 'M', 'M', 'F', 'F'] })
  expect(joined.labels.classes).toEqual(['F', 'M'])
  expect(Array.from(joined.labels.codes)).toEqual([0, 1, -1, 1, 0])
  expect(joined).toMatchObject({ labelled: 4, missing: 1, unmatched: 2 })
})

test('empty labels and those named as missing', () => {
  const values = ['F', 'M', 'unknown', '', 'F']
  const joined = joinLabels(table, { ...column, values }, { missing: ['unknown'], minimumUsers: 1 })
  expect(Array.from(joined.labels.codes)).toEqual([0, 1, -1, -1, 0])
  expect(joined).toMatchObject({ labelled: 3, missing: 2, unmatched: 0 })
  // "NA" is a country; only what the caller names is missing.
  expect(joinLabels(table, { ...column, values: ['NA', 'NA', 'DE', 'DE', 'DE'] }).labels.classes).toEqual(['DE', 'NA'])
})

describe('bad data', () => {
  test('without ids, another length', () => {
    expect(() => joinLabels(table, { ...column, values: ['F', 'M'] })).toThrow('users.csv: expected 5 lines, one for each row of the table, got 2')
  })

  test('ids of another kind, with examples of both', () => {
    const rows = embeddingTable({ matrix: table.matrix })
    expect(() => joinLabels(rows, { ...column, ids: ['u1', 'u2'], values: ['F', 'M'] })).toThrow(
      'users.csv: no id of this file is in the table: it has "u1", "u2", the table has "0", "1", "2", … (row numbers; name the ids of an npy table with --ids)',
    )
  })

  test('no label, one label, a label with one user', () => {
    expect(() => joinLabels(table, { ...column, values: ['', '', '', '', ''] })).toThrow('expected at least two labels among the users of the table, got none')
    expect(() => joinLabels(table, { ...column, values: ['F', 'F', 'F', '', 'F'] })).toThrow('users.csv: column "gender": expected at least two labels among the users of the table, got only "F"')
    expect(() => joinLabels(table, { ...column, values: ['F', 'F', 'F', 'M', 'F'] })).toThrow('expected at least 2 users a label, got 1 user with "M"')
    expect(() => joinLabels(table, { ...column, values: ['F', 'F', 'F', 'M', 'M'] }, { minimumUsers: 3 })).toThrow('got 2 users with "M"')
  })

  test('labels of users outside the table do not count', () => {
    expect(() => joinLabels(table, { ...column, ids: ['a', 'b', 'x', 'y'], values: ['F', 'F', 'M', 'M'] })).toThrow('got only "F"')
  })

  test('a missing label that nobody has is a slip of the pen', () => {
    expect(() => joinLabels(table, { ...column, values: ['F', 'F', 'M', 'M', ''] }, { missing: ['unknwon'] })).toThrow('no user has the label "unknwon"')
  })
})
