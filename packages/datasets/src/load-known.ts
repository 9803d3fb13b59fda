/** @file Loading a known data set: generated, or read from the data folder or the cache. */

import { badData, checkOptions, type OptionKinds } from '@indistinct/core'
import { join } from '@indistinct/core/platform'
import type { Dataset } from './dataset.ts'
import type { FileDataset, GeneratedDataset } from './known-dataset.ts'
import { readBytes } from './load-csv.ts'
import { cacheFolder, datasetFolder, locateDataset, type Places } from './locate.ts'
import { isOfficial } from './official-file.ts'

export interface LoadOptions extends Places {
  /** Seed of generated data sets; files have none. Default 0. */
  readonly seed?: number
  /** Strength of the planted leak of `synthetic`; others are refused one. */
  readonly strength?: number
}

export const loadKinds: OptionKinds<LoadOptions> = {
  seed: 'number',
  strength: 'number',
  dataFolder: 'string',
  cacheFolder: 'string',
}

/**
 * Generated ones are generated, real ones read. No filter is applied.
 * @throws RangeError for a strength of a data set that plants no leak; IndistinctError 'file' when
 * its files are not there, 'bad-data' when they are broken or incomplete.
 */
export async function loadKnown(known: FileDataset | GeneratedDataset, options: LoadOptions = {}): Promise<Dataset> {
  checkOptions<LoadOptions>('loadKnown', options, loadKinds)
  const { seed, strength } = options
  if (known.kind === 'real') {
    if (strength !== undefined)
      throw new RangeError(
        `loadKnown: expected no strength for ${known.name}, which is read from files, got ${strength}`,
      )
    return complete(known, known.read(await readFiles(known, options)))
  }
  return known.generate({ ...(seed !== undefined && { seed }), ...(strength !== undefined && { strength }) })
}

async function readFiles(known: FileDataset, places: Places): Promise<Record<string, Uint8Array>> {
  const folder = locateDataset(known, places)
  const files: Record<string, Uint8Array> = {}
  const fetched = folder === datasetFolder(cacheFolder(places), known)
  for (const file of known.files) {
    const path = join(folder, file.name)
    const bytes = await readBytes(path)
    // What `fetchDataset` put there was checked then, and may have been damaged or changed since.
    if (fetched && !isOfficial(bytes, file)) {
      throw badData(
        `${path}: expected the official ${file.name}, as it was fetched, got other bytes; remove ${folder} and get ` +
          `it again with indistinct data fetch ${known.name}`,
      )
    }
    files[file.name] = bytes
  }
  return files
}

/** A file cut between two rows reads well; only the count of rows tells. */
function complete(known: FileDataset, dataset: Dataset): Dataset {
  const expected = known.counts
  if (!expected) return dataset
  const got = {
    users: dataset.users.length,
    items: dataset.items.length,
    interactions: dataset.interactions.users.length,
  }
  for (const what of ['interactions', 'users', 'items'] as const) {
    if (got[what] === expected[what]) continue
    throw badData(
      `${known.title} (${known.files[0]!.name}): expected ${expected[what]} ${what}, got ${got[what]}: the file ` +
        'is not the ' +
        'official one or is cut short; fetch it again, or load your own selection of it as csv',
    )
  }
  return dataset
}
