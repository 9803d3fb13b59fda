/** @file The nearest-neighbour attacker: users are taken to be what the known users around them are. */

import type { Matrix } from '@indistinct/core'
import { syncAttacker, type Scorer, type SyncAttacker } from './sync-attacker.ts'

export interface KnnOptions {
  /** Neighbours that vote, each with the inverse of its Euclidean distance; 15. All rows where there are fewer. */
  readonly neighbours?: number
}

/** A nearest-neighbour attacker with another number of neighbours, under a name of its own. */
export function knnAttacker(name: string, options: KnnOptions): SyncAttacker {
  const { neighbours = 15 } = options
  if (!(Number.isInteger(neighbours) && neighbours >= 1)) throw new RangeError(`knnAttacker: expected neighbours of 1 or more, got ${neighbours}`)
  return syncAttacker(name, (x, codes, { classes }) => neighbourVotes(x, codes, classes, neighbours))
}

/** 15 nearest neighbours weighted by inverse distance: scikit-learn's KNeighborsClassifier(15, weights='distance'). */
export const knn: SyncAttacker = knnAttacker('knn', {})

/**
 * Scores are the classes' shares of the votes. Neighbours at distance zero, where there are any, have all of them. Of rows
 * equally far away the earlier one is nearer. All distances are computed, from differences in float64: tables whose
 * classes lie close together on a common offset lose nothing.
 */
function neighbourVotes(x: Matrix, codes: Int32Array, classes: number, neighbours: number): Scorer {
  const { rows: N, cols: K } = x
  const known = Float64Array.from(x.data)
  const k = Math.min(neighbours, N)
  const nearest = new Int32Array(k)
  const distances = new Float64Array(k)
  const row = new Float64Array(K)
  return (asked) => {
    if (asked.cols !== K) throw new RangeError(`knn: expected ${K} columns, got ${asked.cols}`)
    const out = new Float32Array(asked.rows * classes)
    const votes = new Float64Array(classes)
    for (let i = 0; i < asked.rows; i++) {
      for (let j = 0; j < K; j++) row[j] = asked.data[i * K + j]!
      distances.fill(Infinity)
      for (let m = 0; m < N; m++) {
        const furthest = distances[k - 1]!
        const distance = squaredDistance(row, known, m * K, K, furthest)
        if (distance >= furthest) continue
        let at = k - 1
        while (at > 0 && distances[at - 1]! > distance) {
          distances[at] = distances[at - 1]!
          nearest[at] = nearest[at - 1]!
          at--
        }
        distances[at] = distance
        nearest[at] = m
      }
      votes.fill(0)
      const exact = distances[0] === 0
      let total = 0
      for (let n = 0; n < k && (!exact || distances[n] === 0); n++) {
        const vote = exact ? 1 : 1 / Math.sqrt(distances[n]!)
        votes[codes[nearest[n]!]!]! += vote
        total += vote
      }
      for (let c = 0; c < classes; c++) out[i * classes + c] = votes[c]! / total
    }
    return { rows: asked.rows, cols: classes, data: out }
  }
}

/** Squared distance of `row` (K) to the K values of `known` from `start`, or some part of it that is `limit` or more. */
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
