/**
 * @file Leave-one-out evaluation with sampled negatives (He et al. 2017, "Neural Collaborative Filtering"): one
 * held-out item of each user is ranked among items it never interacted with, 99 in that paper. Its numbers are much
 * higher than those of full ranking and cannot be compared with them.
 */

import { checkCount, checkOptions, csrHas, randomStream, type Csr } from '@indistinct/core'
import { meanOverUsers } from './top-k-lists.ts'

/**
 * The items to score for each user, (U * (1 + negatives)): the held-out item first, then distinct items drawn
 * uniformly from those in none of `known` (and not held out). Users whose held-out item is -1 get -1 throughout.
 * @param heldOut one item of each user, -1 for none (U)
 * @param known interactions that cannot be negatives, such as train and validation (U, I each)
 * @throws RangeError when a user has fewer unknown items than negatives to draw.
 */
export function leaveOneOutCandidates(
  heldOut: Int32Array,
  known: readonly Csr[],
  options: { readonly seed: number; readonly negatives?: number },
): Int32Array {
  checkOptions('leaveOneOutCandidates', options, { seed: 'number', negatives: 'number' })
  const { seed, negatives = 99 } = options
  checkCount('leaveOneOutCandidates', 'negatives', negatives)
  const items = known[0]?.cols
  if (items === undefined)
    throw new RangeError('leaveOneOutCandidates: expected at least one interaction matrix, got 0')
  const width = 1 + negatives
  const out = new Int32Array(heldOut.length * width).fill(-1)
  for (let u = 0; u < heldOut.length; u++) {
    const held = heldOut[u]!
    if (held < 0) continue
    const excluded = new Set<number>([held])
    for (const m of known) for (let p = m.indptr[u]!; p < m.indptr[u + 1]!; p++) excluded.add(m.indices[p]!)
    if (items - excluded.size < negatives) {
      throw new RangeError(
        `leaveOneOutCandidates: expected ${negatives} unknown items of user ${u}, got ${items - excluded.size}`,
      )
    }
    out[u * width] = held
    const random = randomStream(seed, 'leave-one-out', u)
    const drawn = new Set<number>()
    for (let at = 1; at < width;) {
      const item = random.integer(items)
      if (item === held || drawn.has(item) || known.some((m) => csrHas(m, u, item))) continue
      drawn.add(item)
      out[u * width + at++] = item
    }
  }
  return out
}

/**
 * Rank from 0 of each user's held-out item among its candidates (U), -1 where there is none. Candidates with an equal
 * score count as ranked above, so that a model that scores all alike gets nothing.
 * @param scores of the candidates, in their order (U * width)
 */
export function leaveOneOutRanks(
  scores: Float32Array | Float64Array,
  candidates: Int32Array,
  users: number,
): Int32Array {
  const width = candidates.length / users
  if (!Number.isInteger(width) || scores.length !== candidates.length) {
    throw new RangeError(
      `leaveOneOutRanks: expected ${candidates.length} scores for ${users} users, got ${scores.length}`,
    )
  }
  const ranks = new Int32Array(users).fill(-1)
  for (let u = 0; u < users; u++) {
    if (candidates[u * width]! < 0) continue
    const held = scores[u * width]!
    if (Number.isNaN(held)) throw new RangeError(`leaveOneOutRanks: expected numbers, got NaN for user ${u}`)
    let above = 0
    for (let c = 1; c < width; c++) if (!(scores[u * width + c]! < held)) above++
    ranks[u] = above
  }
  return ranks
}

/** Share of users whose held-out item is among the first k; users with rank -1 are left out. */
export function leaveOneOutHitRatio(ranks: Int32Array, k: number): number {
  return meanOverUsers(
    'leaveOneOutHitRatio',
    Float64Array.from(ranks, (rank) => (rank < 0 ? NaN : rank < k ? 1 : 0)),
  )
}

/** Mean of 1 / log2(rank + 2) where the held-out item is among the first k, else 0; users with rank -1 are left out. */
export function leaveOneOutNdcg(ranks: Int32Array, k: number): number {
  return meanOverUsers(
    'leaveOneOutNdcg',
    Float64Array.from(ranks, (rank) => (rank < 0 ? NaN : rank < k ? 1 / Math.log2(rank + 2) : 0)),
  )
}
