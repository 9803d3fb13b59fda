/** @file Where the files of a data set are: the data folder, then the cache. */

import { environment, existsSync, homedir, join } from '@indistinct/core/platform'
import { fileError } from '@indistinct/core'
import type { KnownDataset } from './known-dataset.ts'

export interface Places {
  /**
   * A folder that holds one folder a data set (`ml-100k`, `ml-1m`, `lastfm-15k`, `lfm-2b`, `oulad`). Default:
   * INDISTINCT_DATA.
   */
  readonly dataFolder?: string | undefined
  /**
   * The folder that `fetchDataset` fills, of the same layout. Default: $XDG_CACHE_HOME/indistinct or
   * ~/.cache/indistinct.
   */
  readonly cacheFolder?: string | undefined
}

/** The data folder in use, if any: the option, else INDISTINCT_DATA. */
export function dataFolder(places: Places = {}): string | undefined {
  return places.dataFolder ?? (environment['INDISTINCT_DATA'] || undefined)
}

/** The cache folder in use. Like the XDG specification asks, a relative XDG_CACHE_HOME is ignored. */
export function cacheFolder(places: Places = {}): string {
  const xdg = environment['XDG_CACHE_HOME']
  return places.cacheFolder ?? join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'indistinct')
}

/** The first folder that has all files of the data set, or undefined. */
export function findDataset(known: KnownDataset, places: Places = {}): string | undefined {
  return candidates(known, places).find((folder) => known.files.every((file) => existsSync(join(folder, file.name))))
}

/**
 * The first folder that has all files of the data set.
 * @throws IndistinctError 'file' that says where it was looked for, what it is licensed under, and how to get it.
 */
export function locateDataset(known: KnownDataset, places: Places = {}): string {
  const found = findDataset(known, places)
  if (found !== undefined) return found
  const names = known.files.map((file) => file.name).join(', ')
  const looked = candidates(known, places)
    .map((folder) => {
      const missing = known.files.filter((file) => !existsSync(join(folder, file.name))).map((file) => file.name)
      return missing.length < known.files.length ? `${folder} (has no ${missing.join(', ')})` : folder
    })
    .join(' and in ')
  const get = known.download
    ? `Get it with \`indistinct data fetch ${known.name} --accept-licence\`, or download ${known.download.url} ` +
      `and run \`indistinct data fetch ${known.name} --accept-licence --from-file ${known.download.file}\`.`
    : `There is no download: ${known.withdrawn ?? known.derived}. If you have a copy, put its files into one of ` +
      'these folders.'
  const variable =
    dataFolder(places) === undefined ? ' INDISTINCT_DATA, which would name a folder of data sets, is not set.' : ''
  throw fileError(
    `${known.title} not found: expected ${names} in ${looked}.${variable} ${get} Licence: ${known.licence}.`,
  )
}

function candidates(known: KnownDataset, places: Places): string[] {
  const roots = [dataFolder(places), cacheFolder(places)].filter((root) => root !== undefined)
  return roots.map((root) => datasetFolder(root, known))
}

/** Where the data set lies in the data folder or the cache. */
export function datasetFolder(root: string, known: KnownDataset): string {
  return join(root, known.folder ?? known.name)
}
