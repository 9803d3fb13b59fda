/**
 * @file Codes of a table: a few centres found by k-means on some users, no label in sight, and for every user the
 * nearest of them.
 */

import { copyMatrix, gatherRows, randomStream, rowOf, shuffle, type Matrix } from '@indistinct/core'

/** Steps of Lloyd's algorithm at most. */
const mostSteps = 100

/**
 * `count` centres (count, K) of the rows of m (N, K) that are named, by Lloyd's k-means from rows drawn by `seed`;
 * fewer where fewer rows differ.
 */
export function codeCentres(m: Matrix, rows: Int32Array, count: number, seed: number): Matrix {
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`codeCentres: expected a number of codes of at least 1, got ${count}`)
  const users = gatherRows(m, shuffle(rows.slice(), randomStream(seed, 'codes')))
  let centres = gatherRows(users, distinctRows(users).slice(0, count))
  for (let step = 0; step < mostSteps; step++) {
    const next = meansOf(users, codesOfRows(users, centres), centres)
    if (next.data.every((value, p) => value === centres.data[p])) break
    centres = next
  }
  return centres
}

/** The nearest centre of each row (N); of centres equally near the first. */
export function codesOfRows({ rows, cols, data }: Matrix, centres: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => {
    let [best, nearest] = [0, Infinity]
    for (let c = 0; c < centres.rows; c++) {
      let square = 0
      for (let k = 0, p = i * cols, q = c * cols; k < cols && square < nearest; k++, p++, q++)
        square += (data[p]! - centres.data[q]!) ** 2
      if (square < nearest) [best, nearest] = [c, square]
    }
    return best
  })
}

/** A code for each row (N): rows are of one code where all their values are equal. */
export function codesOfEqualRows(m: Matrix): { readonly codes: Int32Array; readonly count: number } {
  const known = new Map<string, number>()
  const codes = Int32Array.from({ length: m.rows }, (_, i) => {
    const key = rowOf(m, i)
      .map((value) => value + 0)
      .join()
    const code = known.get(key) ?? known.size
    known.set(key, code)
    return code
  })
  return { codes, count: known.size }
}

function distinctRows(m: Matrix): number[] {
  const { codes } = codesOfEqualRows(m)
  const first: number[] = []
  codes.forEach((code, i) => code === first.length && first.push(i))
  return first
}

/** The mean of the users of each code; a code without users keeps its centre. */
function meansOf(users: Matrix, codes: Int32Array, centres: Matrix): Matrix {
  const K = users.cols
  const sums = new Float64Array(centres.data.length)
  const counts = new Uint32Array(centres.rows)
  codes.forEach((code, i) => {
    counts[code]!++
    for (let k = 0; k < K; k++) sums[code * K + k]! += users.data[i * K + k]!
  })
  const out = copyMatrix(centres)
  for (let p = 0; p < sums.length; p++) {
    const count = counts[Math.floor(p / K)]!
    if (count > 0) out.data[p] = sums[p]! / count
  }
  return out
}
