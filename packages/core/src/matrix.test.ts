import { expect, test } from 'vitest'
import { copyMatrix, gatherRows, matrix, rowOf, sideBySide } from './index.ts'

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
