import { matrix, randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { exposureOf, fifthsBy, lengthFifths } from './exposure.ts'
import type { SplitScores } from './protocols/scoring.ts'

/** Scores of users 0 .. n - 1, of labels 0 and 1 in turn, from their probability of label 1. */
function split(probability: readonly number[], users = probability.map((_, i) => i)): SplitScores {
  const data = Float32Array.from(probability.flatMap((p) => [1 - p, p]))
  const codes = Int32Array.from(users, (user) => user % 2)
  const rows = Int32Array.from(users)
  return {
    repeat: 0,
    fold: 0,
    shadow: new Int32Array(),
    users: rows,
    codes,
    probabilities: matrix(rows.length, 2, data),
  }
}

const attack = (splits: SplitScores[], value = 0.8) => ({ splits, classes: ['F', 'M'], auc: { value } })

/** Two normal samples whose means lie `gap` apart, and the probability of the second by Bayes. */
function posteriors(n: number, gap: number): number[] {
  const random = randomStream(1, 'exposure')
  return Array.from({ length: n }, (_, i) => {
    const x = random.normal() + (i % 2 === 1 ? gap / 2 : -gap / 2)
    return 1 / (1 + Math.exp(-gap * x))
  })
}

describe('exposureOf', () => {
  test('of an attacker who knows the distributions, agrees with the closed form', () => {
    const n = 60_000
    const { all, labels, largest } = exposureOf(attack([split(posteriors(n, 1))]))
    // The risk is 1 / (1 + exp(-y)) with y normal of mean 1 / 2 and variance 1, whatever the label.
    const quantile = 1 / (1 + Math.exp(-(0.5 + 1.644854)))
    expect(Math.abs(all.risk.value - quantile)).toBeLessThan(0.004)
    expect(all.risk.lower).toBeLessThan(quantile)
    expect(all.risk.upper).toBeGreaterThan(quantile)
    for (const { risk } of labels) expect(Math.abs(risk.value - quantile)).toBeLessThan(0.004)
    expect(largest).toBeGreaterThan(all.risk.upper)
    // |x| > c = 2.2153 has 5 % of the mixture; of it phi(c - 1 / 2) upper tails are right.
    const [right, wrong] = [0.043145, 0.003311]
    expect(Math.abs(all.surest.right.value - right / (right + wrong))).toBeLessThan(0.015)
    expect(all.surest.guess).toBeCloseTo(0.5, 6)
    // Phi(gap / sqrt(2)).
    expect(Math.abs(all.auc!.value - 0.76025)).toBeLessThan(0.006)
  })

  test('of an attacker who is sure and knows nothing, the surest are right as often as guesses', () => {
    const random = randomStream(2, 'exposure')
    const sure = Array.from({ length: 20_000 }, () => (random.uniform() < 0.5 ? 0.001 : 0.999))
    const { all, largest } = exposureOf(attack([split(sure)], 0.5))
    expect(largest).toBeGreaterThan(0.99)
    expect(all.risk.value).toBeGreaterThan(0.99)
    expect(all.surest.right.lower).toBeLessThan(0.5)
    expect(all.surest.right.upper).toBeGreaterThan(0.5)
  })

  test('an attacker who knows all of them is right, and no figure leaves 0 to 1', () => {
    const { all, labels } = exposureOf(attack([split(Array.from({ length: 102 }, (_, i) => (i % 2) * 0.98 + 0.01))], 1))
    expect([all.auc!.value, all.surest.right.value, all.surest.right.upper]).toEqual([1, 1, 1])
    for (const { surest } of [all, ...labels]) expect(surest.right.lower).toBeGreaterThan(0.5)
  })

  test('means are over the splits that scored a user, and who was never scored is not told of', () => {
    const { users, largest } = exposureOf(attack([split([0.1, 0.9], [2, 3]), split([0.3], [2])]))
    expect(users).toBe(2)
    expect(largest).toBeCloseTo(0.9, 6)
    expect(exposureOf(attack([split([0.4], [3]), split([0.6], [3])])).largest).toBeCloseTo(0.5, 6)
  })

  test('an attacker below chance is turned round', () => {
    const probability = posteriors(2000, 2)
    const usual = exposureOf(attack([split(probability)]))
    const turned = exposureOf(attack([split(probability.map((p) => 1 - p))], 0.2))
    expect([usual.turned, turned.turned]).toEqual([false, true])
    expect(turned.all.surest).toEqual(usual.all.surest)
    expect(turned.all.auc!.value).toBeCloseTo(usual.all.auc!.value, 4)
  })

  test('a group in which the attack succeeds stands out, and too small a one is left out', () => {
    const random = randomStream(3, 'exposure')
    const n = 4000
    const known = posteriors(n, 3)
    const probability = known.map((p, i) => (i < n / 5 ? p : random.uniform()))
    const groups = [
      ...fifthsBy(Float64Array.from(known.keys()), (fifth) => `fifth ${fifth}`),
      { name: 'few', rows: [0, 1] },
    ]
    const told = exposureOf(attack([split(probability)]), groups).groups
    expect(told.map(({ name, users }) => [name, users])).toEqual([0, 1, 2, 3, 4].map((at) => [`fifth ${at}`, n / 5]))
    expect(told[0]!.auc!.lower).toBeGreaterThan(0.9)
    for (const { auc } of told.slice(1)) expect(auc!.upper).toBeLessThan(0.6)
  })
})

test('fifths hold all rows once, lowest first', () => {
  const groups = fifthsBy([5, 1, 4, 2, 3, 9, 8], String)
  expect(groups.flatMap(({ rows }) => Array.from(rows))).toEqual([1, 3, 4, 2, 0, 6, 5])
  expect(fifthsBy([1, 1, 1], String)).toEqual([])
  const table = matrix(5, 2, Float32Array.from([3, 4, 0, 1, 6, 8, 2, 0, 0, 3]))
  expect(lengthFifths(table).map(({ name, rows }) => [name, ...Array.from(rows)])).toEqual([
    ['vectors by length, shortest fifth', 1],
    ['vectors by length, second fifth', 3],
    ['vectors by length, third fifth', 4],
    ['vectors by length, fourth fifth', 0],
    ['vectors by length, longest fifth', 2],
  ])
  expect(lengthFifths(matrix(2, 2, Float32Array.from([1, 0, 0, 1.00001])))).toEqual([])
})
