import { expect, test } from 'vitest'
import type { AttackResult } from './attack.ts'
import { holm, verdictOf } from './verdict.ts'

function result(attacker: string, auc: number, half: number, p: number): AttackResult {
  const estimate = { value: auc, lower: auc - half, upper: auc + half }
  const folded = { value: Math.max(auc, 1 - auc), lower: Math.max(0.5, Math.max(auc, 1 - auc) - half), upper: Math.max(auc, 1 - auc) + half }
  return {
    attacker, protocol: 'five-fold', input: 'raw', labelled: 546, auc: estimate, foldedAuc: folded, permutation: { p }, smallestDetectable: 0.57,
  } as unknown as AttackResult
}

test('a leak names its strongest attack, and how sure', () => {
  const verdict = verdictOf([result('xgb', 0.7, 0.05, 0.001), result('mlp', 0.742, 0.04, 0.001)], 'gender')
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
  expect(verdict).toMatchObject({ leak: false, worst: { attacker: 'xgb' }, strongest: { attacker: 'mlp' }, smallestDetectable: 0.57 })
  expect(verdict.upperBound).toBeCloseTo(0.57, 12)
  expect(verdict.verdict).toBe(
    'The attacks we ran found no leak above a folded AUC of 0.570, the upper 95 % bound of the worst of them, xgb on raw input (five-fold) (0.510). ' +
      'This is no evidence that there is none below: with 546 labelled users, the smallest folded AUC that would have stood out four times in five is 0.570.',
  )
  expect(verdict.verdict).not.toMatch(/anonym|complian|safe/i)
})

test('one significant attack among many needs to stand the correction', () => {
  const others = Array.from({ length: 9 }, (_, at) => result(`other-${at}`, 0.51, 0.03, 0.5))
  expect(verdictOf([result('mlp', 0.56, 0.03, 0.02), ...others]).leak).toBe(false)
  expect(verdictOf([result('mlp', 0.56, 0.03, 0.004), ...others]).leak).toBe(true)
})

test("Holm's correction by hand", () => {
  const corrected = holm([0.01, 0.04, 0.03, 0.5])
  ;[0.04, 0.09, 0.09, 0.5].forEach((value, at) => expect(corrected[at]).toBeCloseTo(value, 12))
  expect(holm([0.6, 0.7])).toEqual([1, 1])
})
