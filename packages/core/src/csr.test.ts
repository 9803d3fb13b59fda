import { expect, test } from 'vitest'
import { csrFromPairs, csrHas, transposeCsr } from './index.ts'

test('pairs in any order become sorted rows without duplicates', () => {
  const m = csrFromPairs(3, 5, Int32Array.of(2, 0, 2, 0, 2), Int32Array.of(4, 3, 1, 3, 4))
  expect([...m.indptr]).toEqual([0, 1, 1, 3])
  expect([...m.indices]).toEqual([3, 1, 4])
  expect(csrHas(m, 2, 4)).toBe(true)
  expect(csrHas(m, 2, 3)).toBe(false)
  expect(csrHas(m, 1, 0)).toBe(false)
})

test('the transpose of the transpose is the matrix, values included', () => {
  const m = {
    ...csrFromPairs(3, 4, Int32Array.of(0, 0, 1, 2, 2), Int32Array.of(1, 3, 0, 1, 2)),
    values: Float32Array.of(1, 2, 3, 4, 5),
  }
  const t = transposeCsr(m)
  expect([...t.indptr]).toEqual([0, 1, 3, 4, 5])
  expect([...t.indices]).toEqual([1, 0, 2, 2, 0])
  expect([...t.values!]).toEqual([3, 1, 4, 5, 2])
  expect(transposeCsr(t)).toEqual(m)
})

test('pairs outside of the shape, or without a column, are refused', () => {
  const one = Int32Array.of(1)
  for (const [row, col] of [
    [2, 1],
    [-1, 1],
    [1, 6],
    [1, -1],
  ] as const)
    expect(() => csrFromPairs(2, 6, Int32Array.of(row), Int32Array.of(col))).toThrow(
      `csrFromPairs: expected pairs within (2, 6), got (${row}, ${col}) at 0`,
    )
  expect(() => csrFromPairs(2, 6, Int32Array.of(1, 0), one)).toThrow('expected 2 columns of pairs, got 1')
})
