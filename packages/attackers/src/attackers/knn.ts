/** @file The nearest-neighbour attacker: users are taken to be what the known users around them are. */

import type { Matrix } from '@indistinct/core'
import { productRows, type Dense } from '@indistinct/kernels'
import { auc, foldedAuc } from '@indistinct/metrics'
import { testedClasses } from '../protocols/attack-metrics.ts'
import { syncAttacker, type Scorer, type SyncAttacker } from './sync-attacker.ts'

export interface KnnOptions {
  /**
   * Neighbours that vote, each with the inverse of its Euclidean distance; all rows where there are fewer. 'chosen',
   * the default, takes the one of `choices` that told most in five-fold cross-validation of the rows fitted.
   */
  readonly neighbours?: number | 'chosen'
}

/** A clear leak is told by the nearest few, a faint one by averages over many. */
const choices = [5, 15, 45, 135] as const
const folds = 5

/** A nearest-neighbour attacker with a given number of neighbours, under a name of its own. */
export function knnAttacker(name: string, options: KnnOptions): SyncAttacker {
  const { neighbours = 'chosen' } = options
  if (neighbours !== 'chosen' && !(Number.isInteger(neighbours) && neighbours >= 1)) {
    throw new RangeError(`knnAttacker: expected neighbours of 1 or more or 'chosen', got ${neighbours}`)
  }
  return syncAttacker(name, (x, codes, { classes }) => {
    const known = knownRows(x, codes, classes)
    return neighbourVotes(known, Math.min(x.rows, neighbours === 'chosen' ? chosenNeighbours(known) : neighbours))
  })
}

/**
 * Votes of scikit-learn's KNeighborsClassifier(k, weights='distance'), k of 5, 15, 45 and 135 chosen within the shadow
 * set.
 */
export const knn: SyncAttacker = knnAttacker('knn', {})

/**
 * Votes of the nearest one, three and five known users: what only the closest share, which the choice of `knn` averages
 * away.
 */
export const nearestOne: SyncAttacker = knnAttacker('knn-1', { neighbours: 1 })
export const nearestThree: SyncAttacker = knnAttacker('knn-3', { neighbours: 3 })
export const nearestFive: SyncAttacker = knnAttacker('knn-5', { neighbours: 5 })

interface Known {
  /** Mean of the rows (K), taken off all rows. */
  readonly centre: Float64Array
  /** Rows less the centre (N, K). */
  readonly values: Float64Array
  readonly codes: Int32Array
  readonly rows: number
  readonly cols: number
  readonly classes: number
}

function knownRows(x: Matrix, codes: Int32Array, classes: number): Known {
  const { rows, cols } = x
  const centre = new Float64Array(cols)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) centre[j]! += x.data[p]! / rows
  return { centre, values: centredValues(x, centre), codes, rows, cols, classes }
}

function centredValues({ rows, cols, data }: Matrix, centre: Float64Array): Float64Array {
  const out = new Float64Array(data.length)
  for (let i = 0, p = 0; i < rows; i++) for (let j = 0; j < cols; j++, p++) out[p] = data[p]! - centre[j]!
  return out
}

/**
 * Scores are the classes' shares of the votes. Neighbours at distance zero, where there are any, have all of them. Of
 * rows equally far away the earlier one is nearer. Distances of the nearest are from differences in float64: tables
 * whose classes lie close together on a common offset lose nothing.
 */
function neighbourVotes(known: Known, k: number): Scorer {
  const { cols: K, classes } = known
  return (asked) => {
    if (asked.cols !== K) throw new RangeError(`knn: expected ${K} columns, got ${asked.cols}`)
    const out = new Float32Array(asked.rows * classes)
    const votes = new Float64Array(classes)
    const rows = { rows: asked.rows, cols: K, data: centredValues(asked, known.centre) }
    eachNearest(known, rows, k, undefined, false, (row, nearest, distances) => {
      shares(known.codes, nearest, distances, k, votes)
      out.set(votes, row * classes)
    })
    return { rows: asked.rows, cols: classes, data: out }
  }
}

/**
 * The choice with the largest mean over tested classes of max(a, 1 - a), each row voted on by the rows of the other
 * folds.
 */
function chosenNeighbours(known: Known): number {
  const { values, codes, rows: N, cols: K, classes } = known
  // Rows of each class dealt in turn, so that what one fold leaves out is balanced as all rows are.
  const dealt = new Int32Array(classes)
  const foldOf = Uint8Array.from(codes, (code) => dealt[code]!++ % folds)
  const perFold = new Int32Array(folds)
  for (const fold of foldOf) perFold[fold]!++
  const others = N - Math.max(...perFold)
  const possible = choices.filter((k) => k <= others)
  if (possible.length < 2) return possible[0] ?? N
  const most = possible[possible.length - 1]!
  const votes = new Float64Array(classes)
  const tested = testedClasses(classes)
  const scores = possible.map(() => tested.map(() => new Float64Array(N)))
  eachNearest(known, { rows: N, cols: K, data: values }, most, foldOf, true, (i, nearest, distances) => {
    for (let p = 0; p < possible.length; p++) {
      shares(codes, nearest, distances, possible[p]!, votes)
      for (let t = 0; t < tested.length; t++) scores[p]![t]![i] = votes[tested[t]!]!
    }
  })
  const isClass = tested.map((c) => Uint8Array.from(codes, (code) => (code === c ? 1 : 0)))
  const told = scores.map((columns) => columns.reduce((sum, column, t) => sum + foldedAuc(auc(column, isClass[t]!)), 0))
  return possible[told.indexOf(Math.max(...told))]!
}

/**
 * Calls `use` with the k nearest known rows of each of `asked` and their squared distances, ascending where they are to
 * be `ordered`; with `foldOf`, `asked` are the known rows themselves, and those of the same fold are passed over.
 * Distances from products, which round, say who can be among the nearest. Theirs are then taken from differences, but
 * where nothing is to be ordered and they are far above what rounding makes of them.
 */
function eachNearest(
  known: Known,
  asked: Dense,
  k: number,
  foldOf: Uint8Array | undefined,
  ordered: boolean,
  use: (row: number, nearest: Int32Array, distances: Float64Array) => void,
): void {
  const { values: data, rows: N, cols: K } = known
  const nearest = new Int32Array(k)
  const distances = new Float64Array(k)
  // Squared distances less the square of the asked row, and what rounding may make of them.
  const work = new Float64Array(N)
  const squares = Float64Array.from({ length: N }, (_, m) => squaredLength(data, m * K, K))
  const longest = Math.max(...squares)
  const candidates = new Int32Array(N)
  const apart = new Float64Array(N)
  productRows(asked, { rows: N, cols: K, data }, ({ values, stride, first, count }) => {
    for (let i = 0; i < count; i++) {
      const row = first + i
      const at = i * stride
      const out = foldOf?.[row]
      for (let m = 0; m < N; m++) work[m] = squares[m]! - 2 * values[at + m]!
      if (out !== undefined) for (let m = 0; m < N; m++) if (foldOf![m] === out) work[m] = Infinity
      const square = squaredLength(asked.data, row * K, K)
      const rounding = 2e-15 * K * (longest + square)
      const reach = smallest(work, k) + 2 * rounding
      let found = 0
      let least = Infinity
      for (let m = 0; m < N; m++) {
        if (!(squares[m]! - 2 * values[at + m]! <= reach) || (out !== undefined && foldOf![m] === out)) continue
        candidates[found++] = m
      }
      const inOrder = ordered || found > k
      for (let c = 0; c < found; c++) {
        const m = candidates[c]!
        const roughly = square + squares[m]! - 2 * values[at + m]!
        apart[c] = !inOrder && roughly > 1e6 * rounding ? roughly : squaredDistance(asked.data, row * K, data, m * K, K)
        if (apart[c]! < least) least = apart[c]!
      }
      // Votes of all that there are need no order, unless rows that are equal have all of them.
      if (!inOrder && least > 0) use(row, candidates, apart)
      else {
        distances.fill(Infinity)
        for (let c = 0; c < found; c++) insert(nearest, distances, candidates[c]!, apart[c]!)
        use(row, nearest, distances)
      }
    }
  })
}

/** Puts row m where its distance belongs, if it is among the nearest; behind rows equally far away. */
function insert(nearest: Int32Array, distances: Float64Array, m: number, distance: number): void {
  let at = distances.length - 1
  if (distance >= distances[at]!) return
  while (at > 0 && distances[at - 1]! > distance) {
    distances[at] = distances[at - 1]!
    nearest[at] = nearest[at - 1]!
    at--
  }
  distances[at] = distance
  nearest[at] = m
}

/** The k-th smallest of `values`, which are put in another order (Hoare's selection). */
function smallest(values: Float64Array, k: number): number {
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = values[(left + right) >> 1]!
    let [i, j] = [left, right]
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const swapped = values[i]!
      values[i++] = values[j]!
      values[j--] = swapped
    }
    if (k - 1 <= j) right = j
    else if (k - 1 >= i) left = i
    else return pivot
  }
  return values[k - 1]!
}

/** Each class's share (C) of the votes of the first k. */
function shares(codes: Int32Array, nearest: Int32Array, distances: Float64Array, k: number, votes: Float64Array): void {
  votes.fill(0)
  const exact = distances[0] === 0
  let total = 0
  for (let n = 0; n < k && (!exact || distances[n] === 0); n++) {
    const vote = exact ? 1 : 1 / Math.sqrt(distances[n]!)
    votes[codes[nearest[n]!]!]! += vote
    total += vote
  }
  for (let c = 0; c < votes.length; c++) votes[c]! /= total
}

/** Squared distance of the K values of `a` from `atA` and of `b` from `atB`. */
function squaredDistance(a: Dense['data'], atA: number, b: Float64Array, atB: number, K: number): number {
  let sum = 0
  for (let j = 0; j < K; j++) sum += (a[atA + j]! - b[atB + j]!) ** 2
  return sum
}

function squaredLength(a: Dense['data'], at: number, K: number): number {
  let sum = 0
  for (let j = 0; j < K; j++) sum += a[at + j]! ** 2
  return sum
}
