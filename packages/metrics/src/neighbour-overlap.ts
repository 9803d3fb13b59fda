/**
 * @file How much of each user's neighbourhood a change of the table kept: the share of the k users nearest to it before
 * that are among the k nearest after. It stands in for recommendation quality where there are no interactions: a table
 * with the same neighbours serves look-alikes, clusters and user-based recommendation as before.
 */

import { checkMatrix, checkOptions, randomStream, shuffle, type Matrix } from '@indistinct/core'

export interface NeighbourOverlapOptions {
  /** Neighbours of each user; 10, and never more than all the others. */
  readonly k?: number
  /** Chooses the users that are measured where they are a sample. */
  readonly seed?: number
  /**
   * Users measured at most; their neighbours are always sought among all N users. 1,000 unless given, fewer above
   * 50,000 users (50 million pairs in all), never fewer than 100.
   */
  readonly users?: number
}

export interface NeighbourOverlap {
  readonly k: number
  /** Rows that were measured, ascending. */
  readonly users: Int32Array
  /** Rows of the table. */
  readonly of: number
  /** Overlap of each measured user, 0 to 1, and its mean. */
  readonly cosine: { readonly mean: number; readonly perUser: Float64Array }
  readonly euclidean: { readonly mean: number; readonly perUser: Float64Array }
}

const mostUsers = 1000
const fewestUsers = 100
const mostPairs = 5e7
/** Rows that stay in the cache while the measured users pass over them. */
const blockRows = 256

/**
 * Overlap@k of two tables of the same users (N, K) and (N, L), exact: every pair is compared, block by block, in memory
 * O(N (K + L)). By cosine similarity (a zero row is similar to none) and by Euclidean distance; equally near users
 * count by ascending row. Equal tables have an overlap of 1, unrelated ones of about k / (N - 1).
 * @throws RangeError when the tables have different numbers of rows, fewer than two, or values that are not finite.
 */
export function neighbourOverlap(
  before: Matrix,
  after: Matrix,
  options: NeighbourOverlapOptions = {},
): NeighbourOverlap {
  checkMatrix('neighbourOverlap', before, 'a table before')
  checkMatrix('neighbourOverlap', after, 'a table after')
  checkOptions('neighbourOverlap', options, { k: 'number', seed: 'number', users: 'number' })
  const n = before.rows
  const {
    k = 10,
    seed = 0,
    users: wanted = Math.max(fewestUsers, Math.min(mostUsers, Math.floor(mostPairs / Math.max(1, n)))),
  } = options
  if (after.rows !== n) throw new RangeError(`neighbourOverlap: expected a table of ${n} rows after, got ${after.rows}`)
  if (n < 2) throw new RangeError(`neighbourOverlap: expected at least 2 rows, got ${n}`)
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError(`neighbourOverlap: expected k of 1 or more, got ${k}`)
  if (!(Number.isInteger(wanted) && wanted >= 1))
    throw new RangeError(`neighbourOverlap: expected users of 1 or more, got ${wanted}`)
  const neighbours = Math.min(k, n - 1)
  const users = measured(n, wanted, seed)
  const one = nearest(before, users, neighbours)
  const other = nearest(after, users, neighbours)
  const shared = (a: Int32Array, b: Int32Array): NeighbourOverlap['cosine'] => {
    const perUser = Float64Array.from(users, (_, u) =>
      overlap(a.subarray(u * neighbours, (u + 1) * neighbours), b.subarray(u * neighbours, (u + 1) * neighbours)),
    )
    return { mean: perUser.reduce((sum, value) => sum + value, 0) / users.length, perUser }
  }
  return {
    k: neighbours,
    users,
    of: n,
    cosine: shared(one.cosine, other.cosine),
    euclidean: shared(one.euclidean, other.euclidean),
  }
}

function measured(n: number, wanted: number, seed: number): Int32Array {
  const all = Int32Array.from({ length: n }, (_, i) => i)
  return n <= wanted ? all : shuffle(all, randomStream(seed, 'neighbour-overlap')).slice(0, wanted).sort()
}

function overlap(a: Int32Array, b: Int32Array): number {
  const members = new Set(a)
  let common = 0
  for (const row of b) if (members.has(row)) common++
  return common / a.length
}

/** The k nearest rows of each of `users`, (users * k), in no order that matters. */
function nearest(
  { rows, cols, data }: Matrix,
  users: Int32Array,
  k: number,
): { cosine: Int32Array; euclidean: Int32Array } {
  const squares = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    let sum = 0
    for (let p = i * cols; p < (i + 1) * cols; p++) sum += data[p]! * data[p]!
    if (!Number.isFinite(sum)) throw new RangeError(`neighbourOverlap: expected finite values, got others in row ${i}`)
    squares[i] = sum
  }
  const byCosine = nearestList(users.length, k)
  const byDistance = nearestList(users.length, k)
  for (let from = 0; from < rows; from += blockRows) {
    const to = Math.min(rows, from + blockRows)
    users.forEach((user, u) => {
      const start = user * cols
      const own = squares[user]!
      for (let j = from; j < to; j++) {
        if (j === user) continue
        let product = 0
        for (let p = start, q = j * cols; p < start + cols; p++, q++) product += data[p]! * data[q]!
        const norms = own * squares[j]!
        byCosine.offer(u, j, norms > 0 ? -product / Math.sqrt(norms) : 0)
        byDistance.offer(u, j, own + squares[j]! - 2 * product)
      }
    })
  }
  return { cosine: byCosine.rows, euclidean: byDistance.rows }
}

/** Lists of the k rows with the smallest values so far, by falling nearness; offered in ascending order of rows. */
function nearestList(
  lists: number,
  k: number,
): { readonly rows: Int32Array; offer(list: number, row: number, value: number): void } {
  const rows = new Int32Array(lists * k).fill(-1)
  const values = new Float64Array(lists * k).fill(Infinity)
  return {
    rows,
    offer(list, row, value) {
      const last = list * k + k - 1
      if (value >= values[last]!) return
      let place = last
      while (place > list * k && value < values[place - 1]!) {
        values[place] = values[place - 1]!
        rows[place] = rows[place - 1]!
        place--
      }
      values[place] = value
      rows[place] = row
    },
  }
}
