/** @file Negative sampling: items that a user has not interacted with. */

import type { Csr, Random } from '@indistinct/core'
import { openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

const usersPerTask = 4096

/**
 * Draws `perUser` items uniformly from those that row users[r] of `seen` (U, I) does not hold, for each r, into
 * out[r * perUser ..]. One draw, one binary search: the rank of an unseen item is mapped to the item, nothing is
 * rejected. `random` gives the key of the draws.
 * @throws RangeError when `out` has another length, or a user has seen every item.
 */
export function sampleUnseen(users: Int32Array, seen: Csr, perUser: number, random: Random, out: Int32Array): void {
  if (out.length !== users.length * perUser) {
    throw new RangeError(`sampleUnseen: expected out of ${users.length} x ${perUser}, got ${out.length}`)
  }
  for (const user of users) {
    if (seen.indptr[user + 1]! - seen.indptr[user]! >= seen.cols) {
      throw new RangeError(
        `sampleUnseen: expected users with an unseen item, got user ${user}, who has seen all ${seen.cols}`,
      )
    }
  }
  const key = Array.from({ length: 4 }, () => random.integer(4294967296))
  const frame = openFrame()
  const args = [
    frame.input(users),
    frame.input(seen.indptr),
    frame.input(seen.indices),
    frame.output(out),
    users.length,
    seen.cols,
    perUser,
    usersPerTask,
    ...key,
  ]
  runKernel('sampleUnseen', Math.ceil(users.length / usersPerTask), args)
  frame.close()
}
