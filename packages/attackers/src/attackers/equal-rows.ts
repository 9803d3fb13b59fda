/**
 * @file The attacker that looks for equal vectors alone: a user is taken to be what the known users with the very same
 * vector are. Of unlearned tables it tells whether users who shared one vector were parted by their labels.
 */

import { bytesOf, latin1Text, type Matrix } from '@indistinct/core'
import { syncAttacker, type SyncAttacker } from './sync-attacker.ts'

/**
 * Shares of the labels among the known rows that are equal in every bit, with the share among all as one more row; that
 * share alone where there is none. No zero differs from another.
 */
export const equalRows: SyncAttacker = syncAttacker(
  'equal-rows',
  (x, codes, { classes }) => {
    const prior = new Float64Array(classes)
    for (const code of codes) prior[code]! += 1 / codes.length
    const counts = new Map<string, Float64Array>()
    const keys = rowKeys(x)
    for (let i = 0; i < x.rows; i++) {
      const known = counts.get(keys[i]!) ?? new Float64Array(classes)
      known[codes[i]!]!++
      counts.set(keys[i]!, known)
    }
    return (asked) => {
      const out = new Float32Array(asked.rows * classes)
      rowKeys(asked).forEach((key, i) => {
        const known = counts.get(key)
        const total = known ? known.reduce((sum, count) => sum + count, 0) : 0
        for (let c = 0; c < classes; c++) out[i * classes + c] = ((known?.[c] ?? 0) + prior[c]!) / (total + 1)
      })
      return { rows: asked.rows, cols: classes, data: out }
    }
  },
  { scaleFree: true },
)

/** A text for each row of `x` (N, K), the same for equal rows alone. */
function rowKeys({ rows, cols, data }: Matrix): string[] {
  // -0 and 0 are one value of two bit patterns.
  const bytes = bytesOf(Float32Array.from(data, (value) => value + 0))
  return Array.from({ length: rows }, (_, i) => latin1Text(bytes.subarray(4 * i * cols, 4 * (i + 1) * cols)))
}
