import { expect, test } from 'vitest'
import { attack } from '../attack.ts'
import { attackData } from '../protocols/attack-data.ts'
import { matchMeans, meansAttacker, shiftedClasses } from '../testing.ts'
import { paperProtocol } from '../protocols/paper-protocol.ts'
import { protocols } from '../protocols/protocols.ts'
import { observedDeviation, refitDeviations } from './refit.ts'

test('a relabelling keeps the sizes of classes and gives what an attack on it gives', async () => {
  const { embedding, labels } = shiftedClasses([40, 60], 4, 1, 1)
  const { codes, rowsOfClass } = attackData(embedding, labels, [paperProtocol])
  const table = { embedding, codes, rowsOfClass }
  const attacks = (['standardised', 'raw'] as const).map((input, at) => ({
    attacker: meansAttacker,
    input,
    repeats: 2 - at,
  }))
  const options = { seed: 3, repeats: 2 }
  const [all, raw] = await refitDeviations(table, attacks, protocols['five-fold'], { seed: 3, from: 1, to: 6 })
  const [some] = await refitDeviations(table, attacks.slice(0, 1), protocols['five-fold'], { seed: 3, from: 3, to: 5 })
  expect([...some!]).toEqual([...all!.subarray(2, 4)])
  for (const deviation of all!) expect(deviation).toBeLessThan(0.25)
  // Attacks that share their splits are what they are by themselves.
  const [alone] = await refitDeviations(table, attacks.slice(1), protocols['five-fold'], { seed: 3, from: 1, to: 6 })
  expect([...alone!]).toEqual([...raw!])
  const { splits, auc } = await attack(embedding, labels, meansAttacker, {
    ...options,
    protocol: 'five-fold',
    input: 'standardised',
  })
  expect(observedDeviation(splits, 2, 2)).toBeCloseTo(Math.abs(auc.value - 0.5), 12)
})

test.each(['paper', 'five-fold'] as const)('%s: p is exact where nothing leaks, folds included', async (protocol) => {
  let below = 0
  for (let seed = 1000; seed < 1150; seed++) {
    const { embedding, labels } = shiftedClasses([24, 30], 3, 0, seed)
    const { permutation } = await attack(embedding, labels, meansAttacker, {
      protocol,
      seed,
      repeats: 1,
      permutations: 99,
      refitRepeats: 1,
    })
    if (permutation.p <= 0.1) below++
  }
  // A binomial of 150 draws at 0.1 has a standard error of 0.024.
  expect(below / 150).toBeGreaterThan(0.035)
  expect(below / 150).toBeLessThan(0.175)
})

test('what leaks below chance is found as what leaks above it', async () => {
  const { embedding, labels } = shiftedClasses([60, 60], 40, 0.5, 3)
  const options = { protocol: 'five-fold', seed: 1, repeats: 1, refitRepeats: 1 } as const
  const above = await attack(embedding, labels, meansAttacker, options)
  const below = await attack(matchMeans(embedding, labels), labels, meansAttacker, options)
  expect(above.auc.value).toBeGreaterThan(0.55)
  expect(below.auc.value).toBeLessThan(0.35)
  expect([above.permutation.permutations, above.permutation.refitRepeats]).toEqual([200, 1])
  expect(below.permutation.p).toBe(1 / 201)
})

test('more than two labels: the mean deviation over labels', async () => {
  const { embedding, labels } = shiftedClasses([30, 30, 30], 4, 1.5, 5)
  const { permutation, perClass, splits } = await attack(embedding, labels, meansAttacker, {
    protocol: 'paper',
    seed: 1,
    repeats: 3,
    permutations: 99,
    refitRepeats: 3,
  })
  expect(observedDeviation(splits, 3, 3)).toBeCloseTo(
    perClass.reduce((sum, { auc }) => sum + Math.abs(auc.value - 0.5) / 3, 0),
    6,
  )
  expect(permutation.p).toBe(0.01)
})
