/** @file Rows of a table that are one point: what tells users of one point apart, after a move, is the move alone. */

import type { Matrix } from '@indistinct/core'

/**
 * Rows of theta (N, K) of `rows` that equal another of them in every value (0 and -0 are equal), a list of at least two
 * for each point.
 */
export function equalRows(theta: Matrix, rows: Int32Array): Int32Array[] {
  const { cols: K, data } = theta
  const equal = (a: number, b: number): boolean => {
    for (let k = 0; k < K; k++) if (data[a * K + k] !== data[b * K + k]) return false
    return true
  }
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length)
  const hash = (row: number): number => {
    let sum = 0x811c9dc5
    // The bits of -0 are those of the smallest integer.
    for (let p = row * K; p < (row + 1) * K; p++)
      sum = Math.imul(sum ^ (bits[p] === -0x80000000 ? 0 : bits[p]!), 0x01000193) ^ (sum >>> 15)
    return sum >>> 0
  }
  const places = 2 ** Math.ceil(Math.log2(2 * rows.length + 1))
  const firstAt = new Int32Array(places).fill(-1)
  const groups = new Map<number, number[]>()
  for (const row of rows) {
    let place = hash(row) % places
    while (firstAt[place]! >= 0 && !equal(firstAt[place]!, row)) place = (place + 1) % places
    const first = firstAt[place]!
    if (first < 0) firstAt[place] = row
    else if (groups.has(first)) groups.get(first)!.push(row)
    else groups.set(first, [first, row])
  }
  return [...groups.values()].map((members) => Int32Array.from(members))
}
