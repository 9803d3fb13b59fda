/** @file What the two MovieLens releases share: their attributes, and putting their three files together. */

import { badData, encodeLabels, type Labels } from '@indistinct/core'
import { ageGroup } from './age-group.ts'
import { assembleDataset } from '../assemble.ts'
import type { Dataset } from '../dataset.ts'
import { codesOfIds, distinctIds, uniqueIntegerIds } from '../rows/integer-ids.ts'
import { quoted, readIntegerRows } from '../rows/integer-rows.ts'

/** The terms of both data sets, in one sentence. */
export const movielensLicence =
  'research use only: no redistribution, no commercial use without permission, and the GroupLens group must be ' +
  'acknowledged in publications'

export interface MovielensUser {
  readonly id: string
  readonly gender: string
  readonly age: string
  readonly occupation: string
}

export interface MovielensFiles {
  readonly name: string
  readonly ratings: { readonly file: string; readonly bytes: Uint8Array; readonly delimiter: string }
  readonly users: { readonly file: string; readonly rows: readonly MovielensUser[] }
  readonly items: { readonly file: string; readonly rows: readonly { readonly id: string; readonly title: string }[] }
  readonly advice: string
}

/** Joins ratings with users and items. Users keep the order of their file; items that nobody rated are left out. */
export function assembleMovielens({ name, ratings, users, items, advice }: MovielensFiles): Dataset {
  const columns = readIntegerRows(ratings.bytes, {
    file: ratings.file,
    delimiter: ratings.delimiter,
    columns: ['user', 'item', 'rating', 'timestamp'],
    advice,
  })
  const userIds = uniqueIntegerIds(
    users.rows.map((row) => row.id),
    { file: users.file, column: '1 (user)', advice },
  )
  const titleOf = new Map<number, string>()
  uniqueIntegerIds(
    items.rows.map((row) => row.id),
    { file: items.file, column: '1 (item)', advice },
  ).forEach((id, row) => titleOf.set(id, items.rows[row]!.title))
  const itemIds = distinctIds(columns[1]!)
  const untitled = itemIds.find((id) => !titleOf.has(id))
  if (untitled !== undefined) {
    const row = columns[1]!.indexOf(untitled)
    throw badData(
      `${ratings.file}, row ${row + 1}, column 2 (item): expected an item of ${items.file}, got ${untitled}; ${advice}`,
    )
  }
  return assembleDataset({
    name,
    users: userIds.map(String),
    items: itemIds.map(String),
    itemNames: itemIds.map((id) => titleOf.get(id)!),
    pairUsers: codesOfIds(columns[0]!, userIds, (id, row) =>
      badData(
        `${ratings.file}, row ${row + 1}, column 1 (user): expected a user of ${users.file}, got ${id}; ${advice}`,
      ),
    ),
    pairItems: codesOfIds(columns[1]!, itemIds, unknownItem),
    ratings: new Float32Array(columns[2]!),
    attributes: attributesOf(users, advice),
  })
}

function attributesOf({ file, rows }: MovielensFiles['users'], advice: string): Record<string, Labels> {
  rows.forEach(({ gender, age }, row) => {
    const place = `${file}, row ${row + 1}`
    if (gender !== 'F' && gender !== 'M')
      throw badData(`${place}, gender: expected F or M, got ${quoted(gender)}; ${advice}`)
    if (!/^\d{1,3}$/.test(age))
      throw badData(`${place}, age: expected a number of years or an age code, got ${quoted(age)}; ${advice}`)
  })
  return {
    gender: encodeLabels(rows.map((row) => row.gender)),
    age: encodeLabels(rows.map((row) => ageGroup(Number(row.age)))),
    occupation: encodeLabels(rows.map((row) => row.occupation)),
  }
}

function unknownItem(id: number): Error {
  return new Error(`assembleMovielens: expected item ${id} among the items of the ratings`)
}
