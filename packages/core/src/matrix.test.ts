import { expect, test } from 'vitest'
import { checkMatrix, copyMatrix, gatherRows, matrix, rowOf, sideBySide } from './index.ts'

test('rows are views, copies and gathered rows are not', () => {
  const m = matrix(2, 3, Float32Array.of(1, 2, 3, 4, 5, 6))
  const gathered = gatherRows(m, [1, 1, 0])
  const copy = copyMatrix(m)
  rowOf(m, 1)[0] = 40
  expect([...m.data]).toEqual([1, 2, 3, 40, 5, 6])
  expect([...gathered.data]).toEqual([4, 5, 6, 4, 5, 6, 1, 2, 3])
  expect(copy.data[3]).toBe(4)
})

test('a length that does not fit the shape is refused', () => {
  expect(() => matrix(2, 3, new Float32Array(5))).toThrow('expected 2 x 3 = 6 values, got 5')
})

test('side by side: columns in order; other numbers of rows are refused', () => {
  const [a, b] = [matrix(2, 1, Float32Array.of(1, 2)), matrix(2, 2, Float32Array.of(3, 4, 5, 6))]
  expect(sideBySide([a, b])).toEqual(matrix(2, 3, Float32Array.of(1, 3, 4, 2, 5, 6)))
  expect(() => sideBySide([a, matrix(1, 1)])).toThrow('sideBySide: expected 2 rows as in the first matrix, got 1')
  expect(() => sideBySide([])).toThrow('at least one matrix')
})

test('what is no matrix is refused, and says what it is', () => {
  const data = new Float32Array(6)
  expect(() => checkMatrix('here', { rows: 2, cols: 3, data })).not.toThrow()
  expect(() => checkMatrix('here', { rows: 0, cols: 3, data: new Float32Array(0) })).not.toThrow()
  for (const [wrong, got] of [
    [{ rows: 2, cols: 3, data: new Float64Array(6) }, 'rows 2, cols 3 and Float64Array of 6'],
    [{ rows: 2, cols: 3, data: [...data] }, 'Array of 6'],
    [{ rows: 2, cols: 3, data: data.subarray(1) }, 'Float32Array of 5'],
    [{ rows: -2, cols: -3, data }, 'rows -2, cols -3'],
    [{ rows: 1.5, cols: 4, data }, 'rows 1.5, cols 4'],
    [{ rows: '2', cols: '3', data }, 'rows 2, cols 3'],
    [data, 'rows undefined, cols undefined and undefined'],
    [undefined, 'undefined'],
  ] as const)
    expect(() => checkMatrix('here', wrong as never, 'theta')).toThrow(
      new RegExp(`^here: expected theta of whole rows and cols with a Float32Array.*${got}`),
    )
  expect(() => matrix(-2, -3, data)).toThrow('rows -2')
})

test('rows that are not there are not gathered', () => {
  for (const row of [2, -1, NaN])
    expect(() => gatherRows(matrix(2, 3), [0, row])).toThrow(`gatherRows: expected rows from 0 to 1, got ${row}`)
})
