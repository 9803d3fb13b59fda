import { canonicalJson, randomStream, type Json } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { expect, test } from 'vitest'
import { audit, auditAttributes, judgedTogether, type AuditResult } from './audit.ts'
import { planAudit } from './audit-plan.ts'
import { namedAttackers } from './named-attackers.ts'
import { matchMeans, shiftedClasses } from './testing.ts'
import { knn } from './attackers/knn.ts'
import { logistic } from './attackers/logistic.ts'
import { mlp } from './attackers/mlp.ts'
import { qda } from './attackers/qda.ts'
import { radius } from './attackers/radius.ts'
import { smallestCorrectedP } from './verdict/verdict.ts'
import { xgb, xgbAttacker } from './attackers/xgb.ts'

const short = { seed: 1, repeats: { paper: 2, 'five-fold': 1 }, permutations: 199 } as const

/** Everything but the scores. */
const plain = ({ attacks, deviations, ...rest }: AuditResult): string =>
  canonicalJson({
    ...rest,
    deviations: deviations.map(({ observed, permuted }) => [observed, ...Array.from(permuted)]),
    attacks: attacks.map((attack) => ({ ...attack, splits: undefined })),
  } as unknown as Json)

test('every attacker, protocol and input of the battery is run, with progress, and repeats byte for byte', async () => {
  const { embedding, labels } = shiftedClasses([70, 90], 4, 1, 1)
  const progress: number[] = []
  const options = { ...short, attackers: [mlp, xgb, logistic], refit: false, permutations: 399, attribute: 'gender' }
  const result = await audit(embedding, labels, {
    ...options,
    onProgress: ({ done, total }) => progress.push(done / total),
  })
  expect(result.attacks.map(({ attacker, protocol, input }) => `${attacker} ${protocol} ${input}`)).toEqual([
    'mlp paper raw',
    'mlp paper standardised',
    'mlp paper whitened',
    'xgb paper raw',
    'xgb paper whitened',
    'logistic paper raw',
    'logistic paper standardised',
    'logistic paper whitened',
    'mlp five-fold standardised',
    'xgb five-fold raw',
    'xgb five-fold whitened',
    'logistic five-fold standardised',
  ])
  expect(progress.length).toBe(8 * 2 + 4 * 5 + 1)
  expect(progress.at(-1)).toBe(1)
  expect(result.leak).toBe(true)
  expect(result.twoSample.p).toBe(1 / 400)
  expect(result.verdict).toMatch(/^The attacks we ran found a leak of gender: /)
  expect(plain(await audit(embedding, labels, options))).toBe(plain(result))
})

test('attackers are fitted again under each relabelling, one for all of them', async () => {
  const { embedding, labels } = shiftedClasses([70, 90], 4, 1, 1)
  const progress: number[] = []
  const options = { ...short, attackers: [logistic, qda], protocols: ['paper'] as const }
  const { attacks, correctedP, leak } = await audit(embedding, labels, {
    ...options,
    onProgress: ({ done, total }) => progress.push(done / total),
  })
  // Three repeats are the battery's, two were run.
  expect(attacks.map(({ permutation }) => permutation.refitRepeats)).toEqual([2, 2, 2, 2, 2, 2])
  expect(attacks.map(({ permutation }) => permutation.p)).toEqual(new Array(6).fill(1 / 200))
  expect(correctedP).toEqual(new Array(6).fill(1 / 200))
  expect(leak).toBe(true)
  expect(progress.at(-1)).toBe(1)
})

test('threads change nothing', async () => {
  const { embedding, labels } = shiftedClasses([700, 700], 4, 0.3, 9)
  const options = {
    seed: 2,
    repeats: { paper: 3 },
    attackers: [logistic],
    protocols: ['paper'] as const,
    input: 'whitened' as const,
  }
  const before = threads()
  setThreads(3)
  const pooled = await audit(embedding, labels, { ...options, permutations: 500 })
  setThreads(1)
  const alone = await audit(embedding, labels, { ...options, permutations: 500 })
  setThreads(before)
  expect(plain(pooled)).toBe(plain(alone))
  expect(pooled.attacks[0]!.splits).toEqual(alone.attacks[0]!.splits)
})

test('several attributes share one false discovery rate', async () => {
  const { embedding, labels } = shiftedClasses([60, 60], 4, 1.5, 1)
  const other = { classes: ['x', 'y'], codes: labels.codes.map((_, i) => i % 2) }
  const { audits, q } = await auditAttributes(
    embedding,
    { leaking: labels, random: other },
    { ...short, attackers: [logistic], protocols: ['paper'], input: 'raw' },
  )
  const [p1, p2] = [audits['leaking']!, audits['random']!].map(({ attacks }) => attacks[0]!.permutation.p)
  expect(p1).toBe(1 / 200)
  expect(q['leaking']).toEqual([Math.min(2 * p1!, p2!)])
  expect(q['random']).toEqual([p2])
})

test('several tables and attributes are judged together, a leak of one is found whatever their number', async () => {
  const leaking = shiftedClasses([50, 50], 4, 2, 1)
  const random = randomStream(1, 'judged-together')
  const noise = Array.from({ length: 2 }, () => ({
    rows: 100,
    cols: 4,
    data: Float32Array.from({ length: 400 }, () => random.normal()),
  }))
  const ages = {
    classes: ['young', 'old'],
    codes: Int32Array.from({ length: 100 }, () => (random.uniform() < 0.5 ? 0 : 1)),
  }
  const parts = [leaking.embedding, ...noise].flatMap((table) => [
    { table, attribute: 'gender', labels: leaking.labels },
    { table, attribute: 'age', labels: ages },
  ])
  for (const [attackers, refit, permutations] of [
    [[logistic], true, 99],
    [[logistic, qda, radius], false, 99],
    [[logistic, knn], true, undefined],
  ] as const) {
    const alone: AuditResult[] = []
    const options = {
      seed: 1,
      repeats: { paper: 1, 'five-fold': 1 },
      input: 'raw',
      attackers,
      refit,
      ...(permutations && { permutations }),
    } as const
    for (const { table, attribute, labels } of parts) alone.push(await audit(table, labels, { ...options, attribute }))
    const together = judgedTogether(
      alone,
      parts.map(({ attribute }) => attribute),
    )
    expect(together.map(({ leak }) => leak)).toEqual(parts.map((_, at) => at === 0))
    expect(together[0]!.verdict).toMatch(
      new RegExp(`found a leak of gender: .* after correction for ${6 * alone[0]!.attacks.length} attacks`),
    )
    expect(Math.min(...together[0]!.correctedP)).toBeLessThanOrEqual(
      smallestCorrectedP(together.flatMap(({ attacks }) => attacks)),
    )
    together.forEach(({ correctedP }, at) =>
      correctedP.forEach((p, a) => expect(p).toBeGreaterThanOrEqual(alone[at]!.correctedP[a]! - 1e-12)),
    )
  }
  expect(() =>
    judgedTogether(
      [
        { seed: 1, margin: 0.05 },
        { seed: 2, margin: 0.05 },
      ] as never,
      [],
    ),
  ).toThrow('one seed and margin, got 1 and 2')
})

test('what is asked for by name is run: attacker, protocol and input', () => {
  const { embedding, labels } = shiftedClasses([50, 50], 4, 1, 1)
  const planned = (options: object): string[] =>
    planAudit(embedding, labels, { seed: 1, ...options }).map(
      ({ attacker, protocol, input }) => `${attacker} ${protocol} ${input}`,
    )
  for (const { attacker } of Object.values(namedAttackers)) {
    for (const protocol of ['paper', 'five-fold'] as const) {
      expect(planned({ attackers: [attacker], protocols: [protocol] }).join()).toContain(`${attacker.name} ${protocol}`)
      expect(planned({ attackers: [attacker], protocols: [protocol], input: 'whitened' })).toEqual([
        `${attacker.name} ${protocol} whitened`,
      ])
    }
  }
  expect(planned({ attackers: [xgb, knn], protocols: ['five-fold'] })).toEqual([
    'xgb five-fold raw',
    'xgb five-fold whitened',
    'knn five-fold raw',
    'knn five-fold standardised',
    'knn five-fold whitened',
  ])
  expect(planned({ attackers: [knn] })).toEqual(['knn paper raw', 'knn paper standardised', 'knn paper whitened'])
  // The same to a tree as raw.
  expect(planned({ attackers: [xgb], protocols: ['five-fold'], input: 'standardised' })).toEqual(['xgb five-fold raw'])
})

test('all attacks of a seed see the same users', async () => {
  const { embedding, labels } = shiftedClasses([40, 50], 3, 0, 2)
  const { attacks } = await audit(embedding, labels, { ...short, attackers: [logistic, xgb], protocols: ['paper'] })
  for (const { splits } of attacks)
    expect(splits.map(({ users }) => users)).toEqual(attacks[0]!.splits.map(({ users }) => users))
})

test('random labels give no leak, and a bound that is not below what could be seen', async () => {
  const { embedding, labels } = shiftedClasses([120, 180], 4, 0, 3)
  const result = await audit(embedding, labels, { ...short, attackers: [mlp, xgb, logistic], refit: false })
  expect(result.leak).toBe(false)
  expect(result.upperBound).toBeLessThan(0.7)
  expect(result.verdict).toContain('With 300 labelled users')
})

test('a table unlearned beyond chance is a leak', async () => {
  const { embedding, labels } = shiftedClasses([60, 60], 40, 0.5, 4)
  const result = await audit(matchMeans(embedding, labels), labels, {
    ...short,
    attackers: [mlp],
    protocols: ['five-fold'],
  })
  expect(result.leak).toBe(true)
  expect(result.verdict).toContain('lies below chance')
})

test('both XGBoost engines tell the same of the same table', async () => {
  const { embedding, labels } = shiftedClasses([50, 60], 3, 1, 5)
  const wasm = xgbAttacker('xgb', { engine: 'wasm' })
  const [best, forced] = await Promise.all(
    [xgb, wasm].map((attacker) =>
      audit(embedding, labels, { ...short, attackers: [attacker], refit: false, input: 'raw' }),
    ),
  )
  for (const [at, { auc }] of forced!.attacks.entries()) expect(auc.value).toBeCloseTo(best!.attacks[at]!.auc.value, 3)
})

test('an empty battery is an error', async () => {
  const { embedding, labels } = shiftedClasses([30, 30], 2, 0, 6)
  await expect(audit(embedding, labels, { seed: 1, attackers: [] })).rejects.toThrow(
    'audit: expected at least one attacker and protocol',
  )
})
