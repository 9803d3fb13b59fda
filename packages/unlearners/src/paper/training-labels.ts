/** @file What the methods that act during training share: labels checked once, tables named, users drawn for a step. */

import { badData, checkLabels, type Labels, type Matrix, type Random } from '@indistinct/core'

/** Rows of each class that has users, in the order of `labels.classes`. */
export type ClassMembers = readonly Int32Array[]

/**
 * @throws RangeError when a code names no class; IndistinctError 'bad-data' unless two classes have users, two or more
 * of each.
 */
export function trainingClasses(caller: string, labels: Labels): ClassMembers {
  checkLabels(caller, labels)
  const rows: number[][] = labels.classes.map(() => [])
  labels.codes.forEach((code, i) => {
    if (code !== -1) rows[code]!.push(i)
  })
  const present = rows.filter((members) => members.length > 0)
  if (present.length < 2) {
    throw badData(
      `${caller}: expected users of at least two classes, got ${present.length}; check the attribute and how its ` +
        'rows join the users',
    )
  }
  rows.forEach((members, c) => {
    if (members.length === 1) {
      throw badData(
        `${caller}: expected at least two users of every class, got one of '${labels.classes[c]!}'; merge that ` +
          'class with another or blank its label',
      )
    }
  })
  return present.map((members) => Int32Array.from(members))
}

/**
 * The tables to act on: `names`, or all.
 * @throws RangeError for a name that the recommender has no table of, or a table without a row for every label.
 */
export function chosenTables<Table = Matrix>(
  caller: string,
  userTables: Readonly<Record<string, Table>>,
  names: readonly string[] | undefined,
  users: number,
  rowsOf: (table: Table) => number = (table) => (table as Matrix).rows,
): [string, Table][] {
  return (names ?? Object.keys(userTables)).map((name) => {
    const table = userTables[name]
    if (!table)
      throw new RangeError(`${caller}: expected tables among ${Object.keys(userTables).join(', ')}, got ${name}`)
    if (rowsOf(table) !== users)
      throw new RangeError(
        `${caller}: expected one label for each of the ${rowsOf(table)} rows of table ${name}, got ${users}`,
      )
    return [name, table]
  })
}

/** At most `limit` of `members`, drawn without replacement, in ascending order; all of them where that suffices. */
export function drawMembers(members: Int32Array, limit: number, random: Random): Int32Array {
  if (members.length <= limit) return members
  const pool = members.slice()
  for (let at = 0; at < limit; at++) {
    const other = at + random.integer(pool.length - at)
    const held = pool[at]!
    pool[at] = pool[other]!
    pool[other] = held
  }
  return pool.slice(0, limit).sort()
}
