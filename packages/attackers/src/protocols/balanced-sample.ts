/** @file Drawing the same number of users of each class, and dealing them into folds. */

import { shuffle, type Random } from '@indistinct/core'

/**
 * Users by class in random order, each class cut to the size of the smallest: element c holds the drawn rows of class
 * c.
 * @param rowsOfClass rows of each class, not empty
 */
export function balancedSample(rowsOfClass: readonly Int32Array[], random: Random): Int32Array[] {
  const size = Math.min(...rowsOfClass.map((rows) => rows.length))
  return rowsOfClass.map((rows) => shuffle(rows.slice(), random).subarray(0, size))
}

/** Joins parts of several classes and sorts by row, so that no order tells the class. */
export function joinRows(parts: readonly Int32Array[]): Int32Array {
  const joined = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined.sort()
}
