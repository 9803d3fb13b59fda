import { matrix, randomStream } from '@indistinct/core'
import { expect, test } from 'vitest'
import { cappedShares } from '../flow/calibrate/calibrate-moments.ts'
import { classMoments, covarianceDeviations, squareSums } from '../flow/calibrate/class-moments.ts'
import { rowMean } from '../flow/calibrate/common-axes.ts'
import type { BlindMove } from './blind-map.ts'
import { covarianceMove } from './covariance-move.ts'
import { movedTable } from './moved-table.ts'

test('a small share of the move changes covariances by that share of what is asked, and no class mean', () => {
  const random = randomStream(2, 'covariance move')
  const [n, K] = [600, 3]
  const classes = [Int32Array.from({ length: 350 }, (_, i) => i), Int32Array.from({ length: 250 }, (_, i) => 350 + i)]
  const x = matrix(
    n,
    K,
    Float32Array.from({ length: n * K }, (_, p) => random.normal() * (p < 350 * K ? 1 : 1.6) * (1 + (p % K))),
  )
  // What a model may say: more of class 1 the longer the vector.
  const deviations = matrix(n, 2)
  for (let i = 0; i < n; i++) {
    const own =
      Math.tanh((x.data[i * K]! ** 2 + x.data[i * K + 1]! ** 2 / 4 + x.data[i * K + 2]! ** 2 / 9) / 6 - 0.6) / 2
    deviations.data.set([-own, own], i * 2)
  }
  const moments = classMoments(x, classes)
  const { deviations: apart, squares, nulls } = covarianceDeviations(moments, squareSums(x, classes, moments))
  const kept = cappedShares(squares, nulls, 1)
  const move = covarianceMove(x, classes, deviations, 1, 1) as Extract<BlindMove, { kind: 'linear' }>
  const share = 0.01
  const part = {
    ...move,
    change: move.change.map((value) => share * value),
    shifts: move.shifts.map((shift) => shift.map((value) => share * value)),
  }
  const moved = movedTable(part, x, deviations)

  const means = (table: typeof x): Float64Array[] => classes.map((rows) => rowMean(table, rows))
  const apartBy = ([a, b]: Float64Array[]): number[] => [...a!].map((value, k) => value - b![k]!)
  apartBy(means(moved)).forEach((value, k) => expect(value).toBeCloseTo(apartBy(means(x))[k]!, 5))
  // In the axes and units of the table as it was: the mean of z z' about the class mean.
  const scatter = (table: typeof x, c: number): Float64Array => {
    const { whitening, compared: P } = moments
    const mean = rowMean(table, classes[c]!)
    const sum = new Float64Array(P * P)
    for (const i of classes[c]!) {
      const z = Array.from({ length: P }, (_, a) =>
        [0, 1, 2].reduce((dot, k) => dot + whitening[a * K + k]! * (table.data[i * K + k]! - mean[k]!), 0),
      )
      for (let a = 0; a < P; a++) for (let b = 0; b < P; b++) sum[a * P + b]! += (z[a]! * z[b]!) / classes[c]!.length
    }
    return sum
  }
  const pooled = (table: typeof x): Float64Array =>
    scatter(table, 0).map((value, p) => (350 * value + 250 * scatter(table, 1)[p]!) / n)
  const change = scatter(moved, 1).map((value, p) => value - pooled(moved)[p]! - (scatter(x, 1)[p]! - pooled(x)[p]!))
  const asked = apart[1]!.map((value, p) => -value * (1 - kept[p]!))
  const size = Math.max(...asked.map(Math.abs))
  change.forEach((value, p) => expect(Math.abs(value / share - asked[p]!)).toBeLessThan(0.05 * size))
})
