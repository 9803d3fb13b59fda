import { readFileSync } from 'node:fs'
import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { inputNames, prepareInput, type InputName } from './prepared-input.ts'
import { standardiser } from './standardise.ts'
import { inverseSquareRoot, whitener } from './whiten.ts'

interface Golden {
  name: string
  cols: number
  trainX: number[]
  testX: number[]
  whitened: number[]
}
const { cases } = JSON.parse(readFileSync(new URL('./goldens/whiten.json', import.meta.url), 'utf8')) as {
  cases: Golden[]
}

test.each(cases)('$name: rows are whitened as the reference has them', ({ cols, trainX, testX, whitened }) => {
  const whiten = whitener(matrix(trainX.length / cols, cols, Float32Array.from(trainX)))
  const { data } = whiten(matrix(testX.length / cols, cols, Float32Array.from(testX)))
  // Rounding of float32 results.
  whitened.forEach((value, p) => expect(Math.abs(data[p]! - value)).toBeLessThan(2e-6 * Math.max(1, Math.abs(value))))
})

test('plenty of rows become uncorrelated with deviation 1, however correlated they were', () => {
  const random = randomStream(1, 'whiten')
  const x = matrix(4000, 3)
  for (let i = 0; i < x.rows; i++) {
    const common = random.normal()
    for (let j = 0; j < 3; j++) x.data[3 * i + j] = 7 + 10 ** j * (common + 0.1 * random.normal())
  }
  const { data } = whitener(x)(x)
  for (let j = 0; j < 3; j++) {
    for (let k = 0; k <= j; k++) {
      let product = 0
      for (let i = 0; i < x.rows; i++) product += (data[3 * i + j]! * data[3 * i + k]!) / x.rows
      // Shrinkage of about one over the number of rows, against the smallest eigenvalue of 0.01.
      expect(Math.abs(product - (j === k ? 1 : 0))).toBeLessThan(0.06)
    }
  }
})

test('constant and repeated dimensions stay finite', () => {
  const random = randomStream(2, 'whiten')
  const x = matrix(30, 4)
  for (let i = 0; i < 30; i++) {
    const value = random.normal()
    x.data.set([value, value, 0.1, 2 * value], 4 * i)
  }
  const { data } = whitener(x)(x)
  for (let i = 0; i < 30; i++) {
    expect(Math.abs(data[4 * i + 2]!)).toBeLessThan(1e-6)
    expect(Math.abs(data[4 * i]!)).toBeLessThan(5)
    expect(data[4 * i]).toBeCloseTo(data[4 * i + 1]!, 4)
  }
})

test('the inverse square root of a badly conditioned matrix', () => {
  const K = 5
  const a = new Float64Array(K * K)
  for (let j = 0; j < K; j++) {
    for (let k = 0; k < K; k++) a[j * K + k] = (j === k ? 1e-6 : 0) + 1
  }
  const root = inverseSquareRoot(a, K)
  // Eigenvalue K + 1e-6 along ones, 1e-6 across.
  const [along, across] = [1 / Math.sqrt(K + 1e-6), 1e3]
  for (let j = 0; j < K; j++) {
    for (let k = 0; k < K; k++) expect(root[j * K + k]).toBeCloseTo(along / K + across * ((j === k ? 1 : 0) - 1 / K), 5)
  }
})

test('inputs by name', () => {
  const x = matrix(3, 2, Float32Array.from([1, 2, 3, 5, 5, 5]))
  expect(prepareInput('raw', x)(x)).toBe(x)
  expect(prepareInput('standardised', x)(x)).toEqual(standardiser(x)(x))
  expect(prepareInput('whitened', x)(x)).toEqual(whitener(x)(x))
  expect(inputNames).toEqual(['raw', 'standardised', 'whitened'])
  expect(() => prepareInput('scaled' as InputName, x)).toThrow(
    'prepareInput: expected one of raw, standardised, whitened, got scaled',
  )
})
