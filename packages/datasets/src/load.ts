/** @file Loading a data set by name, or from the user's own files. */

import { join, readFile } from '@indistinct/core/platform'
import { badData, fileError, usageError } from '@indistinct/core'
import { readCsvDataset, type CsvOptions } from './csv.ts'
import type { Dataset } from './dataset.ts'
import { isOfficial } from './fetch.ts'
import type { FileDataset } from './known-dataset.ts'
import { knownDataset, knownDatasets } from './known-datasets.ts'
import { cacheFolder, datasetFolder, locateDataset, type Places } from './locate.ts'

export interface LoadOptions extends Places {
  /** Seed of generated data sets; files have none. Default 0. */
  readonly seed?: number
  /** Strength of the planted leak of `synthetic`. */
  readonly strength?: number
}

/**
 * Loads a data set by its name in `knownDatasets`: generated ones are generated, real ones read from the data folder or
 * the cache. No filter is applied.
 * @throws IndistinctError 'usage' for an unknown name, 'file' when its files are not there, 'bad-data' when they are
 * broken or incomplete.
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  const known = knownDataset(name)
  if (!known) {
    const names = knownDatasets.map((each) => each.name).join(', ')
    throw usageError(`unknown data set ${JSON.stringify(name)}: expected one of ${names}`)
  }
  const { seed, strength } = options
  if (known.kind === 'real') return complete(known, known.read(await readFiles(known, options)))
  return known.generate({ ...(seed !== undefined && { seed }), ...(strength !== undefined && { strength }) })
}

/**
 * Loads a data set of the user's own from an interactions CSV and, if given, an attributes CSV; errors name the paths.
 * @throws IndistinctError 'file' when a file cannot be read; otherwise as `readCsvDataset`.
 */
export async function loadCsvDataset(
  paths: { readonly interactions: string; readonly attributes?: string },
  options: Omit<CsvOptions, 'interactionsFile' | 'attributesFile'> = {},
): Promise<Dataset> {
  const interactions = await readBytes(paths.interactions)
  const names = {
    interactionsFile: paths.interactions,
    ...(paths.attributes !== undefined && { attributesFile: paths.attributes }),
  }
  const attributes = paths.attributes === undefined ? undefined : await readBytes(paths.attributes)
  return readCsvDataset({ interactions, ...(attributes && { attributes }) }, { ...options, ...names })
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

function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: Error) => {
    throw fileError(`cannot read ${path}: ${cause.message}`, { cause })
  })
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
