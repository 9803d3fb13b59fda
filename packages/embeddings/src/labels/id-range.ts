/** @file Ids that are whole numbers: their range, and whether two files count them from different numbers. */

import { badData } from '@indistinct/core'

export interface IdRange {
  readonly least: number
  readonly most: number
  /** Of those that are whole numbers. */
  readonly count: number
  /** Whether all are, written without leading zeros. */
  readonly whole: boolean
}

export interface GatheredRange {
  /** Takes in an id; the number that it is, where it is a whole one. */
  add(id: string): number | undefined
  seen(): IdRange
}

/** The range of `ids`, and of those that are added. */
export function idRange(ids: readonly string[] = []): GatheredRange {
  let [least, most, count, whole] = [Infinity, -Infinity, 0, true]
  const add = (id: string): number | undefined => {
    if (!/^(0|[1-9]\d{0,14})$/.test(id)) {
      whole = false
      return undefined
    }
    const number = Number(id)
    if (number < least) least = number
    if (number > most) most = number
    count++
    return number
  }
  for (const id of ids) add(id)
  return { add, seen: () => ({ least, most, count, whole }) }
}

/** Users of a table below which ends that are one apart may be chance. */
const FEWEST = 10

/**
 * What to warn of where the ids of a file begin one before or after those of a table whose ids have no gaps.
 * @throws IndistinctError 'bad-data' where they end so, too: one side counts from 0, the other from 1.
 */
export function countedApart(
  { path, table }: { readonly path: string; readonly table: string },
  file: IdRange,
  own: IdRange,
): string[] {
  // Where ids have gaps, a user more or less at either end is usual.
  const gapless = own.whole && own.most - own.least + 1 === own.count
  const step = file.least - own.least
  if (!file.whole || !gapless || Math.abs(step) !== 1) return []
  if (file.most - own.most === step && (file.count === own.count || own.count >= FEWEST))
    throw badData(
      `${path}: ids go from ${file.least} to ${file.most}, those of ${table} from ${own.least} to ${own.most}: one ` +
        'side counts one further than the other; ' +
        'write ids of one kind in both files, or leave out the line of the user without a row',
    )
  if (Math.min(file.least, own.least) !== 0 || own.count < FEWEST) return []
  return [
    `ids of ${path} begin at ${file.least}, those of ${table} at ${own.least}: if their first users are the same, ` +
      'all are joined one row off; write ids of one kind in both files then',
  ]
}
