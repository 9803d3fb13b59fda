/** @file MovieLens 100K: u.data (tabs), u.user and u.item (`|`, although its README says tab), all latin-1. */

import type { Dataset } from '../dataset.ts'
import { assembleMovielens, movielensLicence } from './movielens.ts'
import { readTextRows } from '../rows/text-rows.ts'
import type { FileDataset } from '../known-dataset.ts'

/** Columns of u.item: 5 of the film and 19 genre flags (its README). */
const ITEM_COLUMNS = [
  'item',
  'title',
  'release',
  'video release',
  'url',
  'unknown',
  'Action',
  'Adventure',
  'Animation',
  "Children's",
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Film-Noir',
  'Horror',
  'Musical',
  'Mystery',
  'Romance',
  'Sci-Fi',
  'Thriller',
  'War',
  'Western',
]

const advice = 'unpack the files of ml-100k.zip again'

/**
 * Reads MovieLens 100K from the bytes of its files: ratings as interactions, attributes `gender`, `age` (in the groups
 * of MovieLens 1M) and `occupation`.
 * @throws IndistinctError 'bad-data' that names file, row and column.
 */
export function readMovielens100k(files: {
  readonly 'u.data': Uint8Array
  readonly 'u.user': Uint8Array
  readonly 'u.item': Uint8Array
}): Dataset {
  const columns = ['user', 'age', 'gender', 'occupation', 'zip code']
  const users = readTextRows(files['u.user'], { file: 'u.user', encoding: 'latin-1', delimiter: '|', columns, advice })
  const items = readTextRows(files['u.item'], {
    file: 'u.item',
    encoding: 'latin-1',
    delimiter: '|',
    columns: ITEM_COLUMNS,
    advice,
  })
  return assembleMovielens({
    name: 'ml-100k',
    ratings: { file: 'u.data', bytes: files['u.data'], delimiter: '\t' },
    users: {
      file: 'u.user',
      rows: users.map((row) => ({ id: row[0]!, age: row[1]!, gender: row[2]!, occupation: row[3]! })),
    },
    items: { file: 'u.item', rows: items.map((row) => ({ id: row[0]!, title: row[1]! })) },
    advice,
  })
}

/** What is known of it, and how it is read. */
export const movielens100k: FileDataset<'u.data' | 'u.user' | 'u.item'> = {
  name: 'ml-100k',
  title: 'MovieLens 100K',
  kind: 'real',
  licence: movielensLicence,
  page: 'https://grouplens.org/datasets/movielens/100k/',
  folder: 'ml-100k',
  files: [
    { name: 'u.data', sha256: '06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490' },
    { name: 'u.user', sha256: 'f120e114da2e8cf314fd28f99417c94ae9ddf1cb6db8ce0e4b5995d40e90e62c' },
    { name: 'u.item', sha256: '553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701' },
  ],
  download: {
    url: 'https://files.grouplens.org/datasets/movielens/ml-100k.zip',
    file: 'ml-100k.zip',
    md5: '0e33842e24a9c977be4e0107933c0723',
  },
  counts: { users: 943, items: 1682, interactions: 100_000 },
  read: readMovielens100k,
}
