import { auditRegression, kernelRidge, ridge, xgbRegression } from '@indistinct/attackers'
import { copyMatrix, matrix, randomStream, type Matrix } from '@indistinct/core'
import { hsic, hsicTarget } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { hsicFlow } from './hsic-flow.ts'
import { closeCurves, curveRatios, valueCurves } from './value-curves.ts'

/** Users (N, K) whose first dimension grows with age, whose second is largest in the middle, and whose third widens. */
function aged(N: number, K: number): { embedding: Matrix; ages: Float64Array } {
  const random = randomStream(2, 'aged')
  const ages = Float64Array.from({ length: N }, (_, i) =>
    i < 20 ? NaN : Math.round(Math.max(10, 35 + 12 * random.normal())),
  )
  const embedding = matrix(N, K)
  for (let i = 0; i < N; i++) {
    const y = i < 20 ? 0 : (ages[i]! - 35) / 12
    for (let k = 0; k < K; k++) embedding.data[i * K + k] = random.normal() * (k === 2 ? Math.exp(0.3 * y) : 1)
    embedding.data[i * K]! += 0.7 * y
    embedding.data[i * K + 1]! += 0.6 * (y * y - 1)
  }
  return { embedding, ages }
}

test('closeCurves brings means and covariances to their null, and leaves what is below', () => {
  const { embedding, ages } = aged(420, 6)
  const curves = valueCurves(ages, hsicTarget(ages))
  const closed = copyMatrix(embedding)
  for (let round = 0; round < 4; round++) closeCurves(closed, curves, 1)
  for (const ratio of Object.values(curveRatios(closed, curves))) expect(Math.abs(ratio - 1)).toBeLessThan(0.05)
  const again = copyMatrix(closed)
  closeCurves(again, curves, 2)
  expect(again.data).toEqual(closed.data)
})

describe('hsicFlow', () => {
  const { embedding, ages } = aged(420, 6)
  const result = hsicFlow(embedding, ages)

  test('lands on the null, and what means and covariances tell of age nearly so', () => {
    const before = hsic(embedding, hsicTarget(ages))
    const after = hsic(result.embedding, hsicTarget(ages))
    expect(before.value / before.nullValue).toBeGreaterThan(5)
    expect(after.value / after.nullValue).toBeGreaterThan(0.9999)
    expect(after.value / after.nullValue).toBeLessThan(1.011)
    const [told, left] = ['curvesBefore', 'curvesAfter'].map(
      (name) => result.parameters[name] as { means: number; products: number },
    )
    expect(Math.min(told!.means, told!.products)).toBeGreaterThan(10)
    expect(Math.max(left!.means, left!.products)).toBeLessThan(2)
    expect(result.passes).toBe(result.trace.length)
    expect(result.passes).toBeLessThan(40)
  })

  test('regression attackers predict before and are at chance after', async () => {
    const attacked = (table: Matrix) =>
      auditRegression(table, ages, {
        seed: 1,
        regressors: [ridge, kernelRidge, xgbRegression],
        protocols: ['five-fold'],
        repeats: { 'five-fold': 1 },
        permutations: 199,
      })
    const [before, after] = [await attacked(embedding), await attacked(result.embedding)]
    for (const { auc, spearman } of before.attacks) expect(Math.min(auc.lower - 0.5, spearman - 0.3)).toBeGreaterThan(0)
    expect([before.leak, after.leak]).toEqual([true, false])
    for (const { foldedAuc } of after.attacks) expect(foldedAuc.value).toBeLessThan(0.56)
  })

  test('users without a value stay, the table that went in too, and bytes repeat', () => {
    expect(result.embedding.data.subarray(0, 120)).toEqual(embedding.data.subarray(0, 120))
    expect(hsicFlow(embedding, ages).embedding.data).toEqual(result.embedding.data)
  })

  test('independent values move nobody once they are at the null', () => {
    const again = hsicFlow(result.embedding, ages, { level: 2 })
    expect(again.parameters['outcome']).toBe('already at null')
    expect(again.embedding.data).toEqual(result.embedding.data)
  })

  test('refuses values and tables that do not fit, and says where it stopped', () => {
    expect(() => hsicFlow(embedding, ages.subarray(1))).toThrow(
      'hsicFlow: expected a value or NaN for each of 420 rows, got 419',
    )
    expect(hsicFlow(embedding, ages, { maxPasses: 1 }).parameters).toMatchObject({
      outcome: 'not landed',
      stopped: 'all 1 passes are spent',
    })
    const stopped = hsicFlow(embedding, ages, { maxPasses: 25, tolerance: 1e-12 })
    expect(stopped.parameters['outcome']).toBe('not landed')
    expect(stopped.parameters['ratio']).toBeLessThan(stopped.parameters['ratioBefore'] as number)
    const broken = matrix(420, 6, embedding.data.slice())
    broken.data[8] = NaN
    expect(() => hsicFlow(broken, ages)).toThrow('expected finite values, got NaN in row 1, column 2')
  })
})
