import { describe, expect, test } from 'vitest'
import { choleskyFactor, choleskySolve, positiveInverse } from './positive-definite.ts'
import { randomStream } from './random.ts'

/** B B' + I, with the entries of B normal (n, n). */
function positive(n: number): Float64Array {
  const random = randomStream(1, 'positive', n)
  const b = Float64Array.from({ length: n * n }, () => random.normal())
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? 1 : 0
      for (let k = 0; k < n; k++) sum += b[i * n + k]! * b[j * n + k]!
      out[i * n + j] = sum
    }
  }
  return out
}

/** Largest distance of a b from the unit matrix. */
function strayed(a: Float64Array, b: Float64Array, n: number): number {
  let worst = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? -1 : 0
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!
      worst = Math.max(worst, Math.abs(sum))
    }
  }
  return worst
}

// Below, at and beyond one block, beyond the depth that is cut, and with rests of every kind.
describe.each([1, 2, 3, 5, 63, 64, 65, 131, 330])('%i rows', (n) => {
  const a = positive(n)

  test('the factor times its transpose is the matrix', () => {
    const factor = a.slice()
    choleskyFactor(factor, n)
    let worst = 0
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0
        for (let k = 0; k <= j; k++) sum += factor[i * n + k]! * factor[j * n + k]!
        worst = Math.max(worst, Math.abs(sum - a[i * n + j]!) / Math.sqrt(a[i * n + i]! * a[j * n + j]!))
      }
    }
    expect(worst).toBeLessThan(1e-13)
  })

  test('the inverse is one, symmetric to the last bit', () => {
    const inverse = positiveInverse(a.slice(), n)
    expect(strayed(a, inverse, n)).toBeLessThan(1e-9)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) if (inverse[i * n + j] !== inverse[j * n + i]) expect.fail(`(${i}, ${j}) differs`)
  })

  test('solves', () => {
    const wanted = Float64Array.from({ length: n }, (_, i) => Math.cos(i))
    const b = Float64Array.from({ length: n }, (_, i) => wanted.reduce((sum, x, k) => sum + a[i * n + k]! * x, 0))
    const factor = a.slice()
    choleskyFactor(factor, n)
    choleskySolve(factor, n, b)
    expect(Math.max(...b.map((x, i) => Math.abs(x - wanted[i]!)))).toBeLessThan(1e-9)
  })
})

test('refuses what is not positive definite', () => {
  expect(() => choleskyFactor(Float64Array.of(1, 2, 2, 1), 2)).toThrow(
    'expected a positive definite matrix, got pivot -3 in row 1',
  )
  expect(() => choleskyFactor(Float64Array.of(NaN), 1)).toThrow('got pivot NaN in row 0')
  expect(() => choleskyFactor(new Float64Array(3), 2)).toThrow('expected 2 x 2 values, got 3')
})
