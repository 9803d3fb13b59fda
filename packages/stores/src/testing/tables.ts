/** @file Tables of vectors for the tests of this package. */

import { randomStream } from '@indistinct/core'
import type { IdentifiedVectors } from '../store.ts'

/** Values that a careless round trip loses: nine digits, the smallest and largest floats, the sign of zero. */
const awkward = [0.1, 1 / 3, -0, 1e-45, 3.4028234663852886e38, 1.1754943508222875e-38, 16777217, -123456.789].map(
  Math.fround,
)

/** Batches of the runs that are killed, small so that there are many points in between. */
export const batchRows = 20

/** Users 0 to 299, or those of `ids`, with vectors (N, 4) that depend on `number`. */
export function numberedTable(
  number: number,
  ids: readonly string[] = Array.from({ length: 300 }, (_, i) => String(i)),
): IdentifiedVectors {
  const random = randomStream(number, 'stored-users')
  const data = Float32Array.from({ length: ids.length * 4 }, (_, p) => awkward[p + number] ?? random.normal())
  return { ids, matrix: { rows: ids.length, cols: 4, data } }
}

export function vectorsOf({ ids, matrix: { cols, data } }: IdentifiedVectors): Map<string, Float32Array> {
  return new Map(ids.map((id, i) => [id, data.slice(i * cols, (i + 1) * cols)]))
}

/** The vectors as lists of numbers, to compare with what readers see. */
export function plain(table: IdentifiedVectors): Map<string, number[]> {
  return new Map([...vectorsOf(table)].map(([id, vector]) => [id, [...vector]]))
}
