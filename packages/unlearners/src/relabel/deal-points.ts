/** @file The draw: which points carry which label, at random, and who is carried to which of them. */

import { gatherRows, shuffle, type Matrix, type Random } from '@indistinct/core'
import { nearMatching, optimalMatching } from './matching.ts'

/** Users up to which the matching has the least cost of all. */
export const optimalUpTo = 10_000

/**
 * The point of each user (n). A labelling of the points with as many of each label as users have is drawn, every one as likely as any
 * other, and users are carried to points of their label at little total squared distance.
 *
 * Given the points, their labels are then uniform over all such labellings, whatever points and users are. For who sees which user has
 * which point to learn no more than that, the order of rows must say nothing either: ties go by it. Rows are to come in a random order.
 * @param view (n, K) where each user stands, and the point that came from that user
 * @param codes label of each user (n), none missing
 */
export function dealPoints(view: Matrix, codes: Int32Array, random: Random): Int32Array {
  const n = view.rows
  const dealt = shuffle(Int32Array.from({ length: n }, (_, i) => i), random)
  const pointOf = new Int32Array(n)
  let first = 0
  for (const code of [...new Set(codes)].sort((a, b) => a - b)) {
    const users = Int32Array.from(codes.keys()).filter((user) => codes[user] === code)
    const points = dealt.subarray(first, first + users.length)
    first += users.length
    const [from, to] = [gatherRows(view, users), gatherRows(view, points)]
    const found = n <= optimalUpTo ? optimalMatching(from, to) : nearMatching(from, to, random)
    users.forEach((user, at) => (pointOf[user] = points[found[at]!]!))
  }
  return pointOf
}
