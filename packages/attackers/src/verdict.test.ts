import { expect, test } from 'vitest'
import { randomStream } from '@indistinct/core'
import type { AttackDeviations } from './attack.ts'
import { verdictOf } from './verdict.ts'

/** An attack whose scores were held fixed, or whose deviations under 200 relabellings are those of `sd`. */
function result(attacker: string, auc: number, half: number, p: number, sd?: number): AttackDeviations {
  const random = randomStream(1, attacker)
  const permuted = Float64Array.from({ length: sd === undefined ? 0 : 200 }, () => Math.abs(sd! * random.normal()))
  const estimate = { value: auc, lower: auc - half, upper: auc + half }
  const folded = { value: Math.max(auc, 1 - auc), lower: Math.max(0.5, Math.max(auc, 1 - auc) - half), upper: Math.max(auc, 1 - auc) + half }
  const permutation = { p, chance: 0.51, critical: 0.55, permutations: 999, refitRepeats: sd === undefined ? 0 : 1 }
  const perClass = [{ label: 'M', auc: { ...estimate, standardError: half / 1.96, agreement: 0 }, foldedAuc: folded }]
  return {
    result: { attacker, protocol: 'five-fold', input: 'raw', labelled: 546, auc: estimate, foldedAuc: folded, permutation, perClass },
    observed: Math.abs(auc - 0.5),
    permuted,
  } as unknown as AttackDeviations
}

test('a leak names its strongest attack, and how sure', () => {
  const verdict = verdictOf([result('xgb', 0.7, 0.05, 0.001), result('mlp', 0.742, 0.04, 0.001)], { attribute: 'gender' })
  expect(verdict.leak).toBe(true)
  expect(verdict.verdict).toBe(
    'The attacks we ran found a leak of gender: mlp on raw input (five-fold) reaches a folded AUC of 0.742 ' +
      '(95 % interval 0.702 to 0.782, permutation p 0.001, 0.002 after correction for 2 attacks).',
  )
})

test('a leak below chance is one, and is explained', () => {
  const verdict = verdictOf([result('mlp', 0.258, 0.04, 0.001)])
  expect(verdict.leak).toBe(true)
  expect(verdict.verdict).toContain('reaches a folded AUC of 0.742')
  expect(verdict.verdict).toContain('its AUC of 0.258 lies below chance, and flipping its answer gives the other side')
})

test('without a leak, the bound is the worst upper one and the sentence says what could have been missed', () => {
  const verdict = verdictOf([result('mlp', 0.53, 0.02, 0.3), result('xgb', 0.51, 0.06, 0.9)])
  expect(verdict).toMatchObject({ leak: false, equivalent: false, margin: 0.05, worst: { attacker: 'xgb' }, strongest: { attacker: 'mlp' } })
  expect(verdict.upperBound).toBeCloseTo(0.57, 12)
  expect(verdict.simultaneous.upper).toBeGreaterThan(verdict.upperBound)
  // Both tests hold scores fixed: Bonferroni's 2.2414 standard errors, 1.64 of which lie between chance and the 95 % quantile.
  expect(verdict.smallestDetectable).toBeCloseTo(0.51 + (0.04 * (2.2414 + 0.8416)) / 1.64, 4)
  expect(verdict.verdict).toBe(
    'The attacks we ran found no leak, but cannot rule out one: the upper 95 % bound of the worst of them, xgb on raw input (five-fold) (0.510), ' +
      'is 0.570, not below 0.550. This is no evidence that there is none below: with 546 labelled users, the smallest folded AUC that would have ' +
      'stood out four times in five is 0.585.',
  )
  expect(verdict.verdict).not.toMatch(/anonym|complian|safe/i)
})

test('equivalence needs every bound within the margin, and is stated with it', () => {
  const attacks = [result('mlp', 0.51, 0.02, 0.3), result('xgb', 0.505, 0.03, 0.9)]
  const verdict = verdictOf(attacks)
  expect(verdict).toMatchObject({ leak: false, equivalent: true })
  expect(verdict.verdict).toMatch(/^The attacks we ran found no leak above a folded AUC of 0.550: the upper 95 % bound of the worst of them, xgb on raw input \(five-fold\) \(0.505\), is 0.535\. This is no evidence/)
  expect(verdictOf(attacks, { margin: 0.03 }).equivalent).toBe(false)
})

test('a leak within the margin is a leak, and said to be small', () => {
  const verdict = verdictOf([result('mlp', 0.53, 0.01, 0.001)])
  expect(verdict).toMatchObject({ leak: true, equivalent: true })
  expect(verdict.verdict).toContain('It is a small one: the upper 95 % bound of the worst attack is 0.540, within the margin of 0.550.')
})

test('attacks that were fitted again share the maximum; with others held fixed each kind has half of the 5 %', () => {
  const alike = Array.from({ length: 9 }, () => result('mlp', 0.53, 0.03, 0.01, 0.01))
  // Nine times the same attack: the maximum is that of one, where Bonferroni would ask for nine.
  const one = verdictOf(alike.slice(0, 1))
  expect(verdictOf(alike).correctedP).toEqual(alike.map(() => one.correctedP[0]))
  expect(verdictOf(alike).simultaneous.critical).toBe(one.simultaneous.critical)
  const mixed = verdictOf([...alike, result('xgb', 0.5, 0.05, 0.8)])
  expect(mixed.correctedP[0]).toBeCloseTo(2 * one.correctedP[0]!, 12)
  expect(mixed.simultaneous.critical).toBeGreaterThan(one.simultaneous.critical)
})

test('one significant attack among many needs to stand the correction', () => {
  const others = Array.from({ length: 9 }, (_, at) => result(`other-${at}`, 0.51, 0.03, 0.5))
  expect(verdictOf([result('mlp', 0.56, 0.03, 0.02), ...others]).leak).toBe(false)
  expect(verdictOf([result('mlp', 0.56, 0.03, 0.004), ...others]).leak).toBe(true)
})
