import { expect, test } from 'vitest'
import { attack } from '../attack.ts'
import { shiftedClasses } from '../testing.ts'
import { exactValues, xgbAttacker } from './xgb.ts'

const exact = xgbAttacker('exact', { treeMethod: 'exact' })
const binned = xgbAttacker('binned', {})

test('many values are binned, and trees on bins tell as much as exact ones', async () => {
  const { embedding, labels } = shiftedClasses([1200, 1200], 20, 0.8, 1)
  expect(0.8 * embedding.data.length).toBeGreaterThan(exactValues)
  const [a, b] = await Promise.all(
    [exact, binned].map((attacker) =>
      attack(embedding, labels, attacker, { protocol: 'five-fold', repeats: 1, innerFolds: 0, seed: 1 }),
    ),
  )
  expect(a!.auc.value).toBeGreaterThan(0.6)
  expect(b!.auc.value).not.toBe(a!.auc.value)
  // Users of 480 in a fold: the standard error of the difference is about 0.005.
  expect(Math.abs(b!.auc.value - a!.auc.value)).toBeLessThan(0.015)
})

test('few values are left as they are', async () => {
  const { embedding, labels } = shiftedClasses([100, 100], 4, 0.8, 1)
  const scores = await Promise.all(
    [exact, binned].map(async (attacker) => {
      const fitted = await attacker.fit(embedding, labels.codes, { classes: 2, seed: 1 })
      return (await fitted.scores(embedding)).data
    }),
  )
  expect(scores[1]).toEqual(scores[0])
})
