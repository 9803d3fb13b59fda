import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { derivedTable } from './derived-table.ts'

const random = randomStream(5, 'derived')
const normals = (rows: number, cols: number): Matrix =>
  matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
const rows = Int32Array.from({ length: 90 }, (_, i) => i + 10)

describe('derivedTable', () => {
  const [x, y] = [normals(100, 3), normals(100, 2)]
  const at = (i: number, k: number): number => 2 + x.data[i * 3 + k]! - 0.5 * y.data[i * 2]!
  const exact = matrix(
    100,
    2,
    Float32Array.from({ length: 200 }, (_, p) => at(Math.floor(p / 2), p % 2)),
  )

  test('gives back a linear function of the others, whatever it was', () => {
    const { embedding, explained } = derivedTable(exact, [x, y], rows)
    embedding.data.forEach((value, p) => expect(value).toBeCloseTo(exact.data[p]!, 5))
    expect(explained).toBeCloseTo(1, 6)
  })

  test('what others do not tell is gone, orthogonal to them; other rows keep their bits', () => {
    const noisy = matrix(
      100,
      2,
      exact.data.map((value) => value + random.normal()),
    )
    const { embedding, explained } = derivedTable(noisy, [x, y], rows)
    const rest = (i: number, k: number): number => noisy.data[i * 2 + k]! - embedding.data[i * 2 + k]!
    for (let k = 0; k < 2; k++) {
      expect(rows.reduce((sum, i) => sum + rest(i, k), 0) / 90).toBeCloseTo(0, 5)
      for (let p = 0; p < 3; p++)
        expect(rows.reduce((sum, i) => sum + rest(i, k) * x.data[i * 3 + p]!, 0) / 90).toBeCloseTo(0, 5)
    }
    const variance = (m: Matrix, k: number): number => {
      const mean = rows.reduce((sum, i) => sum + m.data[i * 2 + k]! / 90, 0)
      return rows.reduce((sum, i) => sum + (m.data[i * 2 + k]! - mean) ** 2, 0)
    }
    expect(explained).toBeCloseTo(
      (variance(embedding, 0) + variance(embedding, 1)) / (variance(noisy, 0) + variance(noisy, 1)),
      4,
    )
    expect(embedding.data.subarray(0, 20)).toEqual(noisy.data.subarray(0, 20))
  })

  test('columns of the others that depend on one another are no matter', () => {
    const twice = matrix(
      100,
      3,
      x.data.map((value) => 2 * value),
    )
    const { embedding } = derivedTable(exact, [x, twice, y], rows)
    embedding.data.forEach((value, p) => expect(value).toBeCloseTo(exact.data[p]!, 4))
  })
  test.each([1e6, 1e-6])('a table of %d times the units of another says as much as in its own', (factor) => {
    const other = matrix(
      100,
      3,
      x.data.map((value) => factor * value),
    )
    const { embedding, explained } = derivedTable(exact, [other, y], rows)
    embedding.data.forEach((value, p) => expect(value).toBeCloseTo(exact.data[p]!, 4))
    expect(explained).toBeCloseTo(1, 6)
  })
})
