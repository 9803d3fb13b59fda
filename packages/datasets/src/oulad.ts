/** @file OULAD: students of the Open University, the assessments they handed in, and who they are. */

import { readCsvDataset } from './csv.ts'
import type { Dataset } from './dataset.ts'

/**
 * Reads students as users and assessments as items, with the attributes `gender` (F, M), `age_band`, `disability` (N,
 * Y), `region` and `highest_education`. Students who handed nothing in are left out.
 * @throws IndistinctError 'bad-data' that names file, row and column; also when a student has no row in users.csv.
 */
export function readOulad(files: {
  readonly 'interactions.csv': Uint8Array
  readonly 'users.csv': Uint8Array
}): Dataset {
  return readCsvDataset(
    { interactions: files['interactions.csv'], attributes: files['users.csv'] },
    {
      name: 'oulad',
      attributesFile: 'users.csv',
      attributes: ['gender', 'age_band', 'disability', 'region', 'highest_education'],
    },
  )
}
