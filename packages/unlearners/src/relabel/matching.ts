/**
 * @file Who is carried to which point, at little total cost, the squared distance: the least for few users, near it for
 * many.
 */

import { gatherRows, matrix, type Matrix, type Random } from '@indistinct/core'
import { assignment } from './assignment.ts'
import { nearParts, randomDirection, sortedAlong } from '../neighbours/near-parts.ts'

/** Users of one label that are matched at once where all are too many: its cube is the work of a group. */
const groupSize = 200
/** Rounds in which groups formed anew exchange points among themselves. */
const rounds = 4

/**
 * The point of each user (n), for users and points of as many rows (n, K), at the least total cost; n x n costs are
 * held.
 */
export function optimalMatching(users: Matrix, points: Matrix): Int32Array {
  return assignment(squaredDistances(users, points), users.rows)
}

/**
 * The same at nearly the least cost, in time that grows as n log n: users and points are halved together along random
 * directions, the small halves matched exactly, and then groups of users near to one another exchange points exactly.
 * Ties go by the order of rows.
 */
export function nearMatching(users: Matrix, points: Matrix, random: Random): Int32Array {
  const pointOf = new Int32Array(users.rows)
  const all = Int32Array.from(pointOf.keys())
  const open: [Int32Array, Int32Array][] = [[all, all.slice()]]
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [own, theirs] = pair
    if (own.length <= groupSize) {
      matchGroup(users, own, points, theirs, pointOf)
      continue
    }
    const direction = randomDirection(points, theirs, random)
    const [left, right] = [sortedAlong(users, own, direction), sortedAlong(points, theirs, direction)]
    const half = own.length >> 1
    open.push([left.subarray(0, half), right.subarray(0, half)], [left.subarray(half), right.subarray(half)])
  }
  for (let round = 0; round < rounds; round++) {
    for (const group of nearParts(middles(users, points, pointOf), groupSize, random)) {
      matchGroup(
        users,
        group,
        points,
        Int32Array.from(group, (user) => pointOf[user]!),
        pointOf,
      )
    }
  }
  return pointOf
}

function matchGroup(users: Matrix, own: Int32Array, points: Matrix, theirs: Int32Array, pointOf: Int32Array): void {
  const found = optimalMatching(gatherRows(users, own), gatherRows(points, theirs))
  own.forEach((user, at) => (pointOf[user] = theirs[found[at]!]!))
}

/** Half way from each user to his point. */
function middles(users: Matrix, points: Matrix, pointOf: Int32Array): Matrix {
  const K = users.cols
  const out = matrix(users.rows, K)
  for (let i = 0; i < users.rows; i++) {
    for (let k = 0; k < K; k++) out.data[i * K + k] = (users.data[i * K + k]! + points.data[pointOf[i]! * K + k]!) / 2
  }
  return out
}

function squaredDistances(users: Matrix, points: Matrix): Float32Array {
  const [n, K] = [users.rows, users.cols]
  const costs = new Float32Array(n * n)
  for (let i = 0, p = 0; i < n; i++) {
    for (let j = 0; j < n; j++, p++) {
      let sum = 0
      for (let k = 0, a = i * K, b = j * K; k < K; k++, a++, b++) sum += (users.data[a]! - points.data[b]!) ** 2
      costs[p] = sum
    }
  }
  return costs
}
