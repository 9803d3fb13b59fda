import { matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { standardiser } from './standardise.ts'

test('mean and deviation come from the shadow set alone', () => {
  const standardise = standardiser(matrix(2, 2, Float32Array.from([1, 10, 3, 30])))
  expect([...standardise(matrix(3, 2, Float32Array.from([1, 10, 3, 30, 5, 20]))).data]).toEqual([-1, -1, 1, 1, 3, 0])
})

test('dimensions without spread are only centred', () => {
  const constant = 0.1
  const standardise = standardiser(matrix(3, 1, Float32Array.from([constant, constant, constant])))
  const { data } = standardise(matrix(2, 1, Float32Array.from([constant, 1.1])))
  expect(Math.abs(data[0]!)).toBeLessThan(1e-7)
  expect(data[1]).toBeCloseTo(1, 6)
})

test('a difference in the last bit of float32 is a difference', () => {
  const next = 1 + 2 ** -23
  const standardise = standardiser(matrix(4, 1, Float32Array.from([1, next, 1, next])))
  expect([...standardise(matrix(2, 1, Float32Array.from([1, next]))).data]).toEqual([-1, 1])
})
