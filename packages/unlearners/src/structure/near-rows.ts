/** @file Users nearer to one another than the flow moves them apart: there a move tells whose it is. */

import { gatherRows, randomStream, type Matrix } from '@indistinct/core'
import { crossMoments } from '@indistinct/kernels'
import { rowMean } from '../flow/calibrate/common-axes.ts'

/**
 * Users whose neighbourhood is looked at: as many as `queryWork` values of the table are compared with, from the fewest
 * to the most.
 */
const queries = { fewest: 500, most: 2000 }
const queryWork = 4e8
/**
 * How many times as far as a user his image must be from everyone, to be where nobody is, in K dimensions: in few,
 * densities that differ as those inside and at the edge of a normal do make up much of a distance.
 */
const emptier = (K: number): number => Math.max(2, 32 ** (1 / K))

export interface PartedNear {
  /**
   * Share of the users looked at whom the flow parts from the nearest user of another label by more than they stood
   * apart, by a step that leads where nobody stands: there, the table would have been empty without it.
   */
  readonly parted: number
  /** How far such pairs were drawn apart, the median; 0 where there are none. */
  readonly apart: number
  /** Distance from a user to the nearest of another label, the median, over the table's spread. */
  readonly nearest: number
}

/**
 * Compares distances between users of different labels in `before` (N, K) with how differently `after` moved them.
 * Where users stand in clusters, a move by the label leads from the inside of one to where nobody is; where they stand
 * evenly, as near as they may be, it does not.
 */
export function partedNear(before: Matrix, after: Matrix, classes: readonly Int32Array[]): PartedNear {
  const { cols: K } = before
  const rows = Int32Array.from(classes.flatMap((members) => [...members])).sort()
  const classOf = new Int32Array(before.rows).fill(-1)
  classes.forEach((members, c) => members.forEach((row) => void (classOf[row] = c)))
  const order = alongFirstAxis(before, rows)
  const [near, parts]: [number[], number[]] = [[], []]
  const step = new Float64Array(K)
  const looked = lookedAt(order)
  const leadsOut = steppingOut(before, order, looked)
  let chance = 0
  for (const [at, row] of looked.entries()) {
    const { other, square } = nearestTo(order, rowOf(before, row), (candidate) => classOf[candidate] !== classOf[row])
    let apart = 0
    for (let k = 0; k < K; k++) {
      const [a, b] = [row * K + k, other * K + k]
      step[k] = after.data[a]! - before.data[a]! - (after.data[b]! - before.data[b]!)
      apart += step[k]! ** 2
    }
    near.push(square)
    if (apart <= square) continue
    const out = leadsOut(at, step)
    if (out.step) parts.push(apart)
    if (out.chance) chance++
  }
  return {
    parted: surely(parts.length, chance) / looked.length,
    apart: middle(parts),
    nearest: order.spread > 0 ? middle(near) / order.spread : 0,
  }
}

/**
 * Share of `rows` from which a step of `length` spreads in a direction drawn by `seed` leads where nobody stands, as
 * far as chance does not explain it; no label enters.
 */
export function roughness(
  theta: Matrix,
  rows: Int32Array,
  length: number,
  seed: number,
): { readonly share: number; readonly spread: number } {
  const order = alongFirstAxis(theta, rows)
  const random = randomStream(seed, 'roughness')
  const looked = lookedAt(order)
  const leadsOut = steppingOut(theta, order, looked)
  let [steps, chance] = [0, 0]
  for (let at = 0; at < looked.length; at++) {
    const step = Float64Array.from({ length: theta.cols }, () => random.normal())
    const size = Math.hypot(...step)
    const out = leadsOut(
      at,
      step.map((value) => (value / size) * length * order.spread),
    )
    if (out.step) steps++
    if (out.chance) chance++
  }
  return { share: surely(steps, chance) / looked.length, spread: order.spread }
}

/** Rows spread evenly along the order. */
function lookedAt({ rows, values }: Order): Int32Array {
  const count = Math.max(queries.fewest, Math.min(queries.most, Math.floor(queryWork / values.length)))
  const every = Math.max(1, Math.ceil(rows.length / count))
  return rows.filter((_, at) => at % every === every >> 1)
}

/**
 * Whether a step from the row at a place among those looked at leads to where the nearest row is much further than it
 * is from that row; and whether it is as far from another row, far along the order: so unevenly do users stand by
 * chance, the more so in few dimensions.
 */
function steppingOut(
  theta: Matrix,
  order: Order,
  looked: Int32Array,
): (at: number, step: Float64Array) => { step: boolean; chance: boolean } {
  const found = new Float64Array(looked.length).fill(-1)
  const nearest = (at: number): number => {
    if (found[at]! < 0)
      found[at] = nearestTo(order, rowOf(theta, looked[at]!), (candidate) => candidate !== looked[at]).square
    return found[at]!
  }
  return (at, step) => {
    const row = looked[at]!
    const limit = emptier(theta.cols) ** 2 * nearest(at)
    const there = step.map((value, k) => theta.data[row * theta.cols + k]! + value)
    const other = (at + (looked.length >> 1)) % looked.length
    return {
      step: nearestTo(order, there, (candidate) => candidate !== row, limit).square > limit,
      chance: nearest(other) > limit,
    }
  }
}

/** How many more of `found` there are than `chance` gives, less three standard deviations. */
function surely(found: number, chance: number): number {
  return Math.max(0, found - chance - 3 * Math.sqrt(found + chance))
}

function rowOf({ cols, data }: Matrix, row: number): Float32Array {
  return data.subarray(row * cols, (row + 1) * cols)
}

function middle(values: number[]): number {
  return values.length === 0 ? 0 : Math.sqrt(values.sort((a, b) => a - b)[values.length >> 1]!)
}

/**
 * Rows within `radius` of the first of them that was met, as lists of at least two: what is so near moves as one. Every
 * row is of one list at most. No label enters.
 */
export function nearGroups(theta: Matrix, rows: Int32Array, radius: number): Int32Array[] {
  const { cols: K, data } = theta
  const order = alongFirstAxis(theta, rows)
  const leads: { readonly row: number; readonly place: number; readonly members: number[] }[] = []
  let first = 0
  for (const [at, row] of order.rows.entries()) {
    const place = order.places[at]!
    while (first < leads.length && leads[first]!.place < place - radius) first++
    let [best, nearest] = [-1, radius ** 2]
    for (let l = first; l < leads.length; l++) {
      const other = leads[l]!.row
      let square = 0
      for (let k = 0; k < K && square <= nearest; k++) square += (data[row * K + k]! - data[other * K + k]!) ** 2
      if (square <= nearest) [best, nearest] = [l, square]
    }
    if (best < 0) leads.push({ row, place, members: [row] })
    else leads[best]!.members.push(row)
  }
  return leads.filter(({ members }) => members.length > 1).map(({ members }) => Int32Array.from(members))
}

interface Order {
  /** Rows by their place along an axis of much variance. */
  readonly rows: Int32Array
  /** Their places along it: two rows are at least as far apart as these. */
  readonly places: Float64Array
  /** Their values, in this order. */
  readonly values: Float32Array
  readonly spread: number
  readonly axis: Float64Array
}

/** Steps towards the axis of largest variance: any axis gives the same neighbours, a good one sooner. */
const axisSteps = 20

function alongFirstAxis(theta: Matrix, rows: Int32Array): Order {
  const { cols: K, data } = theta
  const moments = crossMoments(theta, rows, rowMean(theta, rows))
  const axis = axisOf(moments, K)
  const along = Float64Array.from(rows, (row) => placeOf(data.subarray(row * K, (row + 1) * K), axis))
  const order = Int32Array.from(rows.keys()).sort((a, b) => along[a]! - along[b]! || a - b)
  let variance = 0
  for (let k = 0; k < K; k++) variance += moments[k * K + k]! / rows.length
  const sorted = Int32Array.from(order, (at) => rows[at]!)
  return {
    rows: sorted,
    places: Float64Array.from(order, (at) => along[at]!),
    values: gatherRows(theta, sorted).data,
    spread: Math.sqrt(variance),
    axis,
  }
}

/** A unit vector near to the leading eigenvector of `moments` (K, K), from the row of its largest diagonal element. */
function axisOf(moments: Float64Array, K: number): Float64Array {
  let largest = 0
  for (let k = 1; k < K; k++) if (moments[k * K + k]! > moments[largest * K + largest]!) largest = k
  let axis = Float64Array.from({ length: K }, (_, k) => (k === largest ? 1 : 0))
  for (let step = 0; step < axisSteps; step++) {
    const next = Float64Array.from({ length: K }, (_, k) => placeOf(moments.subarray(k * K, (k + 1) * K), axis))
    const size = Math.hypot(...next)
    if (!(size > 0)) return axis
    axis = next.map((value) => value / size)
  }
  return axis
}

function placeOf(point: Float32Array | Float64Array, axis: Float64Array): number {
  let sum = 0
  for (let k = 0; k < axis.length; k++) sum += axis[k]! * point[k]!
  return sum
}

/**
 * The nearest row to `point` which `counts`, or one within `enough`, a squared distance, by looking outward along the
 * axis.
 */
function nearestTo(
  { rows, places, values, axis }: Order,
  point: Float32Array | Float64Array,
  counts: (row: number) => boolean,
  enough = -1,
): { other: number; square: number } {
  const K = axis.length
  const place = placeOf(point, axis)
  let [low, high] = [0, rows.length]
  while (low < high) {
    const between = (low + high) >> 1
    if (places[between]! < place) low = between + 1
    else high = between
  }
  let [below, above] = [low - 1, low]
  let [other, square] = [-1, Infinity]
  for (;;) {
    const [down, up] = [
      below < 0 ? Infinity : place - places[below]!,
      above >= rows.length ? Infinity : places[above]! - place,
    ]
    const away = Math.min(down, up)
    if (away === Infinity || away * away > square || square <= enough) return { other, square }
    const at = down <= up ? below-- : above++
    let sum = 0
    for (let k = 0, p = at * K; k < K && sum < square; k++, p++) sum += (point[k]! - values[p]!) ** 2
    if (sum < square && counts(rows[at]!)) [other, square] = [rows[at]!, sum]
  }
}
