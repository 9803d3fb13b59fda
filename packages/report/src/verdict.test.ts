import { randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { foldedAuc, smallestLeak } from './leak.ts'
import type { AttackFigures, AttackRow } from './report-data.ts'
import { verdictOf } from './verdict.ts'

const figures = (value: number, low: number, high: number): AttackFigures => ({ auc: { value, low, high } })
const row = (attacker: string, before?: AttackFigures, after?: AttackFigures): AttackRow => ({
  table: 'users',
  attacker,
  ...(before && { before }),
  ...(after && { after }),
})

describe('verdictOf', () => {
  test('an interval above 0.5 is a leak, named with its attack', () => {
    const verdict = verdictOf({
      attacks: [row('mlp', figures(0.7, 0.66, 0.74)), row('xgb', figures(0.52, 0.48, 0.56))],
    })
    expect(verdict.status).toBe('leak')
    expect(verdict.sentence).toBe(
      'The attacks we ran found a leak: Perceptron on users reached a folded AUC of 0.700 [0.660, 0.740].',
    )
    expect(verdict.details).toContain(
      '1 of 2 attacks has its whole interval above 0.5; without any leak about one in 40 would.',
    )
  })

  test('where p is corrected for all attacks, it decides', () => {
    const calm = { ...figures(0.54, 0.505, 0.57), correctedP: 0.4 }
    expect(verdictOf({ attacks: [row('mlp', calm), row('xgb', calm)] }).status).toBe('undecided')
    const leak = verdictOf({ attacks: [row('mlp', { ...calm, correctedP: 0.01 }), row('xgb', calm)] })
    expect(leak.status).toBe('leak')
    expect(leak.details).toContain('1 of 2 attacks stands out at 5\u00a0% after correction for all of them.')
  })

  test('below chance is a leak as well', () => {
    const verdict = verdictOf({ attacks: [row('mlp', figures(0.26, 0.22, 0.3))], gate: 0.55 })
    expect(verdict.status).toBe('leak')
    expect(verdict.sentence).toContain('0.740 [0.700, 0.780]')
  })

  test('no leak above the gate is said only when every upper bound allows it', () => {
    const calm = row('mlp', figures(0.5, 0.46, 0.54))
    expect(verdictOf({ attacks: [calm], gate: 0.55 }).status).toBe('bounded')
    expect(verdictOf({ attacks: [calm], gate: 0.55 }).sentence).toContain(
      'no leak above 0.550: the highest upper bound is 0.540 (Perceptron on users)',
    )
    // A smaller figure with a wider interval decides, not the worst figure.
    const wide = row('xgb', figures(0.49, 0.4, 0.58))
    const open = verdictOf({ attacks: [calm, wide], gate: 0.55 })
    expect(open.status).toBe('undecided')
    expect(open.sentence).not.toContain('no leak above')
    expect(open.sentence).toContain(
      'do not rule out one above 0.550, since their intervals reach up to 0.600 (XGBoost on users)',
    )
  })

  test('a margin stands for a gate where there is none', () => {
    const calm = row('mlp', figures(0.5, 0.46, 0.54))
    expect(verdictOf({ attacks: [calm], margin: 0.05 }).sentence).toContain(
      'no leak above 0.550: the highest upper bound is 0.540',
    )
    expect(verdictOf({ attacks: [calm], margin: 0.02 }).status).toBe('undecided')
    expect(verdictOf({ attacks: [calm], gate: 0.52, margin: 0.05 }).status).toBe('undecided')
  })

  test('without a gate nothing is said to be bounded', () => {
    const verdict = verdictOf({ attacks: [row('mlp', figures(0.5, 0.49, 0.51))] })
    expect(verdict.status).toBe('undecided')
    expect(verdict.sentence).not.toContain('no leak above')
  })

  test('a proven leak below the gate is named', () => {
    const verdict = verdictOf({ attacks: [row('mlp', figures(0.525, 0.51, 0.54))], gate: 0.55 })
    expect(verdict.status).toBe('bounded')
    expect(verdict.sentence).toContain('They did find a smaller one: Perceptron on users reached a folded AUC of 0.525')
  })

  test('without intervals there is no bound', () => {
    const verdict = verdictOf({ attacks: [row('mlp', { auc: { value: 0.5 } })], gate: 0.9 })
    expect(verdict.status).toBe('undecided')
    expect(verdict.sentence).toContain('no upper bound')
  })

  test('judges the table after unlearning, and says when it became worse', () => {
    const verdict = verdictOf({ attacks: [row('mlp', figures(0.6, 0.56, 0.64), figures(0.8, 0.77, 0.83))] })
    expect(verdict.worst?.folded.value).toBe(0.8)
    expect(verdict.details[0]).toContain(
      '0.600 [0.560, 0.640] before unlearning, by Perceptron on users; it is 0.800 [0.770, 0.830] after',
    )
    expect(verdict.details[0]).toContain('Unlearning did not lower it.')
  })

  test('attacks that were not scored are counted, and none at all is no finding', () => {
    expect(verdictOf({ attacks: [row('mlp', figures(0.6, 0.5, 0.7)), row('xgb')] }).details.join()).toContain(
      '1 of 2 attacks could not be scored',
    )
    expect(verdictOf({ attacks: [row('mlp')] }).status).toBe('not-measured')
  })

  test('a large p is never evidence, and the smallest leak is stated', () => {
    const attack: AttackRow = {
      table: 'users',
      attacker: 'mlp',
      scored: [50, 60],
      before: { auc: { value: 0.51, low: 0.4, high: 0.62 }, p: 0.8 },
    }
    const { details } = verdictOf({ attacks: [attack], gate: 0.55 })
    expect(details.join()).toContain('A large p is no evidence of safety')
    expect(details.join()).toContain(`an AUC of ${smallestLeak(50, 60).toFixed(3)} (5\u00a0% test, 80\u00a0% power)`)
    expect(verdictOf({ attacks: [attack], smallestLeak: 0.61 }).details.join()).toContain('an AUC of 0.610;')
  })
})

describe('foldedAuc', () => {
  test('folds the interval to the conservative side', () => {
    expect(foldedAuc(figures(0.48, 0.4, 0.54))).toEqual({ value: 0.52, low: 0.5, high: 0.6 })
  })

  test('a measured one wins', () => {
    expect(foldedAuc({ auc: { value: 0.3 }, foldedAuc: { value: 0.45 } })).toEqual({ value: 0.45 })
  })
})

describe('smallestLeak', () => {
  test('a test at 5 % finds it four times in five', () => {
    const [n1, n2] = [60, 90]
    const target = smallestLeak(n1, n2)
    // Normal scores with means sqrt(2) * quantile(target) apart have this AUC; target is 0.635, its quantile 0.3458.
    expect(target).toBeCloseTo(0.635, 3)
    const gap = Math.SQRT2 * 0.3458
    const random = randomStream(3, 'power')
    const deviation = Math.sqrt((n1 + n2 + 1) / (12 * n1 * n2))
    let found = 0
    const trials = 1000
    for (let trial = 0; trial < trials; trial++) {
      const first = Array.from({ length: n1 }, () => random.normal() + gap)
      const second = Array.from({ length: n2 }, () => random.normal())
      let wins = 0
      for (const a of first) for (const b of second) if (a > b) wins++
      if (Math.abs(wins / (n1 * n2) - 0.5) > 1.96 * deviation) found++
    }
    // Standard error of a share of 1,000 at 0.8 is 0.013.
    expect(Math.abs(found / trials - 0.8)).toBeLessThan(0.04)
  })
})
