/** @file The k-core of the user-item graph: what is left when everything with too few interactions is dropped. */

import { badData } from '@indistinct/core'
import { degrees, selectPart, type Dataset } from './dataset.ts'

/**
 * Drops users and items with fewer than `k` interactions, again and again until all that is left have `k` (the paper,
 * Section 4.1, drops under 5 and does not say whether it repeats; one pass would leave some below 5). The result does
 * not depend on the order of dropping.
 * @throws IndistinctError 'bad-data' when nothing is left; RangeError when k is no positive integer.
 */
export function kCore(dataset: Dataset, k: number): Dataset {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`kCore: expected a positive integer k, got ${k}`)
  const { users, items } = degrees(dataset)
  const keptUsers = new Uint8Array(users.length).fill(1)
  const keptItems = new Uint8Array(items.length).fill(1)
  const pairs = dataset.interactions
  let alive = Int32Array.from(pairs.users.keys())
  for (;;) {
    for (let i = 0; i < users.length; i++) if (users[i]! < k) keptUsers[i] = 0
    for (let j = 0; j < items.length; j++) if (items[j]! < k) keptItems[j] = 0
    const left = alive.filter((p) => keptUsers[pairs.users[p]!] === 1 && keptItems[pairs.items[p]!] === 1)
    if (left.length === alive.length) break
    users.fill(0)
    items.fill(0)
    for (const p of left) {
      users[pairs.users[p]!]!++
      items[pairs.items[p]!]!++
    }
    alive = left
  }
  if (alive.length === 0) {
    throw badData(
      `${dataset.name}: no user and item have ${k} interactions among themselves, expected some to be left; ` +
        'use a smaller k or more interactions',
    )
  }
  return selectPart(dataset, keptUsers, keptItems)
}
