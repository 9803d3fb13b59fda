/**
 * @file The LFM-2b subset in the layout in which it was published: three tab separated files without header or quoting.
 * The user of an interaction is the row, from 0, of the listener in the demo file, as in the authors' released code
 * (which pairs pandas' row index with user_id); the track likewise is a row of the tracks file.
 */

import { badData, encodeLabels } from '@indistinct/core'
import { ageGroup } from './age-group.ts'
import { assembleDataset } from '../assemble.ts'
import type { Dataset } from '../dataset.ts'
import { codesOfIds } from '../rows/integer-ids.ts'
import { quoted, readIntegerRows } from '../rows/integer-rows.ts'
import { readTextRows } from '../rows/text-rows.ts'
import type { FileDataset } from '../known-dataset.ts'

export interface Lfm2bFiles {
  readonly 'sampled_100000_items_inter.txt': Uint8Array
  readonly 'sampled_100000_items_demo.txt': Uint8Array
  readonly 'sampled_100000_items_tracks.txt': Uint8Array
}

const INTER = 'sampled_100000_items_inter.txt'
const DEMO = 'sampled_100000_items_demo.txt'
const TRACKS = 'sampled_100000_items_tracks.txt'
const advice = 'copy the published files again'

/** Last.fm's profile says n where the listener did not say, which is a missing label like an empty field. */
const GENDERS: Readonly<Record<string, string>> = { m: 'M', f: 'F', n: '', '': '' }

/**
 * Reads the subset: tracks as items, play counts as ratings, attributes `gender` (F, M), `age` (the groups of
 * MovieLens 1M; -1 is missing) and `country` (two letters; "NA" is Namibia and an empty field is missing).
 * @throws IndistinctError 'bad-data' that names file, row and column.
 */
export function readLfm2b(files: Lfm2bFiles): Dataset {
  const demoColumns = ['user name', 'country', 'age', 'gender', 'timestamp']
  const demo = readTextRows(files[DEMO], {
    file: DEMO,
    encoding: 'utf-8',
    delimiter: '\t',
    columns: demoColumns,
    advice,
  })
  const names = new Map<string, number>()
  demo.forEach(([name, , age, gender], row) => {
    const place = `${DEMO}, row ${row + 1}, column`
    const before = names.get(name!)
    if (before !== undefined)
      throw badData(
        `${place} 1 (user name): expected every user once, got ${quoted(name!)} again after row ${before + 1}; ` +
          `${advice}`,
      )
    names.set(name!, row)
    if (!/^(-1|\d{1,3})$/.test(age!))
      throw badData(`${place} 3 (age): expected years or -1, got ${quoted(age!)}; ${advice}`)
    if (GENDERS[gender!] === undefined)
      throw badData(`${place} 4 (gender): expected m, f, n or nothing, got ${quoted(gender!)}; ${advice}`)
  })
  const tracks = readTextRows(files[TRACKS], {
    file: TRACKS,
    encoding: 'utf-8',
    delimiter: '\t',
    columns: ['artist', 'track'],
    advice,
  })
  const [userIds, trackIds, plays] = readIntegerRows(files[INTER], {
    file: INTER,
    delimiter: '\t',
    columns: ['user_id', 'track_id', 'play_count'],
    advice,
  }) as [Float64Array, Float64Array, Float64Array]
  const unknown = (column: string, rows: number, file: string) => (id: number, row: number) =>
    badData(
      `${INTER}, row ${row + 1}, column ${column}: expected a row of ${file}, 0 to ${rows - 1}, got ${id}; ${advice}`,
    )
  return assembleDataset({
    name: 'lfm-2b',
    users: demo.map((_, row) => String(row)),
    items: tracks.map((_, row) => String(row)),
    itemNames: tracks.map(([artist, track]) => `${artist} – ${track}`),
    pairUsers: codesOfIds(userIds, [...demo.keys()], unknown('1 (user_id)', demo.length, DEMO)),
    pairItems: codesOfIds(trackIds, [...tracks.keys()], unknown('2 (track_id)', tracks.length, TRACKS)),
    ratings: Float32Array.from(plays),
    attributes: {
      gender: encodeLabels(demo.map((row) => GENDERS[row[3]!])),
      age: encodeLabels(demo.map((row) => (row[2] === '-1' ? '' : ageGroup(Number(row[2]))))),
      country: encodeLabels(demo.map((row) => row[1])),
    },
  })
}

/** What is known of it, and how it is read. */
export const lfm2b: FileDataset<keyof Lfm2bFiles> = {
  name: 'lfm-2b',
  title: 'LFM-2b, the gender fairness subset of 100,000 tracks (Melchiorre et al. 2021)',
  kind: 'real',
  licence: 'derived from Last.fm, non-commercial research use only',
  page: 'https://www.cp.jku.at/datasets/LFM-2b/',
  folder: 'lfm-2b',
  files: [
    { name: 'sampled_100000_items_inter.txt' },
    { name: 'sampled_100000_items_demo.txt' },
    { name: 'sampled_100000_items_tracks.txt' },
  ],
  withdrawn:
    'it was withdrawn from public access for licence reasons; lfm-2b-synthetic is a generated twin with its ' +
    'published statistics',
  read: readLfm2b,
}
