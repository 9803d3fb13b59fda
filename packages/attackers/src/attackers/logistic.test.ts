import { readFileSync } from 'node:fs'
import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { shiftedClasses } from '../testing.ts'
import { logistic } from './logistic.ts'
import { fitLogistic, logisticLogits } from '../models/logistic-regression.ts'

interface Golden {
  name: string
  cols: number
  classes: number
  inverseStrength: number
  trainX: number[]
  trainY: number[]
  testX: number[]
  weights: number[]
  intercepts: number[]
  probabilities: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/logistic.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

describe.each(cases)('$name', (golden) => {
  const { cols, classes } = golden
  const x = matrix(golden.trainY.length, cols, Float32Array.from(golden.trainX))
  const held = matrix(golden.testX.length / cols, cols, Float32Array.from(golden.testX))
  const model = fitLogistic(x, Int32Array.from(golden.trainY), classes, golden)

  test("weights and intercepts are scikit-learn's", () => {
    golden.weights.forEach((weight, p) => expect(Math.abs(model.weights[p]! - weight)).toBeLessThan(1e-5))
    golden.intercepts.forEach((intercept, o) => expect(Math.abs(model.intercepts[o]! - intercept)).toBeLessThan(1e-5))
  })

  test("probabilities are scikit-learn's", () => {
    const logits = logisticLogits(model, held)
    for (let i = 0; i < held.rows; i++) {
      const odds =
        classes === 2 ? [1, Math.exp(logits[i]!)] : [...logits.subarray(i * classes, (i + 1) * classes)].map(Math.exp)
      const sum = odds.reduce((total, value) => total + value, 0)
      odds.forEach((value, c) =>
        expect(Math.abs(value / sum - golden.probabilities[i * classes + c]!)).toBeLessThan(1e-5),
      )
    }
  })
})

test('the attacker scores as the model does, from as few as one user of each class', async () => {
  const golden = cases[0]!
  const held = matrix(20, golden.cols, Float32Array.from(golden.testX))
  const x = matrix(golden.trainY.length, golden.cols, Float32Array.from(golden.trainX))
  const fitted = await logistic.fit(x, Int32Array.from(golden.trainY), { classes: 2, seed: 1 })
  const scores = await fitted.scores(held)
  golden.probabilities.forEach((p, i) => {
    if (p > 0.02 && p < 0.98) expect(scores.data[i]).toBeCloseTo(p, 5)
  })
  const single = logistic.fitSync(matrix(2, 2, Float32Array.from([0, 1, 0, -1])), Int32Array.from([0, 1]), {
    classes: 2,
    seed: 1,
  })
  expect(single(matrix(1, 2, Float32Array.from([5, -1]))).data[1]).toBeGreaterThan(0.6)
})

test('passes stay few when columns are badly scaled and correlated', () => {
  const { embedding, labels } = shiftedClasses([200, 200], 8, 1, 3)
  const { data } = embedding
  for (let i = 0; i < 400; i++) {
    data[8 * i + 7] = data[8 * i]! + 1e-4 * data[8 * i + 7]!
    data[8 * i + 6]! *= 1000
    data[8 * i + 5] = 500 + 0.001 * data[8 * i + 5]!
  }
  expect(fitLogistic(embedding, labels.codes, 2).passes).toBeLessThan(40)
})

test('refuses a penalty that is not above zero', () => {
  const { embedding, labels } = shiftedClasses([4, 4], 2, 1, 3)
  expect(() => fitLogistic(embedding, labels.codes, 2, { inverseStrength: 0 })).toThrow(
    'fitLogistic: expected inverseStrength above 0, got 0',
  )
})
