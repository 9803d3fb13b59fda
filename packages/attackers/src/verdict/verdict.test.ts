import { describe, expect, test } from 'vitest'
import { randomStream } from '@indistinct/core'
import type { AttackDeviations } from '../attack.ts'
import { smallestCorrectedP, verdictOf, verdictsOf } from './verdict.ts'

/** An attack whose deviations under relabellings are those of `sd`, with scores held fixed or fitted again. */
function result(
  attacker: string,
  auc: number,
  half: number,
  {
    sd = 0.02,
    refitted = false,
    permutations = refitted ? 200 : 999,
  }: { sd?: number; refitted?: boolean; permutations?: number } = {},
): AttackDeviations {
  const random = randomStream(1, attacker)
  const permuted = Float64Array.from({ length: permutations }, () => Math.abs(sd * random.normal()))
  const observed = Math.abs(auc - 0.5)
  const p = (1 + permuted.filter((value) => value >= observed).length) / (permutations + 1)
  const estimate = { value: auc, lower: auc - half, upper: auc + half }
  const folded = {
    value: Math.max(auc, 1 - auc),
    lower: Math.max(0.5, Math.max(auc, 1 - auc) - half),
    upper: Math.max(auc, 1 - auc) + half,
  }
  const permutation = { p, chance: 0.51, critical: 0.55, permutations, refitRepeats: refitted ? 1 : 0 }
  const perClass = [{ label: 'M', auc: { ...estimate, standardError: half / 1.96, agreement: 0 }, foldedAuc: folded }]
  return {
    result: {
      attacker,
      protocol: 'five-fold',
      input: 'raw',
      labelled: 546,
      auc: estimate,
      foldedAuc: folded,
      permutation,
      perClass,
    },
    observed,
    permuted,
  } as unknown as AttackDeviations
}

test('a leak names its strongest attack, and how sure', () => {
  const verdict = verdictOf([result('xgb', 0.7, 0.05), result('mlp', 0.742, 0.04)], { attribute: 'gender' })
  expect(verdict.leak).toBe(true)
  expect(verdict.verdict).toBe(
    'The attacks we ran found a leak of gender: mlp on raw input (five-fold) reaches a folded AUC of 0.742 ' +
      '(95 % interval 0.702 to 0.782, permutation p 0.001, 0.001 after correction for 2 attacks).',
  )
})

test('a leak below chance is one, and is explained', () => {
  const verdict = verdictOf([result('mlp', 0.258, 0.04)])
  expect(verdict.leak).toBe(true)
  expect(verdict.verdict).toContain('reaches a folded AUC of 0.742')
  expect(verdict.verdict).toContain('its AUC of 0.258 lies below chance, and flipping its answer gives the other side')
})

test('without a leak, the bound is the worst upper one and the sentence says what could have been missed', () => {
  const verdict = verdictOf([result('mlp', 0.53, 0.02), result('xgb', 0.51, 0.06)])
  expect(verdict).toMatchObject({
    leak: false,
    equivalent: false,
    margin: 0.05,
    worst: { attacker: 'xgb' },
    strongest: { attacker: 'mlp' },
  })
  expect(verdict.upperBound).toBeCloseTo(0.57, 12)
  expect(verdict.simultaneous.upper).toBeGreaterThan(verdict.upperBound)
  // The maximum of two independent normal deviations exceeds 2.2365 of their standard deviations in 5 %.
  expect(Math.abs(verdict.smallestDetectable - (0.5 + 0.02 * (2.2365 + 0.8416)))).toBeLessThan(0.003)
  const corrected = verdict.correctedP[0]!.toFixed(3)
  expect(verdict.verdict).toBe(
    'The attacks we ran cannot tell whether there is a leak: mlp on raw input (five-fold) reaches a folded AUC ' +
      `of 0.530, which chance could explain (corrected p ${corrected}), ` +
      'and the upper 95 % bound of xgb on raw input (five-fold) is 0.570, not below 0.550. With 546 labelled ' +
      'users, the smallest folded AUC that would have ' +
      `stood out four times in five is ${verdict.smallestDetectable.toFixed(3)}.`,
  )
  expect(verdict.verdict).not.toMatch(/anonym|complian|safe/i)
})

test('an attack that sees nothing does not make the audit look keen', () => {
  const blind = result('equal-rows', 0.5, 0, { sd: 0 })
  const alone = verdictOf([result('mlp', 0.51, 0.02)])
  const both = verdictOf([result('mlp', 0.51, 0.02), blind])
  expect(both.smallestDetectable).toBeGreaterThanOrEqual(alone.smallestDetectable)
  const { smallestDetectable, verdict } = verdictOf([blind])
  expect(smallestDetectable).toBe(1)
  expect(verdict).toMatch(/with 546 labelled users, no folded AUC would have stood out four times in five\.$/)
})

test('a large figure that chance could explain is never called no leak', () => {
  const verdict = verdictOf([result('mlp', 0.9, 0.09, { sd: 0.3 })], { attribute: 'gender' })
  expect(verdict).toMatchObject({ leak: false, equivalent: false })
  expect(verdict.verdict).toMatch(
    /^The attacks we ran cannot tell whether there is a leak of gender: mlp .* reaches a folded AUC of 0\.900, which chance could explain \(p 0\.\d+\), and the upper 95 % bound of it is 0\.990/,
  )
  expect(verdict.verdict).not.toContain('no leak')
})

test('equivalence needs every bound within the margin, and is stated with it', () => {
  const attacks = [result('mlp', 0.51, 0.02), result('xgb', 0.505, 0.03)]
  const verdict = verdictOf(attacks)
  expect(verdict).toMatchObject({ leak: false, equivalent: true })
  expect(verdict.verdict).toMatch(
    /^The attacks we ran found no leak above a folded AUC of 0.550: the upper 95 % bound of the worst of them, xgb on raw input \(five-fold\) \(0.505\), is 0.535\. This is no evidence/,
  )
  expect(verdictOf(attacks, { margin: 0.03 }).equivalent).toBe(false)
})

test('a leak within the margin is a leak, and said to be small', () => {
  const verdict = verdictOf([result('mlp', 0.53, 0.01, { sd: 0.005 })])
  expect(verdict).toMatchObject({ leak: true, equivalent: true })
  expect(verdict.verdict).toContain(
    'It is a small one: the upper 95 % bound of the worst attack is 0.540, within the margin of 0.550.',
  )
})

test('attacks that were fitted again share the maximum; with others held fixed each kind has half of the 5 %', () => {
  const alike = Array.from({ length: 9 }, () => result('mlp', 0.53, 0.03, { sd: 0.01, refitted: true }))
  // Nine times the same attack: the maximum is that of one, where Bonferroni would ask for nine.
  const one = verdictOf(alike.slice(0, 1))
  expect(verdictOf(alike).correctedP).toEqual(alike.map(() => one.correctedP[0]))
  expect(verdictOf(alike).simultaneous.critical).toBe(one.simultaneous.critical)
  const mixed = verdictOf([...alike, result('xgb', 0.5, 0.05)])
  expect(mixed.correctedP[0]).toBeCloseTo(2 * one.correctedP[0]!, 12)
  expect(mixed.simultaneous.critical).toBeGreaterThan(one.simultaneous.critical)
})

test('one significant attack among many needs to stand the correction', () => {
  const others = Array.from({ length: 9 }, (_, at) => result(`other-${at}`, 0.51, 0.03))
  // Of ten independent normal deviations the largest exceeds 2.8 in 5 %.
  expect(verdictOf([result('mlp', 0.548, 0.03)]).leak).toBe(true)
  expect(verdictOf([result('mlp', 0.548, 0.03), ...others]).leak).toBe(false)
  expect(verdictOf([result('mlp', 0.565, 0.03), ...others]).leak).toBe(true)
})

describe('whatever the number of tables, attributes, attacks and permutations', () => {
  const counts = [1, 2, 5, 13] as const
  const cases = counts.flatMap((parts) =>
    counts.flatMap((fixed) =>
      [0, 1, 9].flatMap((refitted) => [99, 200, 999].map((permutations) => ({ parts, fixed, refitted, permutations }))),
    ),
  )
  test.each(cases)(
    'a strong leak in one of $parts parts stands out: $fixed held fixed, $refitted fitted again, $permutations ' +
      'permutations',
    ({ parts, fixed, refitted, permutations }) => {
      for (const again of refitted > 0 ? [false, true] : [false]) {
        const audits = Array.from({ length: parts }, (_, part) => ({
          attacks: [
            ...Array.from({ length: fixed }, (_, at) =>
              result(`fixed ${part} ${at}`, part === 0 && at === 0 && !again ? 0.8 : 0.51, 0.05, { permutations }),
            ),
            ...Array.from({ length: refitted }, (_, at) =>
              result(`refitted ${part} ${at}`, part === 0 && at === 0 && again ? 0.8 : 0.51, 0.05, {
                permutations,
                refitted: true,
              }),
            ),
          ],
        }))
        const verdicts = verdictsOf(audits)
        const least = smallestCorrectedP(audits.flatMap(({ attacks }) => attacks.map((attack) => attack.result)))
        expect(least).toBe((refitted > 0 ? 2 : 1) / (permutations + 1))
        expect(least).toBeLessThanOrEqual(0.02)
        expect(verdicts.map(({ leak }) => leak)).toEqual(audits.map((_, part) => part === 0))
        expect(Math.min(...verdicts[0]!.correctedP)).toBe(least)
      }
    },
  )
})
