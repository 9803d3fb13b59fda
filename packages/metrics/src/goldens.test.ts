/** @file Every metric against scikit-learn's answers in goldens/metrics.json. */

import { readFileSync } from 'node:fs'
import { csrFromPairs, matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { accuracy, balancedAccuracy } from './accuracy.ts'
import { auc, macroAuc, oneVersusRestAucs } from './auc.ts'
import { aucInterval } from './auc-interval.ts'
import { hitRatioAtK, hitRatioDefinitions } from './hit-ratio.ts'
import { ndcgAtK, ndcgPerUser } from './ndcg.ts'
import { microF1, precision, recall } from './precision-recall.ts'
import { rocCurve } from './roc.ts'

interface Common {
  name: string
  actual: number[]
  predicted: number[]
  accuracy: number
  balancedAccuracy: number
  precision: number
  recall: number
}
interface Binary extends Common {
  scores: number[]
  auc: number
  delongVariance: number
  falsePositiveRate: number[]
  truePositiveRate: number[]
  thresholds: number[]
}
interface Multiclass extends Common {
  classes: number
  probabilities: number[]
  microF1: number
  oneVersusRest: number[]
  macroAuc: number
}
interface Ranking {
  name: string
  users: number
  items: number
  lists: number[]
  pairs: [number, number][]
  evaluated: number
  at: Record<string, Record<string, number>>
}
const goldens = JSON.parse(readFileSync(new URL('./goldens/metrics.json', import.meta.url), 'utf8')) as {
  binary: Binary[]
  multiclass: Multiclass[]
  ranking: Ranking[]
}

const close = (got: ArrayLike<number>, wanted: number[]): void => {
  expect(got.length).toBe(wanted.length)
  wanted.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 12))
}

describe.each(goldens.binary)('binary: $name', (golden) => {
  const { scores, actual, predicted } = golden
  test('threshold metrics', () => {
    expect(accuracy(predicted, actual)).toBeCloseTo(golden.accuracy, 12)
    expect(balancedAccuracy(predicted, actual)).toBeCloseTo(golden.balancedAccuracy, 12)
    expect(precision(predicted, actual)).toBeCloseTo(golden.precision, 12)
    expect(recall(predicted, actual)).toBeCloseTo(golden.recall, 12)
  })
  test('AUC and the variance behind its interval', () => {
    expect(auc(scores, actual)).toBeCloseTo(golden.auc, 12)
    const estimate = aucInterval(scores, actual)
    expect(estimate.auc).toBeCloseTo(golden.auc, 12)
    expect(estimate.standardError ** 2).toBeCloseTo(golden.delongVariance, 12)
  })
  test('ROC curve', () => {
    const curve = rocCurve(scores, actual)
    close(curve.falsePositiveRate, golden.falsePositiveRate)
    close(curve.truePositiveRate, golden.truePositiveRate)
    close(curve.thresholds.slice(1), golden.thresholds)
  })
})

describe.each(goldens.multiclass)('more than two labels: $name', (golden) => {
  const { actual, predicted, classes } = golden
  test('threshold metrics', () => {
    expect(accuracy(predicted, actual)).toBeCloseTo(golden.accuracy, 12)
    expect(balancedAccuracy(predicted, actual, classes)).toBeCloseTo(golden.balancedAccuracy, 12)
    expect(precision(predicted, actual, classes)).toBeCloseTo(golden.precision, 12)
    expect(recall(predicted, actual, classes)).toBeCloseTo(golden.recall, 12)
    expect(microF1(predicted, actual, classes)).toBeCloseTo(golden.microF1, 12)
  })
  test('one-versus-rest AUC', () => {
    const probabilities = matrix(actual.length, classes, Float32Array.from(golden.probabilities))
    close(oneVersusRestAucs(probabilities, actual), golden.oneVersusRest)
    expect(macroAuc(probabilities, actual)).toBeCloseTo(golden.macroAuc, 12)
  })
})

describe.each(goldens.ranking)('ranking: $name', (golden) => {
  const held = csrFromPairs(
    golden.users,
    golden.items,
    Int32Array.from(golden.pairs, ([user]) => user),
    Int32Array.from(golden.pairs, ([, item]) => item),
  )
  const lists = Int32Array.from(golden.lists)
  test.each(Object.entries(golden.at))('at k = %s', (k, expected) => {
    expect(ndcgAtK(lists, held, Number(k))).toBeCloseTo(expected['ndcg']!, 12)
    for (const definition of hitRatioDefinitions) {
      expect(hitRatioAtK(lists, held, Number(k), definition)).toBeCloseTo(expected[definition]!, 12)
    }
  })
  test('users without test items are left out', () => {
    expect(ndcgPerUser(lists, held, 1).filter((value) => !Number.isNaN(value)).length).toBe(golden.evaluated)
  })
})
