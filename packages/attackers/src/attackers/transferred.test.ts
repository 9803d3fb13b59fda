import { copyMatrix, matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { attack } from '../attack.ts'
import { matchMeans, shiftedClasses } from '../testing.ts'
import { logistic } from './logistic.ts'
import { transferredAttack } from './transferred.ts'
import { xgb } from './xgb.ts'

const { embedding, labels } = shiftedClasses([160, 200], 6, 1, 1)
const options = { protocol: 'five-fold', seed: 1, repeats: 1 } as const

test('tables left as they were are attacked as by an attacker without a past', async () => {
  const { taughtOn, ...result } = await transferredAttack(embedding, copyMatrix(embedding), labels, logistic, options)
  expect(taughtOn).toBe('original')
  const { deviations, ...alone } = await attack(embedding, labels, logistic, options)
  expect(deviations.permuted.length).toBeGreaterThan(0)
  expect(result).toEqual(alone)
})

test('matched means hide a shift from an attacker taught before it as well', async () => {
  const matched = matchMeans(embedding, labels)
  const result = await transferredAttack(embedding, matched, labels, logistic, { ...options, input: 'standardised' })
  expect(result.input).toBe('standardised')
  expect(result.foldedAuc.value).toBeLessThan(0.6)
  expect((await attack(embedding, labels, logistic, options)).auc.value).toBeGreaterThan(0.8)
})

test('a table that only moved and shrank is read through standardising, and not raw by trees', async () => {
  const moved = { ...embedding, data: embedding.data.map((value) => 50 + value / 128) }
  const raw = await transferredAttack(embedding, moved, labels, xgb, options)
  const standardised = await transferredAttack(embedding, moved, labels, xgb, { ...options, standardise: true })
  expect(raw.foldedAuc.value).toBeLessThan(0.55)
  expect(standardised.auc.value).toBeGreaterThan(0.75)
})

test('a signal that unlearning turned round is taken at its opposite', async () => {
  const turned = { ...embedding, data: embedding.data.map((value) => -value) }
  const result = await transferredAttack(embedding, turned, labels, logistic, options)
  expect(result.auc.value).toBeLessThan(0.2)
  expect(result.foldedAuc.value).toBeCloseTo(1 - result.auc.value, 12)
  expect(result.chosenSignAuc!.value).toBeGreaterThan(0.8)
})

test('the same seed gives the same result; refuses tables of unlike shapes', async () => {
  const run = (): Promise<unknown> =>
    transferredAttack(embedding, matchMeans(embedding, labels), labels, logistic, {
      ...options,
      protocol: 'paper',
      repeats: 2,
    })
  expect(await run()).toEqual(await run())
  await expect(transferredAttack(embedding, matrix(360, 5), labels, logistic, options)).rejects.toThrow(
    'transferredAttack: expected tables of one shape, got (360, 6) and (360, 5)',
  )
})
