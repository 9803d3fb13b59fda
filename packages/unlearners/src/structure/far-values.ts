/**
 * @file Values so far from all others of their column that they alone are its spread. Means, covariances and distances
 * then say where that one user is, and nothing of the rest: a method would move all for him, or find nothing to move.
 */

import { badData, type Matrix } from '@indistinct/core'

/**
 * How many times as far from the middle of its column a value is as the next one, where it is no tail any more: tails,
 * however heavy, thin out step by step, and slips of a decimal point and marks for missing values do not.
 */
const gap = 1000
/** How many times the spread of the other values of a column its spread may be, where there is such a gap. */
const mostOfRest = 100
/** Largest share of a column's users beyond the gap: more are a group of their own. */
const farthest = 0.05
/** Rows that the middle and the farthest are estimated from; more are drawn at equal distances. */
const mostSampled = 20_000

/**
 * Checks columns of embedding (N, K) over `rows`.
 * @param otherwise what to do where values are right
 * @throws IndistinctError 'bad-data' that names row and column of the farthest value.
 */
export function checkFarValues(
  caller: string,
  { cols: K, data }: Matrix,
  rows: Int32Array,
  otherwise = 'blank the label of these users',
): void {
  const distances = new Float64Array(rows.length)
  for (const k of heavyColumns({ cols: K, data }, rows)) {
    const centre = sorted(rows, (i) => data[i * K + k]!).at(0.5)
    rows.forEach((i, r) => (distances[r] = Math.abs(data[i * K + k]! - centre)))
    const bound = sorted(distances, (distance) => distance).at(1 - farthest)
    const last = largestBelowGap(distances, bound)
    if (last === 0) continue
    let [all, rest, others] = [0, 0, 0]
    let most = 0
    distances.forEach((distance, r) => {
      all += distance * distance
      if (distance > last) others++
      else rest += distance * distance
      if (distance > distances[most]!) most = r
    })
    const spread = Math.sqrt(rest / (rows.length - others))
    if (!(Math.sqrt(all / rows.length) > mostOfRest * spread)) continue
    const row = rows[most]!
    throw badData(
      `${caller}: expected values of one scale in a column, got ${data[row * K + k]!} in row ${row}, column ${k} ` +
        `(both from 0), ${(distances[most]! / spread).toPrecision(2)} times the spread of the other users` +
        `${others > 1 ? `, and ${others - 1} more far values in that column` : ''}; ` +
        `means and distances would follow these alone. Repair or clip them, or ${otherwise}`,
    )
  }
}

/**
 * Columns whose fourth central moment is at least ten times the square of their variance. Others need no sorting: where
 * a twentieth of users have all but 1 / `mostOfRest`^2 of the squares about the median, that ratio is at least 12.
 */
function heavyColumns({ cols: K, data }: Pick<Matrix, 'cols' | 'data'>, rows: Int32Array): number[] {
  const mean = new Float64Array(K)
  for (const i of rows) for (let k = 0; k < K; k++) mean[k]! += data[i * K + k]! / rows.length
  const [second, fourth] = [new Float64Array(K), new Float64Array(K)]
  for (const i of rows) {
    for (let k = 0; k < K; k++) {
      const square = (data[i * K + k]! - mean[k]!) ** 2
      second[k]! += square
      fourth[k]! += square * square
    }
  }
  return Array.from(mean.keys()).filter((k) => fourth[k]! * rows.length >= 10 * second[k]! ** 2)
}

/** Values of `items` in order, or of a sample of them, by their share from 0 to 1. */
function sorted(items: Int32Array | Float64Array, valueOf: (item: number) => number): { at(share: number): number } {
  const count = Math.min(items.length, mostSampled)
  const values = Float64Array.from({ length: count }, (_, s) =>
    valueOf(items[Math.floor((s * items.length) / count)]!),
  ).sort()
  return { at: (share) => values[Math.round(share * (count - 1))]! }
}

/**
 * The largest distance below the widest gap among those above `bound`; 0 where no gap is wide enough or all below are
 * 0.
 */
function largestBelowGap(distances: Float64Array, bound: number): number {
  const above = distances.filter((distance) => distance > bound).sort()
  let nearest = 0
  for (const distance of distances) if (distance <= bound && distance > nearest) nearest = distance
  let [last, widest] = [0, gap]
  let before = nearest
  for (const distance of above) {
    if (before > 0 && distance >= widest * before) [last, widest] = [before, distance / before]
    before = distance
  }
  return last
}
