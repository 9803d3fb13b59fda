import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { auditRegression, planRegressionAudit } from './audit-regression.ts'
import { kernelRidge } from './kernel-ridge.ts'
import { fitRidge, ridge } from './ridge.ts'
import { xgbRegression } from './xgb-regression.ts'

/** Users (N, K) of integer ages, many of them equal; the first column grows by `signal` deviations with age. */
function aged(N: number, signal: number, seed: number, K = 4): { embedding: Matrix; ages: Float64Array } {
  const random = randomStream(seed, 'aged')
  const ages = Float64Array.from({ length: N }, () => Math.round(35 + 6 * random.normal()))
  const embedding = matrix(
    N,
    K,
    Float32Array.from(
      { length: K * N },
      (_, p) => random.normal() + (p % K === 0 ? (signal * (ages[Math.floor(p / K)]! - 35)) / 6 : 0),
    ),
  )
  return { embedding, ages }
}

/** The table with every column's regression on the ages taken out: what overshooting leaves. */
function residual({ embedding: { rows, cols, data }, ages }: ReturnType<typeof aged>): Matrix {
  const out = data.slice()
  const x = matrix(rows, 1, Float32Array.from(ages))
  for (let j = 0; j < cols; j++) {
    const [model] = fitRidge(x, [Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]!)], 1e-9)
    for (let i = 0; i < rows; i++) out[i * cols + j]! -= model!.weights[0]! * ages[i]!
  }
  return matrix(rows, cols, out)
}

const quick = { seed: 1, permutations: 99, repeats: { paper: 5, 'five-fold': 1 } } as const

describe('auditRegression', () => {
  const leaking = aged(240, 0.8, 1)

  test('every attacker finds a planted leak under both protocols', async () => {
    const progress: number[] = []
    const audit = await auditRegression(leaking.embedding, leaking.ages, {
      ...quick,
      attribute: 'age',
      onProgress: ({ done, total }) => progress.push(done / total),
    })
    expect(audit.attacks.map(({ attacker, protocol, input }) => `${attacker} ${protocol} ${input}`)).toEqual([
      'ridge paper standardised',
      'ridge paper whitened',
      'kernel-ridge paper standardised',
      'kernel-ridge paper whitened',
      'xgb-regression paper raw',
      'ridge five-fold standardised',
      'kernel-ridge five-fold standardised',
      'xgb-regression five-fold raw',
    ])
    expect(audit).toMatchObject({
      leak: true,
      labelled: 240,
      leftOut: 0,
      verdict: expect.stringMatching(/^The attacks we ran found a leak of age: /),
    })
    for (const { protocol, auc, foldedAuc, rSquared, spearman, permutation } of audit.attacks) {
      expect(foldedAuc.value).toBe(auc.value)
      expect(auc.lower).toBeLessThan(auc.value)
      expect(permutation.p).toBe(0.01)
      expect(spearman).toBeGreaterThan(0.2)
      if (protocol === 'five-fold') expect(rSquared).toBeGreaterThan(0.15)
    }
    expect(progress.at(-1)).toBe(1)
    expect(planRegressionAudit(leaking.embedding, leaking.ages, quick).map(({ fits }) => fits)).toEqual([
      302, 302, 302, 302, 104, 500, 500, 5,
    ])
  })

  test('users without a value are left out, and the same seed gives the same result', async () => {
    const ages = leaking.ages.map((age, i) => (i < 30 ? NaN : age))
    const options = { ...quick, regressors: [ridge], protocols: ['five-fold'] } as const
    const [one, two] = [
      await auditRegression(leaking.embedding, ages, options),
      await auditRegression(leaking.embedding, ages, options),
    ]
    expect(one).toMatchObject({ labelled: 210, leftOut: 30 })
    expect(one.attacks[0]!.scoredUsers).toBe(210)
    expect(two).toEqual(one)
  })

  test('what lies below chance is a leak too', async () => {
    const overshot = aged(300, 0, 2, 40)
    const { leak, attacks, verdict } = await auditRegression(residual(overshot), overshot.ages, {
      ...quick,
      regressors: [ridge],
      protocols: ['five-fold'],
    })
    const [{ auc, foldedAuc, spearman }] = attacks as [(typeof attacks)[0]]
    expect(spearman).toBeLessThan(-0.3)
    expect(foldedAuc.value).toBe(1 - auc.value)
    expect([leak, verdict]).toEqual([true, expect.stringContaining('lies below chance')])
  })

  test('p is at most 0.1 in about a tenth of tables without a leak', async () => {
    let below = 0
    const tables = 60
    for (let seed = 0; seed < tables; seed++) {
      const { embedding, ages } = aged(60, 0, seed)
      const { attacks } = await auditRegression(embedding, ages, {
        seed,
        permutations: 99,
        repeats: { 'five-fold': 1 },
        regressors: [ridge],
        protocols: ['five-fold'],
      })
      if (attacks[0]!.permutation.p <= 0.1) below++
    }
    // 60 draws at 0.1 have a standard error of 0.039.
    expect(below / tables).toBeLessThan(0.1 + 3 * 0.039)
    expect(below / tables).toBeGreaterThan(0)
  })

  test('one attacker, one input, predictions held fixed', async () => {
    const { attacks } = await auditRegression(leaking.embedding, leaking.ages, {
      ...quick,
      regressors: [kernelRidge, xgbRegression],
      input: 'whitened',
      protocols: ['paper'],
      refit: false,
    })
    expect(
      attacks.map(({ attacker, input, permutation }) => [attacker, input, permutation.refitRepeats, permutation.p]),
    ).toEqual([
      ['kernel-ridge', 'whitened', 0, 0.01],
      ['xgb-regression', 'whitened', 0, 0.01],
    ])
  })

  test.each([
    [
      'too few users',
      Float64Array.from({ length: 240 }, (_, i) => (i < 49 ? i : NaN)),
      'at least 50 users with a value, found 49',
    ],
    ['one value', new Float64Array(240).fill(30), 'all 240 users have the value 30'],
    [
      'an infinite value',
      Float64Array.from({ length: 240 }, (_, i) => (i === 3 ? Infinity : i)),
      'the attribute is Infinity in row 3',
    ],
    ['another length', new Float64Array(3), '240 rows and the attribute 3 values'],
  ])('refuses %s', async (_, ages, message) => {
    await expect(auditRegression(leaking.embedding, ages, quick)).rejects.toThrow(message)
  })
})
