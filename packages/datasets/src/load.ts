/** @file Loading a data set by name. */

import { checkOptions, usageError } from '@indistinct/core'
import type { Dataset } from './dataset.ts'
import { knownDataset, knownDatasets } from './known-datasets.ts'
import { loadKinds, loadKnown, type LoadOptions } from './load-known.ts'

/**
 * Loads a data set by its name in `knownDatasets`: generated ones are generated, real ones read from the data folder or
 * the cache. No filter is applied.
 * @throws IndistinctError 'usage' for an unknown name, 'file' when its files are not there, 'bad-data' when they are
 * broken or incomplete.
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  checkOptions('loadDataset', options, loadKinds)
  const known = knownDataset(name)
  if (!known) {
    const names = knownDatasets.map((each) => each.name).join(', ')
    throw usageError(`unknown data set ${JSON.stringify(name)}: expected one of ${names}`)
  }
  return loadKnown(known, options)
}
