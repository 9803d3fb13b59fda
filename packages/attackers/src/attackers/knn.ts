/** @file The nearest-neighbour attacker: users are taken to be what the known users around them are. */

import { checkOptions, type Matrix } from '@indistinct/core'
import { nearestCandidates, type Dense } from '@indistinct/kernels'
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
  checkOptions('knnAttacker', options, { neighbours: 'any' })
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
  const nearest = new Int32Array(N)
  const distances = new Float64Array(N)
  const longest = Array.from({ length: N }, (_, m) => squaredLength(data, m * K, K)).reduce((a, b) => Math.max(a, b), 0)
  const lengths = Float64Array.from({ length: asked.rows }, (_, row) => squaredLength(asked.data, row * K, K))
  const rounding = lengths.map((square) => 2e-15 * K * (longest + square))
  const passedOver = foldOf && { passedOver: { ofAsked: foldOf, ofKnown: foldOf } }
  nearestCandidates(asked, { rows: N, cols: K, data }, { k, rounding, ...passedOver }, (block) => {
    const { first, count, stride, found, listed, values } = block
    for (let i = 0, at = 0; i < count; i++, at += stride) {
      const row = first + i
      const square = lengths[row]!
      const inOrder = ordered || found[i]! > k
      const certain = inOrder ? Infinity : 1e6 * rounding[row]!
      let least = Infinity
      for (let c = 0; c < found[i]!; c++) {
        const roughly = square + values[at + c]!
        const m = listed[at + c]!
        const distance = roughly > certain ? roughly : squaredDistance(asked.data, row * K, data, m * K, K)
        if (distance < least) least = distance
        nearest[c] = m
        distances[c] = distance
      }
      // Votes of all that there are need no order, unless rows that are equal have all of them.
      if (inOrder || least === 0) order(nearest, distances, found[i]!, k)
      use(row, nearest, distances)
    }
  })
}

/** Puts the nearest k of `count` rows first, in order; of rows equally far away the earlier one is nearer. */
function order(rows: Int32Array, distances: Float64Array, count: number, k: number): void {
  for (let c = 1; c < count; c++) {
    const row = rows[c]!
    const distance = distances[c]!
    let at = c
    if (c >= k) {
      if (distance >= distances[k - 1]!) continue
      at = k - 1
    }
    for (; at > 0 && distances[at - 1]! > distance; at--) {
      distances[at] = distances[at - 1]!
      rows[at] = rows[at - 1]!
    }
    distances[at] = distance
    rows[at] = row
  }
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
