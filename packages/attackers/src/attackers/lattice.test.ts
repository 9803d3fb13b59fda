import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import { lattice } from './lattice.ts'
import { findLattice, latticeFeatures } from '../models/lattice-features.ts'

const users = 800
const codes = Int32Array.from({ length: users }, (_, i) => (i % 5 < 2 ? 0 : 1))

/** Normal columns; `of` has the last word on each value. */
function table(of: (value: number, i: number, j: number) => number, seed = 1): Matrix {
  const random = randomStream(seed, 'lattice-test')
  return matrix(
    users,
    4,
    Float32Array.from({ length: 4 * users }, (_, p) => of(random.normal(), Math.floor(p / 4), p % 4)),
  )
}

/** AUC of users that were not known. */
function told(x: Matrix): number {
  const half = (from: number): Matrix => matrix(users / 2, 4, x.data.slice(4 * from, 4 * (from + users / 2)))
  const { data } = lattice.fitSync(half(0), codes.slice(0, users / 2), { classes: 2, seed: 1 })(half(users / 2))
  return auc(
    Array.from({ length: users / 2 }, (_, i) => data[2 * i + 1]!),
    codes.slice(users / 2),
  )
}

describe('steps of grids', () => {
  test.each([1, 0.2, 1 / 30, 1 / 100])('of %f standard deviations are found, at any scale and offset', (step) => {
    const { steps } = findLattice(table((value, _, j) => 10 ** (j - 2) * (Math.round(value / step) * step + 0.3)))
    steps.forEach((found, j) => expect(found / (10 ** (j - 2) * step)).toBeCloseTo(1, 4))
  })

  test('are found where each label was moved by less than half a step', () => {
    const { steps } = findLattice(table((value, i) => Math.round(value / 0.05) * 0.05 + 0.015 * codes[i]!))
    steps.forEach((found) => expect(found).toBeCloseTo(0.05, 3))
  })

  test('are not found where there are none', () => {
    for (let seed = 1; seed < 20; seed++)
      expect([...findLattice(table((value) => value, seed)).steps]).toEqual([0, 0, 0, 0])
    expect([...findLattice(table((_, __, j) => j)).steps]).toEqual([0, 0, 0, 0])
  })
})

test('features are the zeros that values end in, and the place between points', () => {
  const { cols, data } = latticeFeatures(matrix(2, 2, Float32Array.from([0.75, 3, 1 + 2 ** -23, 0])), {
    steps: Float64Array.of(0, 4),
  })
  expect(cols).toBe(6)
  const expected = [
    22,
    22,
    Math.cos(1.5 * Math.PI),
    Math.sin(1.5 * Math.PI),
    Math.cos(0.75 * Math.PI),
    Math.sin(0.75 * Math.PI),
    0,
    23,
    1,
    0,
    1,
    0,
  ]
  expected.forEach((value, p) => expect(data[p]).toBeCloseTo(value, 6))
})

test('moves that differ by label show on a grid, however small, and nothing else does', () => {
  const grid = (value: number): number => Math.round(value / 0.05) * 0.05
  expect(told(table((value, i) => grid(value) + 0.01 * codes[i]!))).toBeGreaterThan(0.99)
  expect(told(table((value, i) => (codes[i] === 1 ? grid(value) : value)))).toBeGreaterThan(0.95)
  // The label as parity of a grid, and in the last bit of a float.
  expect(
    told(table((value, i, j) => (j === 0 ? (2 * Math.round(value / 0.1) + codes[i]!) * 0.05 : value))),
  ).toBeGreaterThan(0.99)
  const last = (value: number, bit: number): number => {
    const view = new DataView(new ArrayBuffer(4))
    view.setFloat32(0, value)
    view.setUint32(0, ((view.getUint32(0) & ~1) | bit) >>> 0)
    return view.getFloat32(0)
  }
  expect(told(table((value, i, j) => (j === 0 ? last(value, codes[i]!) : value)))).toBeGreaterThan(0.9)
  // Two standard errors of an AUC of 160 and 240 users are 0.06.
  expect(Math.abs(told(table(grid)) - 0.5)).toBeLessThan(0.06)
  expect(Math.abs(told(table((value, i) => value + 3 * codes[i]!)) - 0.5)).toBeLessThan(0.12)
})
