/** @file OULAD: students of the Open University, the assessments they handed in, and who they are. */

import { readCsvDataset } from '../rows/csv.ts'
import type { Dataset } from '../dataset.ts'
import type { FileDataset } from '../known-dataset.ts'

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

/** What is known of it, and how it is read. */
export const oulad: FileDataset<'interactions.csv' | 'users.csv'> = {
  name: 'oulad',
  title: 'Open University Learning Analytics Dataset (Kuzilek, Hlosta, Zdrahal 2017): who handed in which assessment',
  kind: 'real',
  licence: 'CC BY 4.0: name its authors',
  page: 'https://analyse.kmi.open.ac.uk/open_dataset',
  folder: 'oulad',
  files: [
    { name: 'interactions.csv', sha256: 'a7e0bc5183e9c44a08323262fa36cd6fc70404acab20623f370898c5581339d5' },
    { name: 'users.csv', sha256: '2342e61570a51e686087dc77cf0631041a1c961edf7c0e52c1f6edb37c350527' },
  ],
  derived:
    'its two files are made from the official ones. interactions.csv has the columns user and item: id_student, and ' +
    '"a" with id_assessment, of every row of studentAssessment.csv. users.csv has user, gender, age_band, ' +
    'disability, region and highest_education of studentInfo.csv, one row a student',
  counts: { users: 23_369, items: 188, interactions: 173_912 },
  read: readOulad,
}
