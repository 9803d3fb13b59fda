/**
 * @file What every reader does last: duplicate pairs, and users and items without interactions, are dropped and noted.
 */

import { counted, type Labels } from '@indistinct/core'
import { degrees, selectPart, type Dataset } from './dataset.ts'

export interface DatasetParts {
  readonly name: string
  readonly users: readonly string[]
  readonly items: readonly string[]
  readonly itemNames?: readonly string[]
  /** Codes of the pairs in file order, duplicates and all. */
  readonly pairUsers: Int32Array
  readonly pairItems: Int32Array
  readonly ratings?: Float32Array
  readonly attributes: Readonly<Record<string, Labels>>
  /** What the reader has to say itself. */
  readonly notes?: readonly string[]
}

/** Of a pair that occurs several times the first row stays. Interactions keep the order of the file. */
export function assembleDataset(parts: DatasetParts): Dataset {
  const kept = firstOccurrences(parts.users.length, parts.items.length, parts.pairUsers, parts.pairItems)
  const notes = [...(parts.notes ?? [])]
  const duplicates = parts.pairUsers.length - kept.length
  if (duplicates > 0) notes.push(`${counted(duplicates, 'duplicate user-item row')} dropped`)
  const ratings = parts.ratings
  const whole: Dataset = {
    name: parts.name,
    users: parts.users,
    items: parts.items,
    ...(parts.itemNames && { itemNames: parts.itemNames }),
    interactions: {
      users: taken(parts.pairUsers, kept, new Int32Array(kept.length)),
      items: taken(parts.pairItems, kept, new Int32Array(kept.length)),
      ...(ratings && { ratings: taken(ratings, kept, new Float32Array(kept.length)) }),
    },
    attributes: parts.attributes,
    notes,
  }
  const degree = degrees(whole)
  const users = Uint8Array.from(degree.users, (count) => (count > 0 ? 1 : 0))
  const items = Uint8Array.from(degree.items, (count) => (count > 0 ? 1 : 0))
  const idleUsers = users.reduce((sum, mark) => sum + 1 - mark, 0)
  const idleItems = items.reduce((sum, mark) => sum + 1 - mark, 0)
  if (idleUsers > 0) notes.push(`${counted(idleUsers, 'user')} without interactions left out`)
  if (idleItems > 0) notes.push(`${counted(idleItems, 'item')} without interactions left out`)
  return idleUsers + idleItems > 0 ? selectPart(whole, users, items) : whole
}

/** Rows whose pair did not occur before, ascending: one bucket a user, and for each item the last user seen with it. */
function firstOccurrences(users: number, items: number, pairUsers: Int32Array, pairItems: Int32Array): Int32Array {
  const start = new Int32Array(users + 1)
  for (const user of pairUsers) start[user + 1]!++
  for (let i = 0; i < users; i++) start[i + 1]! += start[i]!
  const byUser = new Int32Array(pairUsers.length)
  const next = start.slice()
  for (let p = 0; p < pairUsers.length; p++) byUser[next[pairUsers[p]!]!++] = p
  const lastUser = new Int32Array(items).fill(-1)
  const repeated = new Uint8Array(pairUsers.length)
  for (let i = 0; i < users; i++) {
    for (let q = start[i]!; q < start[i + 1]!; q++) {
      const p = byUser[q]!
      if (lastUser[pairItems[p]!] === i) repeated[p] = 1
      else lastUser[pairItems[p]!] = i
    }
  }
  const rows = new Int32Array(pairUsers.length)
  let count = 0
  for (let p = 0; p < repeated.length; p++) if (repeated[p] === 0) rows[count++] = p
  return rows.subarray(0, count)
}

/** values[rows[0]], values[rows[1]], … in `out`. */
function taken<T extends Int32Array | Float32Array>(values: T, rows: Int32Array, out: T): T {
  for (let r = 0; r < rows.length; r++) out[r] = values[rows[r]!]!
  return out
}
