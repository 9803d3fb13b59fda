import { matrix, randomStream, type Matrix } from '@indistinct/core'
import { expect, test } from 'vitest'
import { cappedShares } from '../flow/calibrate/calibrate-moments.ts'
import { classMoments } from '../flow/calibrate/class-moments.ts'
import type { BlindMove } from './blind-map.ts'
import { movedTable } from './moved-table.ts'
import { shellCovariances, shellMeans, worstShell } from './shell-differences.ts'
import { shellCovariancesHeldMove, shellCovariancesMove } from './shell-covariances-move.ts'
import { shellMeansAsked, shellMeansMove } from './shell-means-move.ts'
import { placesOf, shareAt, shellsOf } from './shells.ts'

const random = randomStream(2, 'shell move')
const [n, K] = [4000, 3]
/** Class 1 goes up the first column near to the centre, down far from it, and is wider along the second near to it. */
const classes = [
  Int32Array.from({ length: n / 2 }, (_, i) => 2 * i),
  Int32Array.from({ length: n / 2 }, (_, i) => 2 * i + 1),
]
const x = matrix(n, K)
/** What a model may say: the label, and noise. */
const deviations = matrix(n, 2)
for (let i = 0; i < n; i++) {
  const length = random.uniform() < 0.5 ? 1 : 3
  const one = i % 2 === 1
  x.data[i * K] = length * (random.normal() + (one ? (length === 1 ? 0.5 : -0.5 / 3) : 0))
  x.data[i * K + 1] = length * random.normal() * (one && length === 1 ? 1.5 : 1)
  x.data[i * K + 2] = length * random.normal()
  const said = 0.2 * (one ? 1 : -1) + 0.1 * random.normal()
  deviations.data.set([-said, said], 2 * i)
}
const moments = classMoments(x, classes)
const shells = shellsOf(x, moments.centre)

type ShellMove = Extract<BlindMove, { kind: 'shells' }>
function scaled(move: BlindMove, by: number): ShellMove {
  if (move.kind !== 'shells') throw new RangeError(move.kind)
  const times = (list: Float64Array): Float64Array => list.map((value) => by * value)
  return { ...move, changes: move.changes.map(times), shifts: move.shifts.map(times) }
}

/** Mean over class 1 less that over all of the share of shell b times f(x - centre), shares held as they were. */
function apart(table: Matrix, b: number, f: (y: readonly number[]) => number): number {
  const places = placesOf(x, shells)
  let sum = 0
  for (let i = 0; i < n; i++) {
    const y = Array.from({ length: K }, (_, k) => table.data[i * K + k]! - shells.centre[k]!)
    sum += ((i % 2 === 1 ? 1 : -1) / n) * shareAt(places[i]!, b) * f(y)
  }
  return sum
}

test('shares add up to one, each edge is wholly of its shell, and the centre is of the first', () => {
  const places = placesOf(x, shells)
  expect(shells.edges).toHaveLength(3)
  places.forEach((place) => expect([0, 1, 2].reduce((sum, b) => sum + shareAt(place, b), 0)).toBeCloseTo(1, 12))
  const own = matrix(1, K, Float32Array.from(shells.centre))
  expect(placesOf(own, shells)).toEqual(Float64Array.of(0))
  const at = matrix(
    1,
    K,
    Float32Array.of(shells.centre[0]! + Math.exp(shells.edges[1]! / 2), ...shells.centre.slice(1)),
  )
  expect(placesOf(at, shells)[0]).toBeCloseTo(1, 5)
})

test('rows that lie on one sphere are one shell', () => {
  const sphere = matrix(4, 2, Float32Array.of(1, 0, 0, 1, -1, 0, 0, -1))
  const one = shellsOf(sphere, new Float64Array(2))
  expect(one.edges).toHaveLength(1)
  expect([...placesOf(sphere, one)]).toEqual([0, 0, 0, 0])
})

test('means in shells that are equal over all are told apart, and come down to chance, not below', () => {
  expect(worstShell(shellMeans(x, classes, shells, moments), 2).ratio).toBeGreaterThan(10)
  const halves = classes.map((rows) => rows.filter(() => random.uniform() < 0.5))
  const asked = shellMeansAsked(x, classes, halves, shells, moments)
  const move = shellMeansMove(x, classes, deviations, shells, moments, asked)
  const share = 0.01
  const part = movedTable(scaled(move, share), x, deviations)
  for (let b = 0; b < 3; b++)
    for (let k = 0; k < K; k++) {
      const { axes, variances } = moments
      const wanted = [0, 1, 2].reduce(
        (sum, a) => sum - asked.apart[b]![K + a]! * Math.sqrt(variances[a]!) * axes[a * K + k]!,
        0,
      )
      const [is, was] = [part, x].map((table) => apart(table, b, (y) => y[k]!))
      expect((is! - was!) / share).toBeCloseTo(wanted, 2)
    }
  let at: Matrix = x
  for (let round = 0; round < 4; round++) {
    const own = shellMeansAsked(at, classes, halves, shells, moments)
    at = movedTable(shellMeansMove(at, classes, deviations, shells, moments, own), at, deviations)
  }
  const left = shellMeans(at, classes, shells, moments)
  const ratio = left.reduce((sum, own) => sum + worstShell([own], 2).ratio / 3, 0)
  expect(ratio).toBeGreaterThan(0.8)
  expect(ratio).toBeLessThan(1.25)
})

test('a small share of the move changes covariances in shells by that share of what is asked, and no mean', () => {
  const found = shellCovariances(x, classes, shells, moments)
  expect(worstShell(found, 2).ratio).toBeGreaterThan(5)
  const move = shellCovariancesMove(x, classes, deviations, 1, shells, moments)!
  const share = 0.001
  const part = movedTable(scaled(move, share), x, deviations)
  for (let b = 0; b < 3; b++)
    for (let k = 0; k < K; k++) {
      const [is, was] = [part, x].map((table) => apart(table, b, (y) => y[k]!))
      expect((is! - was!) / share).toBeCloseTo(0, 2)
    }
  // In the first shell, along the second column, where class 1 is wider.
  const { apart: D, squares, nulls } = found[0]!
  const kept = cappedShares(squares, nulls, 1)
  const P = moments.compared
  const along = (values: (p: number) => number): number => {
    const { axes, variances } = moments
    let sum = 0
    for (let a = 0; a < P; a++)
      for (let c = 0; c < P; c++)
        sum += axes[a * K + 1]! * axes[c * K + 1]! * Math.sqrt(variances[a]! * variances[c]!) * values(a * P + c)
    return sum
  }
  const asked = along((p) => -D[P * P + p]! * (1 - kept[p]!))
  const [is, was] = [part, x].map((table) => apart(table, 0, (y) => y[1]! ** 2))
  const change = (is! - was!) / share
  expect(change / asked).toBeGreaterThan(0.5)
  expect(change / asked).toBeLessThan(1.5)
  let [at, ratio] = [x, worstShell(found, 2).ratio]
  for (let round = 0; round < 4; round++) {
    at = movedTable(shellCovariancesMove(at, classes, deviations, 1, shells, moments)!, at, deviations)
    const next = worstShell(shellCovariances(at, classes, shells, moments), 2).ratio
    expect(next).toBeLessThan(ratio)
    ratio = next
  }
  expect(ratio).toBeLessThan(2)
})

test('a class of too few users for covariances has none to compare, and none to move', () => {
  const few = [classes[0]!, classes[1]!.slice(0, 5)]
  const own = classMoments(x, few)
  expect(own.compared).toBe(0)
  expect(shellCovariances(x, few, shells, own)).toEqual([])
  expect(worstShell([], 2).ratio).toBe(0)
  expect(shellCovariancesMove(x, few, deviations, 1, shells, own)).toBeUndefined()
  expect(shellCovariancesHeldMove(x, few, deviations, 1, shells, own, [])).toBeUndefined()
})

test('labels by chance are on their null in every shell', () => {
  const draws = 12
  const [means, covariances] = [shellMeans, shellCovariances].map((measure) => {
    let sum = 0
    for (let s = 0; s < draws; s++) {
      const draw = randomStream(s, 'coins')
      const coins: number[][] = [[], []]
      for (let i = 0; i < n; i++) coins[draw.uniform() < 0.4 ? 1 : 0]!.push(i)
      for (const { squares, nulls } of measure(
        x,
        coins.map((rows) => Int32Array.from(rows)),
        shells,
        moments,
      ))
        sum += squares.reduce((total, square, d) => total + square / nulls[d]! / squares.length / 3 / draws, 0)
    }
    return sum
  })
  expect(Math.abs(means! - 1)).toBeLessThan(3 * Math.sqrt(2 / (9 * draws)))
  expect(Math.abs(covariances! - 1)).toBeLessThan(3 * Math.sqrt(2 / (18 * draws)))
})
