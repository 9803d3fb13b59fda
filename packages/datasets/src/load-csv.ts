/** @file A data set of the user's own, from CSV files. */

import { readFile } from '@indistinct/core/platform'
import { checkOptions, fileError } from '@indistinct/core'
import { readCsvDataset } from './rows/csv.ts'
import { csvKinds, type CsvOptions } from './rows/csv-options.ts'
import type { Dataset } from './dataset.ts'

/**
 * Loads a data set of the user's own from an interactions CSV and, if given, an attributes CSV; errors name the paths.
 * @throws IndistinctError 'file' when a file cannot be read; otherwise as `readCsvDataset`.
 */
export async function loadCsvDataset(
  paths: { readonly interactions: string; readonly attributes?: string },
  options: Omit<CsvOptions, 'interactionsFile' | 'attributesFile'> = {},
): Promise<Dataset> {
  checkOptions<CsvOptions>('loadCsvDataset', options, csvKinds)
  const interactions = await readBytes(paths.interactions)
  const names = {
    interactionsFile: paths.interactions,
    ...(paths.attributes !== undefined && { attributesFile: paths.attributes }),
  }
  const attributes = paths.attributes === undefined ? undefined : await readBytes(paths.attributes)
  return readCsvDataset({ interactions, ...(attributes && { attributes }) }, { ...options, ...names })
}

export function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: Error) => {
    throw fileError(`cannot read ${path}: ${cause.message}`, { cause })
  })
}
