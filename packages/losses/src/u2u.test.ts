import type { Labels, Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { clusteredTable, gradientError } from './testing.ts'
import { u2u } from './u2u.ts'

/** Eq. 10 as written: every ordered pair. */
function naive(theta: Matrix, labels: Labels): number {
  let sum = 0
  for (let i = 0; i < theta.rows; i++) {
    for (let j = 0; j < theta.rows; j++) {
      if (labels.codes[i] === -1 || labels.codes[j] === -1 || labels.codes[i] === labels.codes[j]) continue
      for (let k = 0; k < theta.cols; k++)
        sum += (theta.data[i * theta.cols + k]! - theta.data[j * theta.cols + k]!) ** 2
    }
  }
  return sum
}

describe('u2u', () => {
  test.each([[[7, 5]], [[6, 4, 3]], [[5, 1, 2, 4]]])('equals the sum over ordered pairs, class sizes %j', (sizes) => {
    const { theta, labels } = clusteredTable(sizes, 4, 3, 2)
    const loss = u2u(theta, labels)
    expect(Math.abs(loss.value / naive(theta, labels) - 1)).toBeLessThan(1e-12)
    expect(gradientError(theta, loss.gradient, (t) => naive(t, labels))).toBeLessThan(1e-6)
  })

  test('rows without a label have no gradient', () => {
    const { theta, labels } = clusteredTable([4, 4], 3, 4, 2)
    expect([...u2u(theta, labels).gradient.data.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('keeps its digits when all users share a large offset', () => {
    const { theta, labels } = clusteredTable([30, 20], 2, 5)
    for (let p = 0; p < theta.data.length; p++) theta.data[p]! += 4096
    expect(Math.abs(u2u(theta, labels).value / naive(theta, labels) - 1)).toBeLessThan(1e-10)
  })

  test('is zero for one class, and refuses labels that do not fit', () => {
    const { theta } = clusteredTable([4], 3, 6)
    expect(u2u(theta, { classes: ['a'], codes: new Int32Array(4) }).value).toBe(0)
    expect(() => u2u(theta, { classes: ['a'], codes: new Int32Array(3) })).toThrow(
      'u2u: expected one label for each of the 4 rows, got 3',
    )
    expect(() => u2u(theta, { classes: ['a'], codes: Int32Array.of(0, 0, 1, 0) })).toThrow(
      'u2u: expected a label code from -1 to 0 in row 2, got 1',
    )
  })
})
