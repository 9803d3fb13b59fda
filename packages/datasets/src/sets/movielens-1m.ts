/** @file MovieLens 1M: `::` between columns, latin-1, item ids with gaps, coded ages and occupations. */

import { badData } from '@indistinct/core'
import type { Dataset } from '../dataset.ts'
import { quoted } from '../rows/integer-rows.ts'
import { assembleMovielens, movielensLicence } from './movielens.ts'
import { readTextRows } from '../rows/text-rows.ts'
import type { FileDataset } from '../known-dataset.ts'

/** Names of the occupation codes 0 to 20 (its README). */
const OCCUPATIONS = [
  'other',
  'academic/educator',
  'artist',
  'clerical/admin',
  'college/grad student',
  'customer service',
  'doctor/health care',
  'executive/managerial',
  'farmer',
  'homemaker',
  'K-12 student',
  'lawyer',
  'programmer',
  'retired',
  'sales/marketing',
  'scientist',
  'self-employed',
  'technician/engineer',
  'tradesman/craftsman',
  'unemployed',
  'writer',
]

const AGE_CODES = new Set(['1', '18', '25', '35', '45', '50', '56'])

const advice = 'unpack the files of ml-1m.zip again'

/**
 * Reads MovieLens 1M from the bytes of its files: ratings as interactions, attributes `gender`, `age` (groups) and
 * `occupation`.
 * @throws IndistinctError 'bad-data' that names file, row and column.
 */
export function readMovielens1m(files: {
  readonly 'ratings.dat': Uint8Array
  readonly 'users.dat': Uint8Array
  readonly 'movies.dat': Uint8Array
}): Dataset {
  const columns = ['user', 'gender', 'age', 'occupation', 'zip code']
  const users = readTextRows(files['users.dat'], {
    file: 'users.dat',
    encoding: 'latin-1',
    delimiter: '::',
    columns,
    advice,
  })
  const items = readTextRows(files['movies.dat'], {
    file: 'movies.dat',
    encoding: 'latin-1',
    delimiter: '::',
    columns: ['item', 'title', 'genres'],
    advice,
  })
  return assembleMovielens({
    name: 'ml-1m',
    ratings: { file: 'ratings.dat', bytes: files['ratings.dat'], delimiter: '::' },
    users: {
      file: 'users.dat',
      rows: users.map((row, r) => {
        const place = `users.dat, row ${r + 1}, column`
        if (!AGE_CODES.has(row[2]!))
          throw badData(
            `${place} 3 (age): expected one of ${[...AGE_CODES].join(', ')}, got ${quoted(row[2]!)}; ${advice}`,
          )
        const occupation = /^\d{1,2}$/.test(row[3]!) ? OCCUPATIONS[Number(row[3])] : undefined
        if (occupation === undefined)
          throw badData(`${place} 4 (occupation): expected a code from 0 to 20, got ${quoted(row[3]!)}; ${advice}`)
        return { id: row[0]!, gender: row[1]!, age: row[2]!, occupation }
      }),
    },
    items: { file: 'movies.dat', rows: items.map((row) => ({ id: row[0]!, title: row[1]! })) },
    advice,
  })
}

/** What is known of it, and how it is read. */
export const movielens1m: FileDataset<'ratings.dat' | 'users.dat' | 'movies.dat'> = {
  name: 'ml-1m',
  title: 'MovieLens 1M',
  kind: 'real',
  licence: movielensLicence,
  page: 'https://grouplens.org/datasets/movielens/1m/',
  folder: 'ml-1m',
  files: [
    { name: 'ratings.dat', gitBlob: '77a7c4b150f588c23bb9e1f068aa996c0b413695' },
    { name: 'users.dat', sha256: '1dc3a95300cb19f7c10e027daf29b8cdf1d908dab65b5edfb45950aa389a10a3' },
    { name: 'movies.dat', sha256: '0140fc2356357c1a851d0f52e893a1e4d3696df632c4141cea8d5bc3d621f0b9' },
  ],
  download: {
    url: 'https://files.grouplens.org/datasets/movielens/ml-1m.zip',
    file: 'ml-1m.zip',
    md5: 'c4d9eecfca2ab87c1945afe126590906',
  },
  counts: { users: 6040, items: 3706, interactions: 1_000_209 },
  read: readMovielens1m,
}
