/** @file MovieLens 100K: u.data (tabs), u.user and u.item (`|`, although its README says tab), all latin-1. */

import type { Dataset } from './dataset.ts'
import { assembleMovielens } from './movielens.ts'
import { readTextRows } from './text-rows.ts'

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
