/** @file The data sets that can be loaded by name. */

import type { FileDataset, GeneratedDataset } from './known-dataset.ts'
import { lastfm } from './sets/lastfm.ts'
import { lfm2b } from './sets/lfm-2b.ts'
import { lfm2bSynthetic } from './sets/lfm-2b-twin.ts'
import { movielens100k } from './sets/movielens-100k.ts'
import { movielens1m } from './sets/movielens-1m.ts'
import { oulad } from './sets/oulad.ts'
import { synthetic } from './sets/synthetic.ts'

/** By their own names, which a test compares: stages find the file of each here, and load no other. */
const byName = {
  synthetic,
  'ml-100k': movielens100k,
  'ml-1m': movielens1m,
  lastfm,
  'lfm-2b': lfm2b,
  oulad,
  'lfm-2b-synthetic': lfm2bSynthetic,
}

/** Every data set of `loadDataset` except `csv`, the default first. */
export const knownDatasets: readonly (FileDataset | GeneratedDataset)[] = Object.values(byName)

/** The known data set of that name, if there is one. */
export function knownDataset(name: string): FileDataset | GeneratedDataset | undefined {
  return knownDatasets.find((known) => known.name === name)
}
