/** @file The data set type that readers produce, and selection of a part of it with fresh codes. */

import type { Labels } from '@indistinct/core'

/** Pairs of user and item codes, one pair an interaction (n each); no pair occurs twice. */
export interface Interactions {
  readonly users: Int32Array
  readonly items: Int32Array
  /** What the file says of the pair: stars, or a play count. Absent where it says nothing. */
  readonly ratings?: Float32Array
}

/** Who interacted with what, and the sensitive attributes of the users. Codes index `users` and `items`. */
export interface Dataset {
  readonly name: string
  /** Raw user ids (N). */
  readonly users: readonly string[]
  /** Raw item ids (M). */
  readonly items: readonly string[]
  /** Titles of the items (M), where the source has them. */
  readonly itemNames?: readonly string[]
  readonly interactions: Interactions
  /** Labels of the users by attribute name, each (N). */
  readonly attributes: Readonly<Record<string, Labels>>
  /** What the reader changed or left out, one sentence each: duplicate rows, users without interactions. */
  readonly notes: readonly string[]
}

/** Number of interactions of each user (N) and of each item (M). */
export function degrees(dataset: Dataset): { users: Int32Array; items: Int32Array } {
  const users = new Int32Array(dataset.users.length)
  const items = new Int32Array(dataset.items.length)
  for (const user of dataset.interactions.users) users[user]!++
  for (const item of dataset.interactions.items) items[item]!++
  return { users, items }
}

/**
 * The part of a data set that keeps the marked users and items and the interactions between them. Codes are
 * renumbered in the old order; classes of attributes stay as they are, even where nobody is left in one.
 * @param users 1 for each user kept (N); @param items 1 for each item kept (M).
 */
export function selectPart(dataset: Dataset, users: Uint8Array, items: Uint8Array): Dataset {
  const keptUsers = positions(users)
  const keptItems = positions(items)
  const userCode = renumber(users)
  const itemCode = renumber(items)
  const from = dataset.interactions
  const rows: number[] = []
  for (let p = 0; p < from.users.length; p++) {
    if (users[from.users[p]!] === 1 && items[from.items[p]!] === 1) rows.push(p)
  }
  const outUsers = new Int32Array(rows.length)
  const outItems = new Int32Array(rows.length)
  const outRatings = from.ratings ? new Float32Array(rows.length) : undefined
  for (let r = 0; r < rows.length; r++) {
    const p = rows[r]!
    outUsers[r] = userCode[from.users[p]!]!
    outItems[r] = itemCode[from.items[p]!]!
    if (outRatings) outRatings[r] = from.ratings![p]!
  }
  const attributes: Record<string, Labels> = {}
  for (const [name, labels] of Object.entries(dataset.attributes)) {
    attributes[name] = { classes: labels.classes, codes: keptUsers.map((user) => labels.codes[user]!) }
  }
  const itemNames = dataset.itemNames
  return {
    name: dataset.name,
    users: Array.from(keptUsers, (user) => dataset.users[user]!),
    items: Array.from(keptItems, (item) => dataset.items[item]!),
    ...(itemNames && { itemNames: Array.from(keptItems, (item) => itemNames[item]!) }),
    interactions: { users: outUsers, items: outItems, ...(outRatings && { ratings: outRatings }) },
    attributes,
    notes: dataset.notes,
  }
}

function positions(marks: Uint8Array): Int32Array {
  const out: number[] = []
  for (let i = 0; i < marks.length; i++) if (marks[i] === 1) out.push(i)
  return Int32Array.from(out)
}

function renumber(marks: Uint8Array): Int32Array {
  const out = new Int32Array(marks.length)
  let next = 0
  for (let i = 0; i < marks.length; i++) out[i] = marks[i] === 1 ? next++ : -1
  return out
}
