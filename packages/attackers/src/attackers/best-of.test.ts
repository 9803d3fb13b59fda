import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import type { Attacker } from '../attacker.ts'
import { bestOf } from './best-of.ts'
import { attack } from '../attack.ts'
import { meansAttacker, matchMeans, shiftedClasses } from '../testing.ts'
import { knn } from './knn.ts'
import { logistic } from './logistic.ts'
import { qda } from './qda.ts'
import { radius } from './radius.ts'

/** AUC of class 1 among `held` of an attacker taught `known`. */
async function held(
  attacker: Attacker,
  known: { x: Matrix; codes: Int32Array },
  asked: { x: Matrix; codes: Int32Array },
): Promise<number> {
  const { data } = await (await attacker.fit(known.x, known.codes, { classes: 2, seed: 1 })).scores(asked.x)
  return auc(
    Array.from(asked.codes, (_, i) => data[2 * i + 1]!),
    asked.codes,
  )
}

/** Normal; `plant` changes row values by class. */
function table(
  rows: number,
  cols: number,
  seed: number,
  plant: (values: Float32Array, code: number) => void,
): { x: Matrix; codes: Int32Array } {
  const random = randomStream(seed, 'best-of-test')
  const x = matrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, () => random.normal()),
  )
  const codes = Int32Array.from({ length: rows }, (_, i) => i % 2)
  codes.forEach((code, i) => plant(x.data.subarray(i * cols, (i + 1) * cols), code))
  return { x, codes }
}

const all = bestOf([logistic, qda, knn, radius])

describe('it picks the attacker that sees a planted leak, and the input', () => {
  const plants: [string, string[], (values: Float32Array, code: number) => void][] = [
    [
      'a sign that two dimensions share',
      ['qda'],
      (values, code) => (values[1] = (code === 1 ? 1 : -1) * values[0]! + 0.5 * values[1]!),
    ],
    [
      'a distance from the centre',
      ['radius', 'qda'],
      (values, code) => values.forEach((value, j) => (values[j] = value * (1 + code))),
    ],
    ['a shift', ['logistic', 'qda'], (values, code) => (values[0]! += 2 * code)],
  ]
  test.each(plants)('%s', async (_, expected, plant) => {
    const known = table(160, 6, 1, plant)
    const asked = table(300, 6, 2, plant)
    const fitted = await all.fit(known.x, known.codes, { classes: 2, seed: 1 })
    expect(expected).toContain(fitted.chosen.attacker)
    expect(await held(all, known, asked)).toBeGreaterThan(0.85)
  })

  test('a direction of small variance, which only whitening brings out for neighbours', async () => {
    const plant = (values: Float32Array, code: number): void => {
      const common = values[0]!
      for (let j = 0; j < 4; j++) values[j] = common + 0.02 * values[j]! + (j === 1 ? 0.05 * code : 0)
    }
    const known = table(200, 5, 3, plant)
    const neighbours = bestOf([knn])
    expect((await neighbours.fit(known.x, known.codes, { classes: 2, seed: 1 })).chosen).toMatchObject({
      attacker: 'knn',
      input: 'whitened',
    })
    expect(await held(neighbours, known, table(300, 5, 4, plant))).toBeGreaterThan(
      (await held(knn, known, table(300, 5, 4, plant))) + 0.1,
    )
  })
})

test('an attacker that is wrong most of the time is taken at its opposite', async () => {
  const { embedding, labels } = shiftedClasses([60, 60], 40, 0.5, 3)
  const matched = matchMeans(embedding, labels)
  const fitted = await bestOf([meansAttacker], { inputs: ['raw'] }).fit(matched, labels.codes, { classes: 2, seed: 1 })
  expect([...fitted.chosen.signs]).toEqual([-1, -1])
  const result = await attack(matched, labels, bestOf([meansAttacker], { inputs: ['raw'] }), {
    protocol: 'five-fold',
    seed: 1,
  })
  expect(result.auc.value).toBeGreaterThan(0.6)
})

test('choosing among many finds nothing where there is nothing', async () => {
  const { embedding, labels } = shiftedClasses([100, 120], 5, 0, 4)
  const result = await attack(embedding, labels, all, { protocol: 'paper', seed: 1, repeats: 3 })
  expect(Math.abs(result.auc.value - 0.5)).toBeLessThan(0.12)
  expect(result.attacker).toBe('best-of')
})

test('more than two labels, each with a sign of its own', async () => {
  const opposite: Attacker = {
    name: 'opposite',
    scaleFree: true,
    fit: async () => ({
      scores: async ({ rows, cols, data }) =>
        matrix(
          rows,
          3,
          Float32Array.from({ length: 3 * rows }, (_, p) =>
            p % 3 === 0 ? -data[Math.floor(p / 3) * cols]! : data[Math.floor(p / 3) * cols]!,
          ),
        ),
    }),
  }
  const { embedding, labels } = shiftedClasses([40, 40, 40], 2, 2, 5)
  const { chosen } = await bestOf([opposite]).fit(embedding, labels.codes, { classes: 3, seed: 1 })
  expect([chosen.signs[0], chosen.signs[2]]).toEqual([1, 1])
  const flipped = {
    ...opposite,
    fit: async () => ({
      scores: async (x: Matrix) =>
        await (
          await opposite.fit(x, labels.codes, { classes: 3, seed: 1 })
        ).scores({ ...x, data: x.data.map((value) => -value) }),
    }),
  }
  const reversed = await bestOf([flipped]).fit(embedding, labels.codes, { classes: 3, seed: 1 })
  expect([reversed.chosen.signs[0], reversed.chosen.signs[2]]).toEqual([-1, -1])
  expect(reversed.chosen.foldedAuc).toBeCloseTo(chosen.foldedAuc, 12)
})

test('the same seed chooses the same; attackers that scale does not matter to skip standardised input', async () => {
  const { embedding, labels } = shiftedClasses([30, 30], 3, 1, 6)
  const tried: string[] = []
  const spy: Attacker = {
    ...logistic,
    name: 'spy',
    scaleFree: true,
    fit: (x, codes, options) => (tried.push(`${x.data[0]}`), logistic.fit(x, codes, options)),
  }
  const [one, again] = await Promise.all(
    [1, 1].map((seed) => bestOf([spy, qda]).fit(embedding, labels.codes, { classes: 2, seed })),
  )
  expect(again!.chosen).toEqual(one!.chosen)
  expect(await again!.scores(embedding)).toEqual(await one!.scores(embedding))
  // Two fits of five folds on raw and whitened input each, and a last one where it was chosen.
  expect(tried.length).toBe(2 * (5 * 2 + (one!.chosen.attacker === 'spy' ? 1 : 0)))
})

test('a class of one user, and nothing to choose from', async () => {
  const x = matrix(3, 1, Float32Array.from([0, 1, 5]))
  const fitted = await bestOf([logistic, qda]).fit(x, Int32Array.from([0, 0, 1]), { classes: 2, seed: 1 })
  expect(fitted.chosen).toMatchObject({ attacker: 'logistic', input: 'raw', foldedAuc: 0.5 })
  expect((await fitted.scores(x)).data[5]).toBeGreaterThan(0.5)
  expect(() => bestOf([])).toThrow('bestOf: expected at least one attacker and input, got 0 and 3')
  expect(() => bestOf([qda], { folds: 1 })).toThrow('bestOf: expected folds of 2 or more, got 1')
})
