import { canonicalJson, type Json } from '@indistinct/core'
import { expect, test } from 'vitest'
import { audit, type AuditResult } from './audit.ts'
import { matchMeans, shiftedClasses } from './fixtures.ts'
import { mlp } from './mlp.ts'
import { xgb, xgbAttacker } from './xgb.ts'

const short = { seed: 1, repeats: { paper: 2, 'five-fold': 1 }, permutations: 199 } as const

/** What a report stores: everything but the scores. */
const plain = ({ attacks, ...rest }: AuditResult): string =>
  canonicalJson({ ...rest, attacks: attacks.map((attack) => ({ ...attack, splits: undefined })) } as unknown as Json)

test('the battery runs every attacker, protocol and input that matters, with progress, and repeats byte for byte', async () => {
  const { embedding, labels } = shiftedClasses([70, 90], 4, 1, 1)
  const progress: number[] = []
  const result = await audit(embedding, labels, { ...short, attribute: 'gender', onProgress: ({ done, total }) => progress.push(done / total) })
  expect(result.attacks.map(({ attacker, protocol, input }) => `${attacker} ${protocol} ${input}`)).toEqual([
    'mlp paper raw', 'mlp paper standardised', 'xgb paper raw', 'mlp five-fold raw', 'mlp five-fold standardised', 'xgb five-fold raw',
  ])
  expect(progress.length).toBe(3 * 2 + 3 * 5)
  expect(progress.at(-1)).toBe(1)
  expect(result.leak).toBe(true)
  expect(result.verdict).toMatch(/^The attacks we ran found a leak of gender: /)
  expect(plain(await audit(embedding, labels, { ...short, attribute: 'gender' }))).toBe(plain(result))
})

test('all attacks of a seed see the same users', async () => {
  const { embedding, labels } = shiftedClasses([40, 50], 3, 0, 2)
  const { attacks } = await audit(embedding, labels, { ...short, protocols: ['paper'] })
  for (const { splits } of attacks) expect(splits.map(({ users }) => users)).toEqual(attacks[0]!.splits.map(({ users }) => users))
})

test('random labels give no leak, and a bound that is not below what could be seen', async () => {
  const { embedding, labels } = shiftedClasses([120, 180], 4, 0, 3)
  const result = await audit(embedding, labels, short)
  expect(result.leak).toBe(false)
  expect(result.upperBound).toBeLessThan(0.68)
  expect(result.verdict).toContain('with 300 labelled users')
})

test('a table unlearned beyond chance is a leak', async () => {
  const { embedding, labels } = shiftedClasses([60, 60], 40, 0.5, 4)
  const result = await audit(matchMeans(embedding, labels), labels, { ...short, attackers: [mlp], protocols: ['five-fold'] })
  expect(result.leak).toBe(true)
  expect(result.verdict).toContain('lies below chance')
})

test('both XGBoost engines tell the same of the same table', async () => {
  const { embedding, labels } = shiftedClasses([50, 60], 3, 1, 5)
  const wasm = xgbAttacker('xgb', { engine: 'wasm' })
  const [best, forced] = await Promise.all([xgb, wasm].map((attacker) => audit(embedding, labels, { ...short, attackers: [attacker] })))
  for (const [at, { auc }] of forced!.attacks.entries()) expect(auc.value).toBeCloseTo(best!.attacks[at]!.auc.value, 3)
})

test('an empty battery is an error', async () => {
  const { embedding, labels } = shiftedClasses([30, 30], 2, 0, 6)
  await expect(audit(embedding, labels, { seed: 1, attackers: [] })).rejects.toThrow('audit: expected at least one attacker and protocol')
})
