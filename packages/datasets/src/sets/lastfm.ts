/** @file Last.fm, 15,000 listeners: one CSV of user, artist, sex, country, where artists with commas are quoted. */

import { badData, encodeLabels } from '@indistinct/core'
import { assembleDataset } from '../assemble.ts'
import { CodeBook } from '../rows/code-book.ts'
import { readCsvRows } from '../rows/csv-rows.ts'
import type { Dataset } from '../dataset.ts'
import { quoted } from '../rows/integer-rows.ts'
import type { FileDataset } from '../known-dataset.ts'

const file = 'lastfm.csv'
const advice = 'download lastfm.csv again'

/**
 * Reads the listeners from the bytes of lastfm.csv: artists as items, attributes `gender` (F, M) and `country`. Two
 * rows of the official file are duplicates and are dropped.
 * @throws IndistinctError 'bad-data' that names row and column; also when a user has two sexes or countries.
 */
export function readLastfm(files: { readonly 'lastfm.csv': Uint8Array }): Dataset {
  const { rows, place } = readCsvRows(files['lastfm.csv'], {
    file,
    columns: ['user', 'artist', 'sex', 'country'],
    advice,
  })
  const users = new CodeBook()
  const artists = new CodeBook()
  const sexes: string[] = []
  const countries: string[] = []
  const pairUsers = new Int32Array(rows.length)
  const pairItems = new Int32Array(rows.length)
  rows.forEach(([user, artist, sex, country], r) => {
    if (user === '' || artist === '')
      throw badData(
        `${place(r)}, column ${user === '' ? 'user' : 'artist'}: expected an id, got an empty field; ${advice}`,
      )
    if (sex !== 'f' && sex !== 'm')
      throw badData(`${place(r)}, column sex: expected f or m, got ${quoted(sex!)}; ${advice}`)
    const code = users.add(user!)
    if (code === sexes.length) {
      sexes.push(sex)
      countries.push(country!)
    } else if (sexes[code] !== sex || countries[code] !== country) {
      throw badData(
        `${place(r)}, columns sex and country: expected ${sexes[code]} and ${countries[code]} as before for user ` +
          `${user}, got ${sex} and ${country}; ${advice}`,
      )
    }
    pairUsers[r] = code
    pairItems[r] = artists.add(artist!)
  })
  return assembleDataset({
    name: 'lastfm',
    users: users.names,
    items: artists.names,
    pairUsers,
    pairItems,
    attributes: { gender: encodeLabels(sexes.map((sex) => sex.toUpperCase())), country: encodeLabels(countries) },
  })
}

/** What is known of it, and how it is read. */
export const lastfm: FileDataset<'lastfm.csv'> = {
  name: 'lastfm',
  title: 'Last.fm, 15,000 listeners (Ledolter, Data Mining and Business Analytics with R)',
  kind: 'real',
  licence: 'no licence is stated; derived from Last.fm, whose terms allow non-commercial use only',
  page: 'https://www.biz.uiowa.edu/faculty/jledolter/DataMining/',
  folder: 'lastfm-15k',
  files: [{ name: 'lastfm.csv', sha256: 'a41eae8c4dc6d14933fc0b6298b112b4225e89f8d0012ae9de3e5fb0780c4115' }],
  download: {
    url: 'https://www.biz.uiowa.edu/faculty/jledolter/DataMining/lastfm.csv',
    file: 'lastfm.csv',
    md5: '9bd37d6e611cbbb86b73e6e51b03a3df',
  },
  counts: { users: 15_000, items: 1004, interactions: 289_953 },
  read: readLastfm,
}
