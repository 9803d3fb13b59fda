import { matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { auc, foldedAuc, oneVersusRestAucs } from './auc.ts'
import { truePositiveRateAt, rocCurve } from './roc.ts'

test('ties count one half', () => {
  expect(auc([1, 1, 1, 1], [0, 1, 0, 1])).toBe(0.5)
  expect(auc([0, 1, 1, 2], [0, 0, 1, 1])).toBe(0.875)
})

test('below chance folds above it', () => {
  expect(foldedAuc(auc([3, 2, 1, 0], [0, 0, 1, 1]))).toBe(1)
  expect(foldedAuc(0.5)).toBe(0.5)
})

test('one class only, NaN scores and unequal lengths are errors', () => {
  expect(() => auc([1, 2], [1, 1])).toThrow('auc: expected users of both classes, got 2 positive and 0 negative')
  expect(() => auc([1, NaN], [1, 0])).toThrow('got NaN at 1')
  expect(() => auc([1], [1, 0])).toThrow('auc: expected 2 scores, got 1')
})

test('classes that do not occur have no one-versus-rest AUC', () => {
  const values = oneVersusRestAucs(matrix(2, 3, Float32Array.from([0.9, 0.1, 0, 0.2, 0.8, 0])), [0, 1])
  expect([...values]).toEqual([1, 1, NaN])
})

test('true positive rate at a false positive rate takes no threshold beyond it', () => {
  const curve = rocCurve([5, 4, 3, 2, 1], [1, 0, 1, 0, 0])
  expect(truePositiveRateAt(curve, 0.01)).toBe(0.5)
  expect(truePositiveRateAt(curve, 1 / 3)).toBe(1)
})
