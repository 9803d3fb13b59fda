/** @file The nearest-neighbour attacker: users are taken to be what the known users around them are. */

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
    const known = { values: Float64Array.from(x.data), codes, rows: x.rows, cols: x.cols, classes }
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
  readonly values: Float64Array
  readonly codes: Int32Array
  readonly rows: number
  readonly cols: number
  readonly classes: number
}

/**
 * Scores are the classes' shares of the votes. Neighbours at distance zero, where there are any, have all of them. Of
 * rows equally far away the earlier one is nearer. All distances are computed, from differences in float64: tables
 * whose classes lie close together on a common offset lose nothing.
 */
function neighbourVotes(known: Known, k: number): Scorer {
  const { cols: K, classes } = known
  const nearest = new Int32Array(k)
  const distances = new Float64Array(k)
  const row = new Float64Array(K)
  return (asked) => {
    if (asked.cols !== K) throw new RangeError(`knn: expected ${K} columns, got ${asked.cols}`)
    const out = new Float32Array(asked.rows * classes)
    const votes = new Float64Array(classes)
    for (let i = 0; i < asked.rows; i++) {
      for (let j = 0; j < K; j++) row[j] = asked.data[i * K + j]!
      findNearest(known, row, nearest, distances, undefined, 0)
      shares(known.codes, nearest, distances, k, votes)
      out.set(votes, i * classes)
    }
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
  const nearest = new Int32Array(most)
  const distances = new Float64Array(most)
  const votes = new Float64Array(classes)
  const row = new Float64Array(K)
  const tested = testedClasses(classes)
  const scores = possible.map(() => tested.map(() => new Float64Array(N)))
  for (let i = 0; i < N; i++) {
    row.set(values.subarray(i * K, (i + 1) * K))
    findNearest(known, row, nearest, distances, foldOf, foldOf[i]!)
    for (let p = 0; p < possible.length; p++) {
      shares(codes, nearest, distances, possible[p]!, votes)
      for (let t = 0; t < tested.length; t++) scores[p]![t]![i] = votes[tested[t]!]!
    }
  }
  const isClass = tested.map((c) => Uint8Array.from(codes, (code) => (code === c ? 1 : 0)))
  const told = scores.map((columns) => columns.reduce((sum, column, t) => sum + foldedAuc(auc(column, isClass[t]!)), 0))
  return possible[told.indexOf(Math.max(...told))]!
}

/**
 * Writes the nearest known rows and their squared distances, ascending; rows whose fold is `omitted` are passed over.
 */
function findNearest(
  known: Known,
  row: Float64Array,
  nearest: Int32Array,
  distances: Float64Array,
  foldOf: Uint8Array | undefined,
  omitted: number,
): void {
  const { values, rows: N, cols: K } = known
  const last = nearest.length - 1
  distances.fill(Infinity)
  for (let m = 0; m < N; m++) {
    if (foldOf !== undefined && foldOf[m] === omitted) continue
    const furthest = distances[last]!
    const distance = squaredDistance(row, values, m * K, K, furthest)
    if (distance >= furthest) continue
    let at = last
    while (at > 0 && distances[at - 1]! > distance) {
      distances[at] = distances[at - 1]!
      nearest[at] = nearest[at - 1]!
      at--
    }
    distances[at] = distance
    nearest[at] = m
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

/**
 * Squared distance of `row` (K) to the K values of `known` from `start`, or some part of it that is `limit` or more.
 */
function squaredDistance(row: Float64Array, known: Float64Array, start: number, K: number, limit: number): number {
  let sum = 0
  let j = 0
  for (; j + 8 <= K; j += 8) {
    const a = row[j]! - known[start + j]!
    const b = row[j + 1]! - known[start + j + 1]!
    const c = row[j + 2]! - known[start + j + 2]!
    const d = row[j + 3]! - known[start + j + 3]!
    const e = row[j + 4]! - known[start + j + 4]!
    const f = row[j + 5]! - known[start + j + 5]!
    const g = row[j + 6]! - known[start + j + 6]!
    const h = row[j + 7]! - known[start + j + 7]!
    sum += a * a + b * b + (c * c + d * d) + (e * e + f * f + (g * g + h * h))
    if (sum >= limit) return sum
  }
  for (; j < K; j++) sum += (row[j]! - known[start + j]!) ** 2
  return sum
}
