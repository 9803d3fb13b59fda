import { matrix, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { symmetricEigen } from '@indistinct/kernels'
import { describe, expect, test } from 'vitest'
import { auc } from '../../testing/leaky-tables.ts'
import { calibratedFlow } from '../calibrated-flow.ts'
import { classMoments, momentRatios } from './class-moments.ts'
import { rowMean } from './common-axes.ts'
import { fewUsersMeanRatio, hasFewUsers } from './few-users.ts'

interface Leaky {
  readonly table: Matrix
  readonly codes: Int32Array
}

/** Users of two classes in columns of falling spread, in every one of them as far apart in units of it. */
function leakyColumns(n: number, K: number, apart: number, seed: number): Leaky {
  const random = randomStream(seed, 'few users')
  const direction = Array.from({ length: K }, () => (apart * random.normal()) / Math.sqrt(K))
  const codes = Int32Array.from({ length: n }, (_, i) => (i % 5 < 2 ? 1 : 0))
  const table = matrix(n, K)
  codes.forEach((code, i) => {
    for (let k = 0; k < K; k++) table.data[i * K + k] = (random.normal() + code * direction[k]!) / Math.sqrt(1 + k / 4)
  })
  return { table, codes }
}

function classesOf(codes: Int32Array): Int32Array[] {
  const rows = Int32Array.from(codes, (_, i) => i)
  return [0, 1].map((c) => rows.filter((i) => codes[i] === c))
}

/** AUC of ridge regression that learns four fifths of the users, mean over the fifths; `ridges` in mean variances. */
function ridgeAucs({ table, codes }: Leaky, ridges: readonly number[]): number[] {
  const { cols: K, data } = table
  const means = ridges.map(() => 0)
  for (let fold = 0; fold < 5; fold++) {
    const users = Int32Array.from(codes, (_, i) => i)
    const known = users.filter((i) => Math.floor(i / 5) % 5 !== fold)
    const asked = users.filter((i) => Math.floor(i / 5) % 5 === fold)
    const [m, centre] = [known.length, rowMean(table, known)]
    const dot = (i: number, j: number): number =>
      centre.reduce((sum, own, k) => sum + (data[i * K + k]! - own) * (data[j * K + k]! - own), 0)
    const gram = Float64Array.from({ length: m * m }, (_, p) => dot(known[Math.floor(p / m)]!, known[p % m]!))
    const { values, vectors } = symmetricEigen(gram, m)
    const share = known.filter((i) => codes[i] === 1).length / m
    const along = [...values.keys()].map((e) =>
      known.reduce((sum, i, j) => sum + vectors[e * m + j]! * (codes[i]! - share), 0),
    )
    const total = values.reduce((sum, value) => sum + value, 0)
    const products = [...asked].map((i) => Float64Array.from(known, (j) => dot(i, j)))
    ridges.forEach((ridge, r) => {
      const weights = new Float64Array(m)
      values.forEach((value, e) => {
        const share = along[e]! / (Math.max(0, value) + (ridge * total) / m)
        for (let j = 0; j < m; j++) weights[j]! += vectors[e * m + j]! * share
      })
      const scores = products.map((row) => row.reduce((sum, own, j) => sum + own * weights[j]!, 0))
      const truth = [...asked].map((i) => codes[i]!)
      means[r]! += auc(scores, truth) / 5
    })
  }
  return means
}

test.each([
  [90, 45],
  [60, 120],
])('random labels of %i users in %i columns give a ratio of 1 in the mean, which T^2 does not', (n, K) => {
  const { table, codes } = leakyColumns(n, K, 0, 1)
  const random = randomStream(2, 'labels')
  let mean = 0
  const draws = 40
  for (let draw = 0; draw < draws; draw++) {
    const moments = classMoments(table, classesOf(shuffle(codes.slice(), random)))
    expect(hasFewUsers(moments)).toBe(true)
    const { ratio, terms } = fewUsersMeanRatio(moments)
    // The largest of a few is above 1: in units of its spread it stays below 3.
    expect((ratio - 1) * Math.sqrt(terms / 2)).toBeLessThan(3.5)
    mean += ratio / draws
  }
  expect(mean).toBeGreaterThan(0.9)
  expect(mean).toBeLessThan(1.3)
})

describe.each([
  [280, 140],
  [170, 340],
])('%i users in %i columns', (n, K) => {
  test('attackers by least squares predict before, and are at chance after, not below it', () => {
    const seeds = [1, 2]
    const before = seeds.map((seed) => leakyColumns(n, K, 3.5, seed))
    const after = before.map(({ table, codes }): Leaky => {
      const { embedding, parameters } = calibratedFlow(table, { classes: ['a', 'b'], codes })
      expect(parameters['outcome']).toBe('landed')
      expect(momentRatios(embedding, classesOf(codes)).mean.ratio).toBeLessThan(1.3)
      return { table: embedding, codes }
    })
    const mean = (of: readonly Leaky[]): number[] => {
      const aucs = of.map((each) => ridgeAucs(each, [0.1, 1, 30]))
      return aucs[0]!.map((_, r) => aucs.reduce((sum, own) => sum + own[r]!, 0) / of.length)
    }
    for (const value of mean(before)) expect(value).toBeGreaterThan(0.75)
    for (const value of mean(after)) expect(Math.abs(value - 0.5)).toBeLessThan(0.1)
  })
})
