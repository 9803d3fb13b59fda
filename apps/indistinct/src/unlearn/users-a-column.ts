/**
 * @file Whether one map for everybody has users enough to be fitted. A map of K columns that is fitted to few users
 * follows the label of each of them: its moves then tell labels to who holds an earlier release, and users whom an
 * attacker does not know are told by the other sign.
 */

import { labelledRows, WouldHarmError, type Labels } from '@indistinct/core'
import { unlearners, type UnlearnerName } from '@indistinct/unlearners'
import { countOf } from '../terminal/text-table.ts'

/** Users with a label for each column, below which a map is said to follow labels, and below which it is refused. */
const enough = 16
const least = 4

export interface UsersForColumns {
  /** Users with a label. */
  readonly users: number
  /** Of the widest table. */
  readonly columns: number
}

export function usersForColumns(tables: readonly { readonly cols: number }[], labels: Labels): UsersForColumns {
  return { users: labelledRows(labels).length, columns: Math.max(...tables.map(({ cols }) => cols)) }
}

/** Whether `method`, as a result names it, makes a map that follows the labels of so few users; noise follows none. */
export function followsLabels(method: string, { users, columns }: UsersForColumns): boolean {
  const known: Readonly<Record<string, { readonly mapsEveryone?: boolean }>> = unlearners
  return method !== 'random-noise' && known[method]?.mapsEveryone === true && users < enough * columns
}

/**
 * A warning of a map of `method` that would tell labels and is wanted all the same.
 * @throws WouldHarmError of one that nobody forces.
 */
export function tooFewUsers(method: UnlearnerName, size: UsersForColumns, force: boolean): string[] {
  const { users, columns } = size
  if (!followsLabels(method, size) || users >= least * columns) return []
  const why =
    `${countOf(users, 'user')} with a label are too few for ${countOf(columns, 'column')}: a map that ${method} ` +
    `fits to ` +
    'them follows the label of each, and moves tell it to who holds an earlier release'
  const fewer = Math.max(1, Math.floor(users / enough))
  if (force) return [`${why}; --force writes it all the same`]
  throw new WouldHarmError(
    `${why}, and nothing was written. Take at most ${countOf(fewer, 'column')}, such as leading ` +
      'principal components; unlearn by flow, which hides from who holds the tables alone; or look at the result ' +
      'with --force, which writes it',
  )
}
