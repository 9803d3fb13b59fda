/** @file Any data set of the user's own: a CSV of interactions and, if wanted, a CSV of user attributes. */

import { checkOptions, usageError } from '@indistinct/core'
import { assembleDataset } from '../assemble.ts'
import { readCsvAttributes } from './csv-attributes.ts'
import { readCsvInteractions } from './csv-interactions.ts'
import { csvKinds, unknownUsers, type CsvOptions } from './csv-options.ts'
import type { Dataset } from '../dataset.ts'

/**
 * Reads interactions, one row each, and attributes, one row a user. Ids are text and are kept as they stand; users and
 * items get their codes in order of first appearance. A pair of them is one interaction, whatever its rating. Empty
 * attribute fields are missing labels. Users that only the attributes file knows are left out. Notes tell of these, of
 * columns that are not read, and of ids that look like one.
 * @throws RangeError on options of another name or kind; IndistinctError 'bad-data' that names file,
 * row and column; 'usage' for attributes without their file.
 */
export function readCsvDataset(
  files: { readonly interactions: Uint8Array; readonly attributes?: Uint8Array },
  options: CsvOptions = {},
): Dataset {
  checkOptions<CsvOptions>('readCsvDataset', options, csvKinds)
  const { name = 'csv', unknownUsers: strangers = 'error' } = options
  if (!unknownUsers.includes(strangers))
    throw new RangeError(
      `readCsvDataset: expected unknownUsers ${unknownUsers.join(' or ')}, got ${JSON.stringify(strangers)}`,
    )
  const { users, items, placeOf, notes, ...pairs } = readCsvInteractions(files.interactions, options)
  if (!files.attributes && options.attributes)
    throw usageError(`readCsvDataset: expected an attributes file for ${options.attributes.join(', ')}, got none`)
  const joined = files.attributes
    ? readCsvAttributes(files.attributes, users, placeOf, options)
    : { attributes: {}, notes: [] }
  return assembleDataset({
    name,
    users: users.names,
    items: items.names,
    ...pairs,
    attributes: joined.attributes,
    notes: [...notes, ...joined.notes],
  })
}
