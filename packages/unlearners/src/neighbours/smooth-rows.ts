/**
 * @file Rows drawn towards those near to them, whatever their labels: a row alone holds noise, which neighbours average
 * away.
 */

import { matrix, type Matrix, type Random } from '@indistinct/core'
import { nearParts } from './near-parts.ts'

/** Rows up to which neighbours are the nearest of all; beyond, the nearest found in groups. */
const exactUpTo = 10_000
const groupSize = 600
const groupRounds = 2

/**
 * The `count` rows nearest to each row of m (N, K), itself left out, as (N, count): exactly for few rows, else the
 * nearest of those met in random groups of near rows.
 */
export function neighboursOf(m: Matrix, count: number, random: Random): Int32Array {
  const { rows: N } = m
  const nearest = new Int32Array(N * count)
  const distances = new Float32Array(N * count).fill(Infinity)
  const everyone = Int32Array.from({ length: N }, (_, i) => i)
  const rounds =
    N <= exactUpTo
      ? [[everyone]]
      : Array.from({ length: groupRounds }, () => nearParts(m, Math.max(groupSize, 4 * count), random))
  for (const [round, groups] of rounds.entries())
    for (const group of groups) lookWithin(m, group, count, nearest, distances, round > 0)
  return nearest
}

function lookWithin(
  { cols: K, data }: Matrix,
  group: Int32Array,
  count: number,
  nearest: Int32Array,
  distances: Float32Array,
  again: boolean,
): void {
  for (const row of group) {
    const from = row * count
    const last = from + count - 1
    for (const other of group) {
      if (other === row) continue
      const furthest = distances[last]!
      let sum = 0
      for (let k = 0, a = row * K, b = other * K; k < K; k++, a++, b++) sum += (data[a]! - data[b]!) ** 2
      sum = Math.fround(sum)
      if (sum >= furthest) continue
      // A neighbour met in an earlier group stands among them already, as far away.
      if (again && nearest.subarray(from, last + 1).includes(other)) continue
      let at = last
      for (; at > from && distances[at - 1]! > sum; at--) {
        distances[at] = distances[at - 1]!
        nearest[at] = nearest[at - 1]!
      }
      distances[at] = sum
      nearest[at] = other
    }
  }
}

/** `own` times each row of m plus 1 - `own` times the mean of its neighbours (N, count). */
export function smoothRows(m: Matrix, neighbours: Int32Array, own: number): Matrix {
  const { rows: N, cols: K } = m
  const count = neighbours.length / N
  const out = matrix(N, K)
  const sum = new Float64Array(K)
  for (let i = 0; i < N; i++) {
    sum.fill(0)
    for (let q = i * count; q < (i + 1) * count; q++) {
      for (let k = 0, p = neighbours[q]! * K; k < K; k++, p++) sum[k]! += m.data[p]!
    }
    for (let k = 0; k < K; k++) out.data[i * K + k] = own * m.data[i * K + k]! + ((1 - own) * sum[k]!) / count
  }
  return out
}

/** The same of directions: rows at length one are smoothed, and get the smoothed length. */
export function smoothDirections(m: Matrix, neighbours: Int32Array, own: number): Matrix {
  const out = directions(smoothRows(directions(m), neighbours, own))
  const { data: lengths } = smoothRows(matrix(m.rows, 1, lengthsOf(m)), neighbours, own)
  out.data.forEach((value, p) => (out.data[p] = value * lengths[Math.floor(p / m.cols)]!))
  return out
}

/** Rows scaled to length one; zeros stay. */
export function directions(m: Matrix): Matrix {
  const lengths = lengthsOf(m)
  return matrix(
    m.rows,
    m.cols,
    m.data.map((value, p) => value / (lengths[Math.floor(p / m.cols)]! || 1)),
  )
}

function lengthsOf({ rows, cols, data }: Matrix): Float32Array {
  return Float32Array.from({ length: rows }, (_, i) => Math.hypot(...data.subarray(i * cols, (i + 1) * cols)))
}
