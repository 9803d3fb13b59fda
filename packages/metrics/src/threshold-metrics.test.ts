import { expect, test } from 'vitest'
import { confusionMatrix } from './confusion.ts'
import { thresholdMetrics } from './threshold-metrics.ts'

test('a confusion matrix counts pairs of actual and predicted', () => {
  expect([...confusionMatrix([0, 1, 1, 2], [0, 0, 1, 2], 3)]).toEqual([1, 1, 0, 0, 1, 0, 0, 0, 1])
  expect(() => confusionMatrix([0, 2], [0, 1])).toThrow(
    'confusionMatrix: expected codes 0 to 1, got actual 1, predicted 2 at 1',
  )
})

test('threshold metrics by hand, of weighted counts too', () => {
  const found = thresholdMetrics([6, 2, 1, 3], 2)
  expect(found).toEqual({ accuracy: 0.75, balancedAccuracy: 0.75, precision: 0.6, recall: 0.75, microF1: 0.75 })
  expect(thresholdMetrics([3, 1, 0.5, 1.5], 2)).toEqual(found)
})

test('a class that is never predicted has precision 0', () => {
  expect(thresholdMetrics([4, 0, 2, 0], 2)).toMatchObject({ precision: 0, recall: 0, balancedAccuracy: 0.5 })
})
