import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { reducedScores } from './reduced-scores.ts'
import { innerProducts, type ScoreSource } from '@indistinct/recommenders'

function normals(rows: number, cols: number, seed: number): Matrix {
  const random = randomStream(seed, 'reduced-scores-test')
  return matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
}

/** A source of blocks without factors, over a table in memory. */
function tableOf({ rows, cols, data }: Matrix): ScoreSource {
  return { users: rows, items: cols, block: (from, to) => matrix(to - from, cols, data.slice(from * cols, to * cols)) }
}

function distance({ cols, data }: Matrix, i: number, j: number): number {
  let sum = 0
  for (let c = 0; c < cols; c++) sum += (data[i * cols + c]! - data[j * cols + c]!) ** 2
  return Math.sqrt(sum)
}

const pairs = Array.from({ length: 40 }, (_, p) => [p, (7 * p + 3) % 90] as const).filter(([i, j]) => i !== j)

describe('reducedScores', () => {
  // Items far from the origin, and one dimension that hardly counts: neither is lost.
  const users = normals(90, 5, 1)
  const items = matrix(
    70,
    5,
    normals(70, 5, 2).data.map((value, p) => (p % 5 === 4 ? 0.01 : 1) * (value + 2)),
  )
  const scores = innerProducts(users, items)
  const all = scores.block(0, 90)

  test('of inner products keeps the distances of the whole score table', () => {
    const { table, exact, explained } = reducedScores(scores, { width: 2, seed: 1 })
    expect([table.rows, table.cols, exact, explained]).toEqual([90, 5, true, 1])
    for (const [i, j] of pairs) expect(distance(table, i, j)).toBeCloseTo(distance(all, i, j), 3)
  })

  test('puts the axes in order of variance, uncorrelated', () => {
    const { table } = reducedScores(scores, { width: 2, seed: 1 })
    const sums = Array.from({ length: 25 }, (_, p) => {
      let sum = 0
      for (let i = 0; i < 90; i++) sum += table.data[i * 5 + Math.floor(p / 5)]! * table.data[i * 5 + (p % 5)]!
      return sum
    })
    for (let a = 1; a < 5; a++) expect(sums[6 * a]!).toBeLessThanOrEqual(sums[6 * (a - 1)]!)
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < a; b++) expect(Math.abs(sums[5 * a + b]!)).toBeLessThan(1e-5 * sums[0]!)
  })

  test('finds the same numbers without factors, where the width suffices', () => {
    const exactly = reducedScores(scores, { width: 5, seed: 1 }).table
    const { table, exact, explained } = reducedScores(tableOf(all), { width: 5, seed: 1 })
    expect([table.cols, exact]).toEqual([5, false])
    expect(explained).toBeCloseTo(1, 5)
    for (let a = 0; a < 4; a++)
      for (let i = 0; i < 90; i += 7) expect(table.data[i * 5 + a]!).toBeCloseTo(exactly.data[i * 5 + a]!, 2)
  })

  test('keeps the directions of the largest variance of others, and says how much they hold', () => {
    const noise = normals(90, 70, 3).data
    const noisy = matrix(
      90,
      70,
      all.data.map((value, p) => value + 0.5 * noise[p]!),
    )
    const { table, explained } = reducedScores(tableOf(noisy), { width: 4, seed: 1 })
    let total = 0
    for (let i = 0; i < 70; i++) {
      const column = Array.from({ length: 90 }, (_, u) => noisy.data[u * 70 + i]!)
      const mean = column.reduce((sum, value) => sum + value, 0) / 90
      total += column.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    }
    const held = table.data.reduce((sum, value) => sum + value * value, 0)
    expect(held / total).toBeCloseTo(explained, 4)
    expect(explained).toBeGreaterThan(0.8)
    expect(explained).toBeLessThan(0.999)
  })

  test('equal seeds give equal bytes; a width beyond the table is cut', () => {
    const noise = tableOf(normals(30, 12, 4))
    expect(reducedScores(noise, { width: 3, seed: 5 })).toEqual(reducedScores(noise, { width: 3, seed: 5 }))
    expect(reducedScores(noise, { width: 99, seed: 5 }).table.cols).toBe(12)
    expect(reducedScores(tableOf(matrix(4, 6)), { width: 2, seed: 1 })).toMatchObject({
      explained: 1,
      table: { cols: 2 },
    })
    expect(() => reducedScores(noise, { width: 0, seed: 1 })).toThrow('expected a width of 1 or more, got 0')
  })
})
