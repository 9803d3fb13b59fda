/** @file The tables of a recommender that have a row a user. */

import type { Matrix } from '@indistinct/core'

/** User tables by name, each (users, K of that table). */
export type UserTables = Readonly<Record<string, Matrix>>
