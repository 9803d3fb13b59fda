/** @file Scores in blocks of users, so many at a time as memory holds. */

import type { Matrix } from '@indistinct/core'
import type { ScoreSource } from '@indistinct/recommenders'

/** Users of a block, so that it holds about four million scores. */
export function blockRows(source: ScoreSource): number {
  return Math.max(1, Math.floor(4e6 / Math.max(1, source.items)))
}

/** Calls `visit` for each block of `source` in turn, with the first user of it. */
export function forEachBlock(source: ScoreSource, visit: (block: Matrix, from: number) => void): void {
  const rows = blockRows(source)
  for (let from = 0; from < source.users; from += rows)
    visit(source.block(from, Math.min(source.users, from + rows)), from)
}
