/** @file A data set of the user's own: two CSV files, how they are laid out, and the name that results call it by. */

import { usageError } from '@indistinct/core'
import { basename } from '@indistinct/core/platform'
import type { Dataset } from './dataset.ts'
import { loadCsvDataset } from './load-csv.ts'
import { unknownUsers, type UnknownUsers } from './rows/csv-options.ts'

/** What `--interactions`, `--attributes` and the flags beside them say; plain JSON, so that a grid can hold it. */
export interface OwnFiles {
  /** Path of the CSV file of interactions, a row each. */
  readonly interactions: string
  /** Path of the CSV file of attributes, a row a user. */
  readonly attributes?: string
  /** Defaults `user` and `item`. */
  readonly userColumn?: string
  readonly itemColumn?: string
  /** Column of the attributes file that holds the user id. Default: `userColumn`. */
  readonly attributesUserColumn?: string
  /** One character, in both files. Default: a comma. */
  readonly delimiter?: string
  /** Users of the interactions without a row of attributes: an error (the default), or unlabelled. */
  readonly unknownUsers?: UnknownUsers
}

/** @throws IndistinctError 'usage' for anything else. */
export function unknownUsersOf(text: string): UnknownUsers {
  const found = unknownUsers.find((each) => each === text)
  if (!found) throw usageError(`--unknown-users: expected ${unknownUsers.join(' or ')}, got ${JSON.stringify(text)}`)
  return found
}

/** The file's name in lower case, what no name may hold replaced by dashes: `Plays 2024.csv` is `plays-2024.csv`. */
export function ownName(interactions: string): string {
  const name = basename(interactions)
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
  return name === '' ? 'own-files' : name
}

/**
 * The character that `text` asks for: itself, or a tab for `tab`.
 * @throws IndistinctError 'usage' for anything longer, or a quote or line end.
 */
export function delimiterOf(text: string): string {
  const character = text === 'tab' || text === '\\t' ? '\t' : text
  if ([...character].length !== 1 || /["\r\n]/.test(character))
    throw usageError(`--delimiter: expected one character, or tab, got ${JSON.stringify(text)}`)
  return character
}

/**
 * Loads the files; the result is named as `ownName` says.
 * @throws IndistinctError as `loadCsvDataset`.
 */
export function loadOwnFiles({ interactions, attributes, ...layout }: OwnFiles): Promise<Dataset> {
  return loadCsvDataset(
    { interactions, ...(attributes !== undefined && { attributes }) },
    { name: ownName(interactions), ...layout },
  )
}
