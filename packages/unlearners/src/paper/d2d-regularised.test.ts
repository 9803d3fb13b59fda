import { d2d } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { d2dRegularised } from './d2d-regularised.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'

describe('d2dRegularised', () => {
  test('run to convergence, MMD^2 ends far below its null and a held-out attacker below chance', () => {
    const before = leakyTable([80, 60], 8, 1.5, 1)
    const result = d2dRegularised(before.embedding, before.labels, { steps: 300, learningRate: 0.01 })
    const after = { embedding: result.embedding, labels: before.labels }
    const last = result.trace.at(-1)!
    expect(result.trace[0]!.mmd! / result.trace[0]!.null!).toBeGreaterThan(2)
    expect(last.mmd! / last.null!).toBeLessThan(0.4)
    expect(centroidAuc(before, 3)).toBeGreaterThan(0.7)
    expect(centroidAuc(after, 3)).toBeLessThan(0.4)
  })

  test('the loss is MMD^2 + alpha times the squared movement, with the bandwidth of the step', () => {
    const { embedding, labels } = leakyTable([20, 15], 4, 1, 2)
    const { trace } = d2dRegularised(embedding, labels, { steps: 5, tradeOff: 0.5, learningRate: 0.05 })
    expect(trace[0]!.loss).toBe(d2d(embedding, labels).value)
    expect(trace[4]!.movement).toBeGreaterThan(0)
    for (const row of trace) expect(row.loss).toBeCloseTo(row.mmd! + 0.5 * row.movement!, 12)
  })

  test('a larger trade-off moves users less', () => {
    const { embedding, labels } = leakyTable([20, 15], 4, 1, 3)
    const moved = [1e-4, 1].map(
      (tradeOff) =>
        d2dRegularised(embedding, labels, { steps: 200, learningRate: 0.01, tradeOff }).trace.at(-1)!.movement!,
    )
    expect(moved[1]!).toBeLessThan(moved[0]! / 2)
  })

  test('three labels, unlabelled rows unmoved', () => {
    const { embedding, labels } = leakyTable([20, 15, 12], 4, 1.5, 4, 3)
    for (const pairing of ['every', 'anchor'] as const) {
      const result = d2dRegularised(embedding, labels, { steps: 60, learningRate: 0.01, pairing })
      expect(result.trace.at(-1)!.loss).toBeLessThan(result.trace[0]!.loss)
      expect(result.embedding.data.subarray(0, 12)).toEqual(embedding.data.subarray(0, 12))
    }
  })
})
