/** @file The data sets that can be loaded by name. */

import type { FileDataset, GeneratedDataset } from './known-dataset.ts'
import { lastfm } from './lastfm.ts'
import { lfm2b } from './lfm-2b.ts'
import { lfm2bSynthetic } from './lfm-2b-twin.ts'
import { movielens100k } from './movielens-100k.ts'
import { movielens1m } from './movielens-1m.ts'
import { oulad } from './oulad.ts'
import { synthetic } from './synthetic.ts'

/** Every data set of `loadDataset` except `csv`, the default first. */
export const knownDatasets: readonly (FileDataset | GeneratedDataset)[] = [
  synthetic,
  movielens100k,
  movielens1m,
  lastfm,
  lfm2b,
  oulad,
  lfm2bSynthetic,
]

/** The known data set of that name, if there is one. */
export function knownDataset(name: string): FileDataset | GeneratedDataset | undefined {
  return knownDatasets.find((known) => known.name === name)
}
