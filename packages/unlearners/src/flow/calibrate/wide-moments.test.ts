import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { crossMoments } from '@indistinct/kernels'
import { expect, test } from 'vitest'
import { classMoments, momentRatios, momentRatiosOf, momentsOf, squareSums } from './class-moments.ts'
import { rowMean } from './common-axes.ts'
import { holdMoments, holdingMap } from './hold-moments.ts'

const [N, K] = [90, 160]
const classes = [0, 1].map((c) => Int32Array.from({ length: N / 2 }, (_, i) => 2 * i + c))

/** Users whose spread falls along the columns, of classes apart in the first. */
function table(): Matrix {
  const random = randomStream(5, 'wide')
  const theta = matrix(N, K)
  for (let p = 0; p < theta.data.length; p++) theta.data[p] = random.normal() / (1 + (p % K) / 20)
  for (const i of classes[1]!) theta.data[i * K]! += 2
  return theta
}

function byColumns(theta: Matrix) {
  const means = classes.map((rows) => rowMean(theta, rows))
  return momentsOf(
    classes.map((rows) => rows.length),
    means,
    classes.map((rows, c) => crossMoments(theta, rows, means[c]!)),
  )
}

test('moments of few users in many columns are those that covariances of columns give', () => {
  const theta = table()
  const [own, expected] = [classMoments(theta, classes), byColumns(theta)]
  expect(own.variances.length).toBe(N - 2)
  expect(own.compared).toBe(expected.compared)
  own.variances.forEach((value, a) => expect(value).toBeCloseTo(expected.variances[a]!, 12))
  // Axes may point either way.
  for (let a = 0; a < N - 2; a++) {
    let product = 0
    for (let k = 0; k < K; k++) product += own.axes[a * K + k]! * expected.axes[a * K + k]!
    expect(Math.abs(product)).toBeCloseTo(1, 9)
  }
  const [ratios, wanted] = [
    momentRatios(theta, classes, own),
    momentRatiosOf(expected, () => squareSums(theta, classes, expected)),
  ]
  expect(ratios.mean.ratio).toBeCloseTo(wanted.mean.ratio, 9)
  expect(ratios.covariance!.ratio).toBeCloseTo(wanted.covariance!.ratio, 9)
})

test('a direction is held as by the map of columns', () => {
  const theta = table()
  const random = randomStream(6, 'direction')
  const direction = matrix(
    N,
    K,
    Float32Array.from({ length: N * K }, () => random.normal()),
  )
  const held = matrix(N, K, direction.data.slice())
  holdMoments(held, theta, classes)
  const moments = byColumns(theta)
  classes.forEach((rows, c) => {
    const mean = rowMean(direction, rows)
    const cross = crossMoments(theta, rows, moments.means[c]!, { of: direction, centre: mean })
    const { centre, change, shift } = holdingMap(moments, c, mean, cross)
    for (const i of rows)
      for (let k = 0; k < K; k++) {
        let value = direction.data[i * K + k]! + shift[k]!
        for (let l = 0; l < K; l++) value += change[k * K + l]! * (theta.data[i * K + l]! - centre[l]!)
        expect(held.data[i * K + k]!).toBeCloseTo(value, 5)
      }
  })
})
