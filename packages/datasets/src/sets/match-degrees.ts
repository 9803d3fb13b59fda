/** @file A random bipartite graph with given degrees on both sides whose neighbours lie close on two coordinates. */

import type { Random } from '@indistinct/core'

/** How far, in ranks, the first search for a swap partner of a repeated pair goes. */
const NEAR = 1000
const MOST_TRIES = 100_000

/** Ends are sorted into this many layers of equal size by their first coordinate, and by the second within a layer. */
const LAYERS = 32

/** Draws of the two coordinates of one end of a node. */
export interface EndPosition {
  /** Any real number. */
  layer(node: number): number
  /** From 0 up to but not 1. */
  place(node: number): number
}

/**
 * Pairs without repetition such that row i occurs rowDegree[i] times and column j colDegree[j] times. Every end draws
 * its coordinates; the ends of rows and of columns are sorted by them and matched rank by rank, so that degrees hold
 * exactly. A pair that comes out twice then swaps its column with a random other pair, a near one if possible.
 * Swaps of two pairs suffice for sparse graphs; next to complete ones they may not.
 * @throws RangeError when the degrees do not sum to the same number, or no swap is found.
 */
export function matchDegrees(
  rowDegree: Int32Array,
  colDegree: Int32Array,
  rowEnds: EndPosition,
  colEnds: EndPosition,
  random: Random,
): { rows: Int32Array; cols: Int32Array } {
  const rows = endsInOrder(rowDegree, rowEnds)
  const cols = endsInOrder(colDegree, colEnds)
  const n = rows.length
  if (n !== cols.length)
    throw new RangeError(`matchDegrees: expected degrees of equal sums, got ${n} and ${cols.length}`)
  const key = (i: number, j: number): number => i * colDegree.length + j
  const taken = new Set<number>()
  const repeated = new Uint8Array(n)
  for (let p = 0; p < n; p++) {
    const pair = key(rows[p]!, cols[p]!)
    if (taken.has(pair)) repeated[p] = 1
    else taken.add(pair)
  }
  for (let p = 0; p < n; p++) {
    for (let tries = 0; repeated[p] === 1; tries++) {
      if (tries === MOST_TRIES)
        throw new RangeError(
          `matchDegrees: expected degrees that leave room for distinct pairs, got no partner for row ${rows[p]}`,
        )
      const reach = Math.min(n, NEAR * 2 ** Math.floor(tries / 8))
      const q = (((p + random.integer(2 * reach) - reach) % n) + n) % n
      const [i, j, k, l] = [rows[p]!, cols[p]!, rows[q]!, cols[q]!]
      if (repeated[q] === 1 || i === k || j === l || taken.has(key(i, l)) || taken.has(key(k, j))) continue
      taken.delete(key(k, l))
      taken.add(key(i, l)).add(key(k, j))
      cols[p] = l
      cols[q] = j
      repeated[p] = 0
    }
  }
  return { rows, cols }
}

/** The node of each end, one end for each unit of degree, in the order of layers and of places within them. */
function endsInOrder(degree: Int32Array, ends: EndPosition): Int32Array {
  const total = degree.reduce((a, b) => a + b, 0)
  const owner = new Int32Array(total)
  const height = new Float64Array(total)
  // Place and number of an end share one double, 27 and 26 bits, so that the native sort of numbers orders the ends:
  // sorting numbers of ends through a comparison takes several times as long.
  if (total >= 2 ** 26) throw new RangeError(`matchDegrees: expected fewer than 2^26 ends, got ${total}`)
  const key = new Float64Array(total)
  let next = 0
  for (let i = 0; i < degree.length; i++) {
    for (let d = 0; d < degree[i]!; d++) {
      owner[next] = i
      height[next] = ends.layer(i)
      key[next++] = ends.place(i)
    }
  }
  const sorted = height.slice().sort()
  const bottoms = Array.from({ length: LAYERS - 1 }, (_, l) => sorted[Math.floor(((l + 1) * total) / LAYERS)]!)
  for (let e = 0; e < total; e++) {
    let layer = 0
    while (layer < LAYERS - 1 && height[e]! >= bottoms[layer]!) layer++
    const place = Math.min(Math.floor(((layer + key[e]!) / LAYERS) * 2 ** 27), 2 ** 27 - 1)
    key[e] = place * 2 ** 26 + e
  }
  return Int32Array.from(key.sort(), (each) => owner[each % 2 ** 26]!)
}
