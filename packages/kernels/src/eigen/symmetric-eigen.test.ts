import { expect, test } from 'vitest'
import { randomStream } from '@indistinct/core'
import { setThreads, threads } from '../runtime.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

const n = 150

/** Q diag(values) Q' for a random rotation Q: Householder's of a few drawn directions. */
function withValues(values: Float64Array): Float64Array {
  const random = randomStream(1, 'tridiagonal')
  let a = new Float64Array(n * n)
  for (let i = 0; i < n; i++) a[i * n + i] = values[i]!
  for (let turn = 0; turn < 3; turn++) {
    const v = Float64Array.from({ length: n }, () => random.normal())
    const square = v.reduce((sum, x) => sum + x * x, 0)
    const h = Float64Array.from({ length: n * n }, (_, p) => {
      const [i, j] = [Math.floor(p / n), p % n]
      return (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / square
    })
    a = product(product(h, a), h)
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i * n + j] = a[j * n + i]!
  return a
}

function product(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) out[i * n + j]! += a[i * n + k]! * b[k * n + j]!
  return out
}

const cases: Readonly<Record<string, Float64Array>> = {
  'spread over ten decades': Float64Array.from({ length: n }, (_, i) => 10 ** (-i / 15)),
  'of rank 40': Float64Array.from({ length: n }, (_, i) => (i < 40 ? 40 - i : 0)),
  'three times fifty equal ones, of both signs': Float64Array.from({ length: n }, (_, i) => [5, 1, -3][i % 3]!),
  'all equal': new Float64Array(n).fill(2),
}

test.each(Object.keys(cases))('eigenvalues %s, with an orthonormal basis', (name) => {
  const a = withValues(cases[name]!)
  const { values, vectors } = symmetricEigen(a, n)
  const expected = cases[name]!.slice().sort().reverse()
  const scale = Math.max(...expected.map(Math.abs))
  values.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-13 * scale))
  const turned = product(vectors, a)
  for (let r = 0; r < n; r++) {
    for (let j = 0; j < n; j++)
      expect(Math.abs(turned[r * n + j]! - values[r]! * vectors[r * n + j]!)).toBeLessThan(1e-12 * scale)
    for (let q = 0; q <= r; q++) {
      let sum = 0
      for (let j = 0; j < n; j++) sum += vectors[r * n + j]! * vectors[q * n + j]!
      expect(Math.abs(sum - (q === r ? 1 : 0))).toBeLessThan(1e-12)
    }
  }
})

test('a diagonal matrix and one of zeros are their own answer', () => {
  const diagonal = new Float64Array(n * n)
  for (let i = 0; i < n; i++) diagonal[i * n + i] = i
  expect([...symmetricEigen(diagonal, n).values]).toEqual(Array.from({ length: n }, (_, i) => n - 1 - i))
  expect(symmetricEigen(new Float64Array(n * n), n).values.every((value) => value === 0)).toBe(true)
})

test('few rows in many dimensions: most eigenvalues are what rounding leaves of zero', () => {
  const [rows, cols] = [60, 400]
  const random = randomStream(2, 'few rows')
  const x = Float64Array.from({ length: rows * cols }, () => random.normal())
  const a = new Float64Array(cols * cols)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < cols; j++)
      for (let k = 0; k < cols; k++) a[j * cols + k]! += (x[i * cols + j]! * x[i * cols + k]!) / rows
  const { values } = symmetricEigen(a, cols)
  let trace = 0
  for (let j = 0; j < cols; j++) trace += a[j * cols + j]!
  expect(values.subarray(0, rows).reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 9)
  values.subarray(rows).forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-13 * values[0]!))
})

test.each([2 ** -700, 2 ** -66, 2 ** -27, 2 ** 600])(
  'a matrix %d times another has its vectors, bit for bit',
  (scale) => {
    const n = 150
    const random = randomStream(5, 'eigen')
    const a = new Float64Array(n * n)
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) a[i * n + j] = a[j * n + i] = random.normal()
    const [one, other] = [
      symmetricEigen(a, n),
      symmetricEigen(
        a.map((value) => value * scale),
        n,
      ),
    ]
    expect(other.vectors).toEqual(one.vectors)
    expect(other.values).toEqual(one.values.map((value) => value * scale))
  },
)

test('equal bytes for any number of threads', () => {
  const size = 300
  const random = randomStream(3, 'threads')
  const a = Float64Array.from({ length: size * size }, () => random.normal())
  const before = threads()
  const [one, two] = [1, 2].map((count) => {
    setThreads(count)
    return symmetricEigen(a, size)
  })
  setThreads(before)
  expect(two).toEqual(one)
})

test('pairs of eigenvalues that agree to all digits keep vectors at right angles', () => {
  // Wilkinson's matrix, of which halves are alike, with a joint of both signs.
  const [size, half] = [201, 100]
  const a = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    a[i * size + i] = Math.abs(i - half)
    if (i > 0) a[i * size + i - 1] = a[(i - 1) * size + i] = i % 2 ? 1 : -1
  }
  const { values, vectors } = symmetricEigen(a, size)
  expect(values[0]! - values[1]!).toBeLessThan(1e-12)
  for (let r = 0; r < size; r++)
    for (let q = 0; q <= r; q++) {
      let sum = 0
      for (let j = 0; j < size; j++) sum += vectors[r * size + j]! * vectors[q * size + j]!
      expect(Math.abs(sum - (q === r ? 1 : 0))).toBeLessThan(1e-13)
    }
})
