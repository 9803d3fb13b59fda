import { matrix, type Matrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import { expect, test } from 'vitest'
import { axisScaling } from './calibrate/axis-scaling.ts'
import { classMoments } from './calibrate/class-moments.ts'
import { exactKernel, exactKernelIn, randomFourierKernel } from './flow-kernel.ts'
import { leakyTable } from '../testing/leaky-tables.ts'

const { embedding, labels } = leakyTable([260, 180], 6, 1, 1)
const classes = classRows('test', embedding, labels)
const samples = { first: classes[0]!, second: classes[1]! }
const scaling = axisScaling(classMoments(embedding, classes), 0.9)

test('whitening 1 gives every axis the same spread, 0 leaves distances, and steps keep their size', () => {
  const moments = classMoments(embedding, classes)
  for (const whitening of [0, 0.5, 1]) {
    const rows = axisScaling(moments, whitening)
    expect(rows.data.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(6, 4)
    const spreads = moments.variances.map(
      (variance, a) => variance * rows.data.subarray(a * 6, a * 6 + 6).reduce((sum, value) => sum + value * value, 0),
    )
    const [widest, narrowest] = [Math.max(...spreads), Math.min(...spreads)]
    expect(widest / narrowest).toBeCloseTo((moments.variances[0]! / moments.variances[5]!) ** (1 - whitening), 3)
  }
})

test('the gradient in scaled distances is that of finite differences', () => {
  const kernel = exactKernelIn(scaling, exactKernel)
  const { gradient, bandwidth, value } = kernel.measure(embedding, samples)
  expect(value).not.toBeCloseTo(exactKernel.measure(embedding, samples).value, 4)
  const slopes = gradient()
  // The bandwidth follows the table but is constant to the gradient: a move of one user hardly changes it.
  for (const p of [3, 700, 1501]) {
    const at = (step: number): number => {
      const moved: Matrix = { ...embedding, data: embedding.data.slice() }
      moved.data[p]! += step
      const { value: near, bandwidth: now } = kernel.measure(moved, samples)
      expect(now / bandwidth).toBeCloseTo(1, 2)
      return near
    }
    const size = Math.sqrt(slopes.data.reduce((sum, slope) => sum + slope * slope, 0) / slopes.data.length)
    expect(Math.abs((at(0.02) - at(-0.02)) / 0.04 - slopes.data[p]!)).toBeLessThan(0.1 * size)
  }
})

test('random Fourier features of scaled distances estimate what the exact kernel gives', () => {
  const exact = exactKernelIn(scaling, exactKernel).measure(embedding, samples)
  const estimate = randomFourierKernel(6, 4096, 7, scaling).measure(embedding, samples)
  expect(estimate.bandwidth / exact.bandwidth).toBeCloseTo(1, 4)
  expect(Math.abs(estimate.value - exact.value)).toBeLessThan(4 * estimate.standardError)
  const [a, b] = [exact.gradient(), estimate.gradient(matrix(440, 6))].map(({ data }) => data)
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, p) => sum + value * y[p]!, 0)
  expect(dot(a!, b!) / Math.sqrt(dot(a!, a!) * dot(b!, b!))).toBeGreaterThan(0.97)
  expect(Math.sqrt(dot(b!, b!) / dot(a!, a!))).toBeCloseTo(1, 1)
})
