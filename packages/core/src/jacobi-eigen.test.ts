import { expect, test } from 'vitest'
import { randomStream } from './random.ts'
import { jacobiEigen } from './jacobi-eigen.ts'

test('A v = lambda v with orthonormal v, largest first', () => {
  const n = 12
  const random = randomStream(2, 'symmetric')
  const a = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = random.normal()
  const { values, vectors } = jacobiEigen(a, n)
  for (let c = 0; c < n; c++) {
    if (c > 0) expect(values[c]!).toBeLessThanOrEqual(values[c - 1]!)
    for (let i = 0; i < n; i++) {
      let product = 0
      for (let j = 0; j < n; j++) product += a[i * n + j]! * vectors[c * n + j]!
      expect(product).toBeCloseTo(values[c]! * vectors[c * n + i]!, 10)
    }
    for (let d = 0; d <= c; d++) {
      let dot = 0
      for (let i = 0; i < n; i++) dot += vectors[c * n + i]! * vectors[d * n + i]!
      expect(dot).toBeCloseTo(c === d ? 1 : 0, 10)
    }
  }
})

test('zero and diagonal matrices', () => {
  expect([...jacobiEigen(new Float64Array(4), 2).values]).toEqual([0, 0])
  expect([...jacobiEigen(Float64Array.of(1, 0, 0, 3), 2).values]).toEqual([3, 1])
})
