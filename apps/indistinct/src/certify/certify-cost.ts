/** @file How long `certify` will take, said before it starts. */

import type { Labels, Matrix } from '@indistinct/core'
import { targetsSeconds } from '../audit/planned-attacks.ts'
import type { Log } from '../terminal/log.ts'
import { stagesLine } from '../terminal/work-stages.ts'
import type { CertifyArguments } from './certify-options.ts'

/** Says how long bounds and attacks on `embedding` (N, K) will take; nothing of short work. */
export function tellCertifying(embedding: Matrix, labels: Labels, args: CertifyArguments, log: Log): void {
  const { attribute, attacks, codes } = args
  const line = stagesLine([
    { name: 'bounds', seconds: boundSeconds(embedding, labels.classes.length, codes) },
    { name: 'attacks', seconds: attacks ? targetsSeconds(embedding, [{ attribute, labels }], args) : 0 },
  ])
  if (line !== undefined) log.info(`certify: ${line}`)
}

/**
 * Distances of the pairs of at most 10,000 users for each label, the two of two labels in one; a threshold on each
 * column; and for codes about 50 steps of k-means on the fifth of users that fixes them.
 */
function boundSeconds({ rows, cols: K }: Matrix, classes: number, codes = 0): number {
  const targets = classes === 2 ? 1 : classes
  const paired = Math.min(10_000, 0.8 * rows)
  return targets * (paired ** 2 * (2.5e-8 + 1.7e-9 * K) + 5e-7 * rows * K) + 1e-8 * rows * codes * K
}
