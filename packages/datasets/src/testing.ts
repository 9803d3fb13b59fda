/** @file Small data sets for tests. */

import { encodeLabels } from '@indistinct/core'
import { assembleDataset } from './assemble.ts'
import type { Dataset } from './dataset.ts'

/** A data set of the given pairs; user u is F when u is even. Ids are `u0`, `i0` and so on. */
export function datasetOfPairs(
  users: number,
  items: number,
  pairs: readonly (readonly [user: number, item: number])[],
): Dataset {
  return assembleDataset({
    name: 'pairs',
    users: Array.from({ length: users }, (_, u) => `u${u}`),
    items: Array.from({ length: items }, (_, j) => `i${j}`),
    pairUsers: Int32Array.from(pairs, ([u]) => u),
    pairItems: Int32Array.from(pairs, ([, j]) => j),
    attributes: { gender: encodeLabels(Array.from({ length: users }, (_, u) => (u % 2 === 0 ? 'F' : 'M'))) },
  })
}
