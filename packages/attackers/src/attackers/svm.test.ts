import { readFileSync } from 'node:fs'
import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import { preparedRows } from '../protocols/prepared-split.ts'
import { shiftedClasses } from '../testing.ts'
import { logOddsScore } from '../models/log-odds-score.ts'
import { fitSupportVectors, supportVectorDecisions } from '../models/support-vector-machine.ts'
import { svm, svmAttacker } from './svm.ts'

interface Golden {
  name: string
  cols: number
  classes: number
  cost: number
  gamma: 'scale' | 'nearest'
  trainX: number[]
  trainY: number[]
  testX: number[]
  decisions: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/svm.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

describe.each(cases)('$name', ({ cols, classes, cost, gamma, trainX, trainY, testX, decisions }) => {
  const x = matrix(trainY.length, cols, Float32Array.from(trainX))
  const held = matrix(testX.length / cols, cols, Float32Array.from(testX))
  const codes = Int32Array.from(trainY)

  test("decision values are those of scikit-learn's SVC", () => {
    const got = supportVectorDecisions(fitSupportVectors(x, codes, classes, { cost, gamma, tolerance: 1e-7 }), held)
    expect(got.length).toBe(decisions.length)
    // The kernel matrix is float32, here and in LIBSVM; a hundredfold cost amplifies its rounding a hundredfold.
    decisions.forEach((value, p) => expect(Math.abs(got[p]! - value)).toBeLessThan(2e-5 * Math.max(1, cost)))
  })

  test('the attacker scores in their order, one half at zero', async () => {
    const fitted = await svmAttacker('other', { cost, gamma, tolerance: 1e-7 }).fit(x, codes, { classes, seed: 1 })
    const { data } = await fitted.scores(held)
    decisions.forEach((value, p) =>
      expect(data[classes === 2 ? 2 * p + 1 : p]).toBeCloseTo(logOddsScore(value), cost > 1 ? 2 : 4),
    )
  })
})

test('the default tolerance moves decision values by little', () => {
  const { cols, trainX, trainY, testX, decisions } = cases[0]!
  const x = matrix(trainY.length, cols, Float32Array.from(trainX))
  const got = supportVectorDecisions(
    fitSupportVectors(x, Int32Array.from(trainY), 2),
    matrix(testX.length / cols, cols, Float32Array.from(testX)),
  )
  decisions.forEach((value, p) => expect(Math.abs(got[p]! - value)).toBeLessThan(0.01))
})

test('equal rows with unlike labels, and rows all equal', () => {
  const score = svm.fitSync(matrix(6, 1, Float32Array.from([0, 0, 0, 1, 1, 1])), Int32Array.from([0, 0, 1, 0, 1, 1]), {
    classes: 2,
    seed: 1,
  })
  const { data } = score(matrix(2, 1, Float32Array.from([0, 1])))
  expect(data[1]).toBeLessThan(0.5)
  expect(data[3]).toBeGreaterThan(0.5)
  const equal = svm.fitSync(matrix(4, 1, Float32Array.from([3, 3, 3, 3])), Int32Array.from([0, 1, 0, 1]), {
    classes: 2,
    seed: 1,
  })
  expect(equal(matrix(1, 1, Float32Array.from([3]))).data[1]).toBeCloseTo(0.5, 6)
})

test('far from all known rows, where float32 would call them equal, scores keep their order', () => {
  const [cols, random] = [1536, randomStream(1, 'svm-far')]
  const rows = (count: number): Matrix =>
    matrix(
      count,
      cols,
      Float32Array.from({ length: count * cols }, (_, p) => random.normal() + 0.3 * (Math.floor(p / cols) % 2)),
    )
  const codes = Int32Array.from({ length: 40 }, (_, i) => i % 2)
  const { data } = svm.ofProducts!(preparedRows(rows(12), rows(40)).products('whitened')!, codes.subarray(0, 12), {
    classes: 2,
    seed: 1,
  })
  expect(
    auc(
      data.filter((_, p) => p % 2 === 1),
      codes,
    ),
  ).toBeGreaterThan(0.95)
})

test('beyond the limit a seeded share of each class is fitted', () => {
  const { embedding, labels } = shiftedClasses([60, 180], 3, 1.5, 1)
  const held = shiftedClasses([100, 100], 3, 1.5, 2)
  const drawing = svmAttacker('drawing', { mostRows: 80 })
  const scores = (seed: number): Float32Array =>
    drawing.fitSync(embedding, labels.codes, { classes: 2, seed })(held.embedding).data
  expect(scores(1)).toEqual(scores(1))
  expect(scores(1)).not.toEqual(scores(2))
  const one = scores(1)
  expect(
    auc(
      Array.from(held.labels.codes, (_, i) => one[2 * i + 1]!),
      held.labels.codes,
    ),
  ).toBeGreaterThan(0.8)
  const whole = svmAttacker('whole', { mostRows: 240 }).fitSync(embedding, labels.codes, { classes: 2, seed: 1 })(
    held.embedding,
  ).data
  expect(whole).toEqual(svm.fitSync(embedding, labels.codes, { classes: 2, seed: 2 })(held.embedding).data)
})

test('noise is fitted in few more steps than there are rows', () => {
  const random = randomStream(1, 'svm-noise')
  const x = matrix(
    600,
    16,
    Float32Array.from({ length: 600 * 16 }, () => random.normal()),
  )
  expect(
    fitSupportVectors(
      x,
      Int32Array.from({ length: 600 }, (_, i) => i % 2),
      2,
    ).steps,
  ).toBeLessThan(6 * 600)
})
