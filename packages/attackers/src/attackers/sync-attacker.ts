/** @file Attackers whose fits do not wait for anything: plain arithmetic on the calling thread. */

import type { Matrix } from '@indistinct/core'
import { nextTurn } from '@indistinct/core/platform'
import type { Attacker, AttackerOptions } from '../attacker.ts'

/** Gives the class scores (N, C) of rows (N, K). */
export type Scorer = (rows: Matrix) => Matrix

export type SyncFit = (x: Matrix, codes: Int32Array, options: AttackerOptions) => Scorer

export interface SyncAttacker extends Attacker {
  /** What `fit` does, without promises: for threads that run many fits one after the other. */
  readonly fitSync: SyncFit
}

export function syncAttacker(
  name: string,
  fitSync: SyncFit,
  { scaleFree = false, ofProducts }: Partial<Pick<Attacker, 'scaleFree' | 'ofProducts'>> = {},
): SyncAttacker {
  return {
    name,
    scaleFree,
    fitSync,
    ...(ofProducts && { ofProducts }),
    async fit(x, codes, options) {
      // The fit holds the thread: attackers in worker threads are handed their next task first.
      await nextTurn()
      const score = fitSync(x, codes, options)
      return { scores: async (rows) => score(rows) }
    },
  }
}
