import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { centroidAuc, leakyTable, spreadAuc } from '../testing/leaky-tables.ts'
import { u2uClosedForm } from './u2u-closed-form.ts'
import { u2uRegularised } from './u2u-regularised.ts'

/** Largest difference of two tables over the largest entry of the first. */
function difference(a: Float32Array, b: Float32Array): number {
  let [worst, scale] = [0, 0]
  a.forEach((value, p) => {
    worst = Math.max(worst, Math.abs(value - b[p]!))
    scale = Math.max(scale, Math.abs(value))
  })
  return worst / scale
}

/** Root mean squared distance of class members from their class mean. */
function spreadOf(data: Float32Array, K: number, rows: readonly number[]): number {
  let sum = 0
  for (let k = 0; k < K; k++) {
    const mean = rows.reduce((total, i) => total + data[i * K + k]!, 0) / rows.length
    for (const i of rows) sum += (data[i * K + k]! - mean) ** 2
  }
  return Math.sqrt(sum / rows.length)
}

describe('u2uClosedForm', () => {
  test.each([
    { sizes: [40, 25], tradeOff: 1e-4 },
    { sizes: [40, 25], tradeOff: 30 },
    { sizes: [30, 20, 10], tradeOff: 5 },
    { sizes: [12, 30, 8, 20], tradeOff: 100 },
  ])('is the optimum that plain gradient steps reach: $sizes, alpha $tradeOff', ({ sizes, tradeOff }) => {
    const { embedding, labels } = leakyTable(sizes, 5, 1, 1, 3)
    const exact = u2uClosedForm(embedding, labels, { tradeOff })
    const iterated = u2uRegularised(embedding, labels, { tradeOff, optimiser: 'gradient', steps: 400 })
    expect(exact.parameters.residual).toBeLessThan(1e-12)
    expect(difference(exact.embedding.data, iterated.embedding.data)).toBeLessThan(1e-5)
    expect(exact.trace[0]!.loss / iterated.trace.at(-1)!.loss).toBeCloseTo(1, 5)
    expect(exact.trace[0]!.loss).toBeLessThan(iterated.trace[0]!.loss)
  })

  test('a small table by hand: theta_i = (2 s_2 + alpha theta*_i) / (2 n_2 + alpha)', () => {
    const result = u2uClosedForm(
      matrix(4, 1, Float32Array.of(1, 2, 6, 7)),
      { classes: ['a', 'b'], codes: Int32Array.of(0, 0, 1, 1) },
      { tradeOff: 2 },
    )
    // S = 16, s_a = (2 * 2 * 16 + 2 * 3) / 10 = 7, s_b = (64 + 26) / 10 = 9.
    expect([...result.embedding.data].map((x) => x * 6)).toEqual(
      [2 * 9 + 2, 2 * 9 + 4, 2 * 7 + 12, 2 * 7 + 14].map((x) => expect.closeTo(x, 5) as number),
    )
  })

  test(
    "at the paper's alpha classes collapse, each to its own spread: shrinkage n1 : n2, plain to an attacker who " +
      'standardises',
    () => {
      const before = leakyTable([120, 40], 6, 0, 4)
      const result = u2uClosedForm(before.embedding, before.labels)
      const after = { embedding: result.embedding, labels: before.labels }
      const members = [0, 1].map((c) => [...before.labels.codes.keys()].filter((i) => before.labels.codes[i] === c))
      // Spreads shrink by alpha / (2 n_other + alpha). At alpha = 1e-4 float32 rounds much of that away around a centre
      // that is not zero; a larger alpha shows it to more digits.
      const shown = u2uClosedForm(before.embedding, before.labels, { tradeOff: 0.1 }).embedding.data
      const shrinkage = members.map((rows) => spreadOf(shown, 6, rows) / spreadOf(before.embedding.data, 6, rows))
      expect(shrinkage[0]! / shrinkage[1]!).toBeCloseTo((2 * 120 + 0.1) / (2 * 40 + 0.1), 2)
      expect(shrinkage[0]!).toBeLessThan(0.01)
      expect(centroidAuc(before, 2)).toBeLessThan(0.6)
      expect(Math.max(centroidAuc(after, 2), spreadAuc(after, 2))).toBeGreaterThan(0.85)
    },
  )

  test('moves no row without a label', () => {
    const { embedding, labels } = leakyTable([20, 10], 4, 1, 3, 5)
    for (const unlearn of [u2uClosedForm, u2uRegularised]) {
      const result = unlearn(embedding, labels, unlearn === u2uRegularised ? ({ steps: 20 } as object) : {})
      expect(result.embedding.data.subarray(0, 20)).toEqual(embedding.data.subarray(0, 20))
      expect(result.embedding.data.subarray(20)).not.toEqual(embedding.data.subarray(20))
    }
  })

  test('refuses a trade-off of zero, where every constant table is optimal', () => {
    const { embedding, labels } = leakyTable([20, 10], 4, 1, 4)
    expect(() => u2uClosedForm(embedding, labels, { tradeOff: 0 })).toThrow(
      'u2uClosedForm: expected tradeOff above 0, got 0',
    )
  })
})

describe('u2uRegularised', () => {
  test('Adam brings the loss down by orders of magnitude and records what it is made of', () => {
    const { embedding, labels } = leakyTable([30, 20], 4, 1, 5)
    const result = u2uRegularised(embedding, labels, { steps: 300, learningRate: 0.02 })
    const [first, last] = [result.trace[0]!, result.trace.at(-1)!]
    expect(last.loss).toBeLessThan(first.loss / 100)
    expect(last.loss).toBeCloseTo(last.distinguishability! + 1e-4 * last.movement!, 10)
    expect(result.passes).toBe(300)
    expect(result.parameters).toEqual({
      tradeOff: 1e-4,
      steps: 300,
      optimiser: 'adam',
      learningRate: 0.02,
      divergence: 'one-hot',
    })
  })

  test('divergence names step and loss', () => {
    const { embedding, labels } = leakyTable([30, 20], 4, 1, 6)
    expect(() => u2uRegularised(embedding, labels, { optimiser: 'gradient', learningRate: 1 })).toThrow(
      /^u2uRegularised: diverged at step \d+ with loss [\d.e+]+ \(first loss [\d.]+\); lower learningRate \(1; --learning-rate on the command line\)$/,
    )
  })
})
