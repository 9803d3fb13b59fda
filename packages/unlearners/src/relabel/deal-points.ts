/** @file The draw: which points carry which label, at random, and who is carried to which of them. */

import { gatherRows, shuffle, type Matrix, type Random } from '@indistinct/core'
import { nearMatching, optimalMatching } from './matching.ts'

/** Users up to which the matching has the least cost of all. */
export const optimalUpTo = 10_000

/**
 * The point of each user (n). A labelling of the points with as many of each label as users have is drawn, every one as
 * likely as any other, and users are carried to points of their label at little total squared distance.
 *
 * Given the points, their labels are then uniform over all such labellings, whatever points and users are. For who sees
 * which user has which point to learn no more than that, the order of rows must say nothing either: ties go by it. Rows
 * are to come in a random order.
 * @param view (n, K) where each user stands, and the point that came from that user
 * @param codes label of each user (n), none missing
 */
export function dealPoints(view: Matrix, codes: Int32Array, random: Random): Int32Array {
  const n = view.rows
  const dealt = shuffle(
    Int32Array.from({ length: n }, (_, i) => i),
    random,
  )
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

/** Of a user who took part in no earlier draw, and of one whose point came from a user who is not here any more. */
export const notDrawn = -1
export const pointGone = -2

/**
 * The point of each user (n) in a later release: whoever was dealt the point of a user before is dealt that user's
 * point again, whatever labels are now. To who sees both releases they are one of wider rows. Where that user is gone,
 * one of the points whose holders are gone is drawn, without a look at labels or distances: another matching would tell
 * how far the first one carried the user. New users are dealt their own points among themselves.
 * @param earlier row from which each user's point came (n), `notDrawn` or `pointGone`
 * @throws RangeError where that is no draw.
 */
export function dealAgain(view: Matrix, codes: Int32Array, earlier: Int32Array, random: Random): Int32Array {
  const pointOf = earlier.map((point) => Math.max(point, -1))
  const held = new Set(pointOf.filter((point) => point >= 0))
  const users = (kind: number): Int32Array => Int32Array.from(earlier.keys()).filter((user) => earlier[user] === kind)
  const [fresh, gone] = [users(notDrawn), users(pointGone)]
  const vacant = Int32Array.from(earlier.keys()).filter((point) => earlier[point] !== notDrawn && !held.has(point))
  const drawn = earlier.filter((point) => point >= 0)
  if (
    held.size !== drawn.length ||
    vacant.length !== gone.length ||
    drawn.some((point) => point >= earlier.length || earlier[point] === notDrawn)
  ) {
    throw new RangeError('relabel: expected an earlier draw that deals the points of its users once each, got another')
  }
  shuffle(vacant, random)
  gone.forEach((user, at) => (pointOf[user] = vacant[at]!))
  const among = dealPoints(
    gatherRows(view, fresh),
    fresh.map((user) => codes[user]!),
    random,
  )
  fresh.forEach((user, at) => (pointOf[user] = fresh[among[at]!]!))
  return pointOf
}
