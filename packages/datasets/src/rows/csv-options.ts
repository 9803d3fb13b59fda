/** @file How a CSV of the user's own is laid out. */

import type { OptionKinds } from '@indistinct/core'

/** What may be done with a user of the interactions without a row of attributes. */
export const unknownUsers = ['error', 'unlabelled'] as const

export type UnknownUsers = (typeof unknownUsers)[number]

export interface CsvOptions {
  /** Name of the data set in results. Default `csv`. */
  readonly name?: string
  /** Columns of the interactions file. Defaults `user` and `item`; no rating column. */
  readonly userColumn?: string
  readonly itemColumn?: string
  readonly ratingColumn?: string
  /** Column of the attributes file that holds the user id. Default: `userColumn`. */
  readonly attributesUserColumn?: string
  /** Columns of the attributes file to read. Default: all that have a name but the user id. */
  readonly attributes?: readonly string[]
  /** Default: a comma, in both files. */
  readonly delimiter?: string
  /** What to do with a user of the interactions without a row of attributes: stop (default), or leave it unlabelled. */
  readonly unknownUsers?: UnknownUsers
  /** How the files are called in errors. Defaults `interactions.csv` and `attributes.csv`. */
  readonly interactionsFile?: string
  readonly attributesFile?: string
}

export const csvKinds: OptionKinds<CsvOptions> = {
  name: 'string',
  userColumn: 'string',
  itemColumn: 'string',
  ratingColumn: 'string',
  attributesUserColumn: 'string',
  attributes: 'list',
  delimiter: 'string',
  unknownUsers: 'string',
  interactionsFile: 'string',
  attributesFile: 'string',
}
