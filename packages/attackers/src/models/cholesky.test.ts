import { randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { choleskyInPlace, choleskyInverse, invertLower, solveLower } from './cholesky.ts'

/** Positive definite (K, K): products of normal rows, and their number on the diagonal. */
function drawn(K: number): Float64Array {
  const random = randomStream(K, 'cholesky')
  const x = Float64Array.from({ length: K * K }, () => random.normal())
  return Float64Array.from({ length: K * K }, (_, p) => {
    const [i, j] = [Math.floor(p / K), p % K]
    let sum = i === j ? K : 0
    for (let k = 0; k < K; k++) sum += x[i * K + k]! * x[j * K + k]!
    return sum
  })
}

// One block of columns, two, and three of which the last is short.
test.each([5, 129, 300])('a factor, its inverse and the inverse of a matrix (%i, %i)', (K) => {
  const a = drawn(K)
  const lower = a.slice()
  const logDeterminant = choleskyInPlace('test', lower, K)
  let logPivots = 0
  for (let i = 0; i < K; i++) {
    logPivots += 2 * Math.log(lower[i * K + i]!)
    for (let j = 0; j <= i; j += 7) {
      let sum = 0
      for (let k = 0; k <= j; k++) sum += lower[i * K + k]! * lower[j * K + k]!
      expect(Math.abs(sum - a[i * K + j]!)).toBeLessThan(1e-10 * K)
    }
  }
  expect(logDeterminant).toBeCloseTo(logPivots, 8)
  const inverse = invertLower(lower, K)
  const whole = choleskyInverse('test', a.slice(), K)
  for (let j = 0; j < K; j += 11) {
    const unit = new Float64Array(K)
    unit[j] = 1
    solveLower(lower, K, unit)
    for (let i = 0; i < K; i++) expect(Math.abs(inverse[i * K + j]! - unit[i]!)).toBeLessThan(1e-12)
    for (let i = 0; i < K; i += 7) {
      let sum = 0
      for (let k = 0; k < K; k++) sum += a[i * K + k]! * whole[k * K + j]!
      expect(sum).toBeCloseTo(i === j ? 1 : 0, 9)
    }
  }
})

test('a matrix that is not positive definite is refused by its row', () => {
  const a = drawn(200)
  a[150 * 201] = -1
  expect(() => choleskyInPlace('test', a, 200)).toThrow(
    /test: expected a positive definite matrix, got pivot .* in row 150/,
  )
})
