import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { nearestNeighbours } from './nearest-neighbours.ts'

function gaussian(rows: number, cols: number): Matrix {
  const random = randomStream(3, 'neighbours')
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, (_, p) => 5 + random.normal() / (1 + (p % cols))),
  )
}

/** All other rows by squared distance, summed in the table's own axes. */
function sorted(m: Matrix, i: number): { j: number; square: number }[] {
  return Array.from({ length: m.rows }, (_, j) => {
    let square = 0
    for (let a = 0; a < m.cols; a++) square += (m.data[i * m.cols + a]! - m.data[j * m.cols + a]!) ** 2
    return { j, square }
  })
    .filter(({ j }) => j !== i)
    .sort((a, b) => a.square - b.square)
}

describe('nearestNeighbours', () => {
  // Widths below, at and above the groups of four terms.
  test.each([1, 3, 4, 9, 16])('finds what sorting all distances finds, K = %i', (cols) => {
    const m = gaussian(150, cols)
    const k = 20
    const { indices, distances } = nearestNeighbours(m, k)
    for (let i = 0; i < m.rows; i++) {
      const expected = sorted(m, i).slice(0, k)
      expect([...indices.subarray(i * k, (i + 1) * k)]).toEqual(expected.map(({ j }) => j))
      expected.forEach(({ square }, r) => expect(distances[i * k + r]).toBeCloseTo(square, 10))
    }
  })

  test('takes all other rows when k is N - 1', () => {
    const { indices } = nearestNeighbours(gaussian(12, 2), 11)
    expect([...indices.subarray(0, 11)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  test('does not give equal rows the same neighbours', () => {
    const { indices, distances } = nearestNeighbours(matrix(200, 3), 5)
    expect(distances.every((square) => square === 0)).toBe(true)
    const named = new Int32Array(200)
    for (let i = 0; i < 200; i++) {
      const own = indices.subarray(i * 5, i * 5 + 5)
      expect(new Set(own).size).toBe(5)
      expect(own).not.toContain(i)
      for (const j of own) named[j]!++
    }
    // Named 5 times on average; by index, five rows would be named 199 times.
    expect(Math.max(...named)).toBeLessThan(20)
  })

  test.each([0, 5, 1.5])('refuses %d neighbours of 5 rows', (k) => {
    expect(() => nearestNeighbours(gaussian(5, 2), k)).toThrow(
      `nearestNeighbours: expected from 1 to 4 neighbours of 5 rows, got ${k}`,
    )
  })
})
