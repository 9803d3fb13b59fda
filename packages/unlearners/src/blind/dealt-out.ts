/** @file Users of each class in a random order that hangs on no label. */

import { randomStream } from '@indistinct/core'

/**
 * The rows of each class in the order of numbers drawn for all n rows: a user of another label changes places in these
 * two classes alone, so that what comes of it can be told from the luck of the draw.
 */
export function dealtOut(n: number, classes: readonly Int32Array[], seed: number, use: string): Int32Array[] {
  const random = randomStream(seed, 'blind', use)
  const drawn = Float64Array.from({ length: n }, () => random.uniform())
  return classes.map((rows) => rows.slice().sort((a, b) => drawn[a]! - drawn[b]! || a - b))
}
