import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { embeddingTable, withMatrix } from './embedding-table.ts'
import { quoted } from './quoted.ts'

const three = matrix(3, 2, Float32Array.of(1, 2, 3, 4, 5, 6))

test('row numbers are ids, and dimensions have names, where nothing else is said', () => {
  const table = embeddingTable({ matrix: three })
  expect(table.ids).toEqual(['0', '1', '2'])
  expect(table.dimensions).toEqual(['d0', 'd1'])
  expect(table.dtype).toBe('f4')
  expect(table.idColumn).toBeUndefined()
  expect(table.warnings).toEqual([])
})

describe('bad data', () => {
  test.each([NaN, Infinity, -Infinity])('%d names its row, id and column', (value) => {
    const bad = matrix(3, 2, Float32Array.of(1, 2, 3, value, 5, 6))
    expect(() => embeddingTable({ matrix: bad, ids: ['a', 'b', 'c'], name: 'x.npy' })).toThrow(
      `x.npy: row 1 (from 0, id "b"), column d1: expected a finite number, got ${value}; remove or repair the row`,
    )
  })

  test('a float64 beyond float32', () => {
    const exact = Float64Array.of(1, 2, 3, 1e39, 5, 6)
    expect(() => embeddingTable({ matrix: matrix(3, 2, Float32Array.from(exact)), exact })).toThrow(
      'got 1e+39, beyond the range of float32',
    )
  })

  test('zero rows and zero dimensions', () => {
    expect(() => embeddingTable({ matrix: matrix(0, 2) })).toThrow('expected at least one row')
    expect(() => embeddingTable({ matrix: matrix(2, 0) })).toThrow('expected at least one dimension')
  })

  test('all rows equal, unless there is one', () => {
    expect(() => embeddingTable({ matrix: matrix(3, 2) })).toThrow('all 3 rows are equal')
    expect(embeddingTable({ matrix: matrix(1, 2) }).warnings).toEqual([])
  })

  test('a constant dimension is a warning, not an error', () => {
    const table = embeddingTable({ matrix: matrix(3, 2, Float32Array.of(1, 7, 2, 7, 3, 7)), name: 'x.npy' })
    expect(table.warnings).toEqual(['x.npy: dimension d1 is the same in every row'])
    const wide = matrix(
      2,
      8,
      Float32Array.from({ length: 16 }, (_, p) => (p === 0 ? 1 : 0)),
    )
    expect(embeddingTable({ matrix: wide }).warnings).toEqual([
      'table: dimensions d1, d2, d3, d4, d5 and 2 more are the same in every row',
    ])
  })

  test('duplicate and empty ids', () => {
    expect(() => embeddingTable({ matrix: three, ids: ['a', 'b', 'a'] })).toThrow(
      'id "a" stands in rows 0 and 2 (from 0)',
    )
    expect(() => embeddingTable({ matrix: three, ids: ['a', '', 'c'] })).toThrow('row 1 (from 0): expected an id')
  })
})

test('ids above 2^53 that a number would merge stay apart', () => {
  const ids = ['9007199254740992', '9007199254740993', '18446744073709551615']
  expect(Number(ids[0])).toBe(Number(ids[1]))
  expect(embeddingTable({ matrix: three, ids }).ids).toEqual(ids)
})

test('fields that do not fit the matrix are the caller’s mistake', () => {
  expect(() => embeddingTable({ matrix: three, ids: ['a'] })).toThrow(RangeError)
  expect(() => embeddingTable({ matrix: three, dimensions: ['x'] })).toThrow(RangeError)
  expect(() => embeddingTable({ matrix: three, exact: new Float64Array(1) })).toThrow(RangeError)
  expect(() => embeddingTable({ matrix: three, columns: [{ name: 'c', values: [] }] })).toThrow(RangeError)
})

describe('withMatrix', () => {
  const exact = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
  const table = embeddingTable({
    matrix: matrix(3, 2, Float32Array.from(exact)),
    exact,
    ids: ['a', 'b', 'c'],
    idColumn: 'user',
    source: { path: 'x.npy', format: 'npy', sha256: '0' },
  })

  test('keeps every digit of values that did not move, and ids and dtype', () => {
    const data = table.matrix.data.slice()
    data[2] = 9
    const moved = withMatrix(table, matrix(3, 2, data))
    expect(moved.exact).toEqual(Float64Array.of(0.1, 0.2, 9, 0.4, 0.5, 0.6))
    expect(moved).toMatchObject({ ids: ['a', 'b', 'c'], dtype: 'f8', idColumn: 'user' })
    expect(moved.source).toBeUndefined()
    expect(table.exact).toEqual(exact)
  })

  test('asks for the same shape', () => {
    expect(() => withMatrix(table, matrix(2, 2))).toThrow('withMatrix: expected 3 x 2, got 2 x 2')
  })
})

test('file text in messages is escaped and cut', () => {
  expect(quoted('a"b\n\x1b[31m')).toBe('"a\\"b\\n\\u001b[31m"')
  expect(quoted('x'.repeat(100))).toHaveLength(63)
})

test('a matrix of another kind is refused: its values would be read past their end', () => {
  const { data } = matrix(2, 2, Float32Array.of(1, 2, 3, 4))
  for (const wrong of [Float64Array.from(data), data.subarray(1), [...data]])
    expect(() => embeddingTable({ matrix: { rows: 2, cols: 2, data: wrong as never } })).toThrow(
      'embeddingTable: expected a matrix of whole rows and cols',
    )
})
