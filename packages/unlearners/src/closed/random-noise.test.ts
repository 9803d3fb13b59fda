import { gatherRows, labelledRows, matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { squaredDistance } from './closed-form.ts'
import { meanMatching } from './mean-matching.ts'
import { fitRandomNoise, randomNoise } from './random-noise.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'

describe('randomNoise', () => {
  const { embedding, labels } = leakyTable([60, 40], 5, 2, 1, 10)
  const rows = labelledRows(labels)
  const distance = (moved: typeof embedding): number =>
    Math.sqrt(squaredDistance(gatherRows(embedding, rows), gatherRows(moved, rows)) / rows.length)

  test('moves users as far as asked, in units of the spread', () => {
    const users = gatherRows(embedding, rows)
    let spread = 0
    for (let k = 0; k < 5; k++) {
      const column = Array.from({ length: 100 }, (_, i) => users.data[i * 5 + k]!)
      const mean = column.reduce((a, b) => a + b) / 100
      spread += column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 100
    }
    for (const displacement of [0.1, 0.5, 2]) {
      const moved = randomNoise(embedding, labels, { displacement }).embedding
      expect(Math.abs(distance(moved) / (displacement * Math.sqrt(spread)) - 1)).toBeLessThan(0.01)
    }
  })

  test('moves users as far as another result did', () => {
    const other = meanMatching(embedding, labels).embedding
    expect(
      Math.abs(distance(randomNoise(embedding, labels, { like: other }).embedding) / distance(other) - 1),
    ).toBeLessThan(0.01)
  })

  test('hides less than mean matching does at the same displacement', () => {
    const table = leakyTable([400, 300], 6, 1.5, 2)
    const matched = meanMatching(table.embedding, table.labels).embedding
    const noised = randomNoise(table.embedding, table.labels, { like: matched }).embedding
    expect(centroidAuc({ embedding: noised, labels: table.labels }, 1)).toBeGreaterThan(0.65)
  })

  test("a user's noise depends on seed and row alone", () => {
    const fitted = fitRandomNoise(embedding, labels, { seed: 3 })
    const alone = matrix(1, 5, embedding.data.slice(40 * 5, 41 * 5))
    expect(fitted.apply(alone).data).toEqual(fitted.unlearned.embedding.data.subarray(40 * 5, 41 * 5))
    expect(fitRandomNoise(embedding, labels, { seed: 4 }).unlearned.embedding.data).not.toEqual(
      fitted.unlearned.embedding.data,
    )
  })

  test('no displacement moves nobody; a negative one and a table of another shape are refused', () => {
    expect(randomNoise(embedding, labels, { displacement: 0 }).embedding.data).toEqual(embedding.data)
    expect(() => randomNoise(embedding, labels, { displacement: -1 })).toThrow(
      'randomNoise: expected displacement of at least 0, got -1',
    )
    expect(() => randomNoise(embedding, labels, { like: matrix(2, 5) })).toThrow(
      'randomNoise: expected `like` of 110 x 5 values, got 2 x 5',
    )
  })
})
