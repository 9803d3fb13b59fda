import { matrix, randomStream, rowOf, type Matrix } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { afterEach, describe, expect, test } from 'vitest'
import {
  adversaryLoss,
  adversaryProbabilities,
  balancingWeights,
  newAdversary,
  trainAdversary,
  type Adversary,
} from './adversary.ts'
import { leakyTable } from '../testing/leaky-tables.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** The loss in float64 from its definition: standardise, one rectified layer, softmax, weighted cross-entropy. */
function definition(
  { inputs: K, hidden: H, classes: C }: Adversary,
  w: Float64Array,
  x: Float64Array,
  codes: Int32Array,
  weights: Float64Array,
): number {
  const n = codes.length
  const column = (k: number): number[] => [...codes.keys()].map((i) => x[i * K + k]!)
  const average = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  const z = Array.from({ length: K }, (_, k) => {
    const mean = average(column(k))
    const spread = Math.sqrt(average(column(k).map((value) => (value - mean) ** 2)))
    return column(k).map((value) => (spread === 0 ? 0 : (value - mean) / spread))
  })
  let [sum, total] = [0, 0]
  for (let i = 0; i < n; i++) {
    const units = Array.from({ length: H }, (_, h) =>
      Math.max(
        0,
        z.reduce((s, values, k) => s + values[i]! * w[k * H + h]!, w[K * H + h]!),
      ),
    )
    const at = (K + 1) * H
    const logits = Array.from({ length: C }, (_, c) =>
      units.reduce((s, unit, h) => s + unit * w[at + c * H + h]!, w[at + C * H + c]!),
    )
    const weight = weights[codes[i]!]!
    sum += weight * (Math.log(logits.reduce((s, logit) => s + Math.exp(logit), 0)) - logits[codes[i]!]!)
    total += weight
  }
  return sum / total
}

/** Largest error of `gradient` against central differences of `value` at `at`, relative to the largest entry. */
function differenceError(at: Float64Array, gradient: Float32Array, value: (at: Float64Array) => number): number {
  const step = 1e-6
  let [worst, scale] = [0, 0]
  at.forEach((held, p) => {
    at[p] = held + step
    const above = value(at)
    at[p] = held - step
    const below = value(at)
    at[p] = held
    worst = Math.max(worst, Math.abs((above - below) / (2 * step) - gradient[p]!))
    scale = Math.max(scale, Math.abs(gradient[p]!))
  })
  return worst / scale
}

function example(
  C: number,
  K: number,
  hidden: number,
): { adversary: Adversary; x: Matrix; codes: Int32Array; weights: Float64Array } {
  const { embedding: x, labels } = leakyTable(
    Array.from({ length: C }, (_, c) => 5 + 3 * c),
    K,
    1,
    C,
  )
  const adversary = newAdversary(K, hidden, C, randomStream(C, 'test'))
  const random = randomStream(C, 'biases')
  // Biases start at zero, where their part of the gradient would not show a wrong sign in the hidden layer.
  for (let p = 0; p < adversary.parameters.length; p++) adversary.parameters[p]! += 0.1 * random.normal()
  return { adversary, x, codes: labels.codes, weights: Float64Array.from({ length: C }, (_, c) => 1 + c / 2) }
}

function accuracy(probabilities: Matrix, codes: Int32Array): number {
  let right = 0
  codes.forEach((code, i) => {
    const row = rowOf(probabilities, i)
    if (row.every((p) => p <= row[code]!)) right++
  })
  return right / codes.length
}

describe('adversary', () => {
  test.each([
    { C: 2, K: 4, hidden: 6 },
    { C: 3, K: 5, hidden: 8 },
    { C: 7, K: 3, hidden: 5 },
  ])('loss and gradients of $C classes agree with the definition and its differences', ({ C, K, hidden }) => {
    const { adversary, x, codes, weights } = example(C, K, hidden)
    const { value, gradient, parameterGradient } = adversaryLoss(adversary, x, codes, weights)
    const w = Float64Array.from(adversary.parameters)
    const users = Float64Array.from(x.data)
    expect(value).toBeCloseTo(definition(adversary, w, users, codes, weights), 5)
    expect(differenceError(users, gradient.data, (at) => definition(adversary, w, at, codes, weights))).toBeLessThan(
      1e-4,
    )
    expect(
      differenceError(w, parameterGradient, (at) => definition(adversary, at, users, codes, weights)),
    ).toBeLessThan(1e-4)
  })

  test('the unit of an embedding changes neither loss nor guesses, and a constant column has no gradient', () => {
    const { adversary, x, codes, weights } = example(2, 4, 6)
    for (let i = 0; i < x.rows; i++) x.data[i * 4 + 2] = 3
    const plain = adversaryLoss(adversary, x, codes, weights)
    const shrunk = adversaryLoss(
      adversary,
      matrix(
        x.rows,
        4,
        x.data.map((value) => value / 256),
      ),
      codes,
      weights,
    )
    expect(shrunk.value).toBeCloseTo(plain.value, 6)
    for (let p = 0; p < x.data.length; p++) {
      expect(shrunk.gradient.data[p]! / 256).toBeCloseTo(plain.gradient.data[p]!, 5)
      if (p % 4 === 2) expect(plain.gradient.data[p]).toBe(0)
    }
  })

  test('every class has the same say', () => {
    const weights = balancingWeights([10, 30, 60])
    ;[10, 30, 60].forEach((size, c) => expect(size * weights[c]!).toBeCloseTo(100 / 3, 10))
  })

  test.each([[[120, 80]], [[40, 200]], [[90, 60, 110]], [[50, 50, 50, 50]]])(
    'learns planted classes of sizes %j',
    (sizes) => {
      const { embedding, labels } = leakyTable(sizes, 6, 4, 3)
      const adversary = newAdversary(6, 16, sizes.length, randomStream(1, 'test'))
      const weights = balancingWeights(sizes)
      const first = adversaryLoss(adversary, embedding, labels.codes, weights).value
      for (let step = 0; step < 150; step++)
        trainAdversary(adversary, adversaryLoss(adversary, embedding, labels.codes, weights).parameterGradient, 0.02)
      const probabilities = adversaryProbabilities(adversary, embedding)
      expect(adversaryLoss(adversary, embedding, labels.codes, weights).value).toBeLessThan(0.3 * first)
      expect(accuracy(probabilities, labels.codes)).toBeGreaterThan(0.9)
      for (let i = 0; i < embedding.rows; i++)
        expect(rowOf(probabilities, i).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
    },
  )

  test('gives the same bytes on any number of threads', () => {
    const { embedding, labels } = leakyTable([1500, 1400], 16, 1, 4)
    const bytes = [1, 2, 5].map((count) => {
      setThreads(count)
      const adversary = newAdversary(16, 32, 2, randomStream(1, 'test'))
      for (let step = 0; step < 3; step++)
        trainAdversary(
          adversary,
          adversaryLoss(adversary, embedding, labels.codes, Float64Array.of(1, 1)).parameterGradient,
          0.02,
        )
      return { ...adversary, ...adversaryLoss(adversary, embedding, labels.codes, Float64Array.of(1, 1)) }
    })
    expect(bytes[1]).toEqual(bytes[0])
    expect(bytes[2]).toEqual(bytes[0])
  })
})
