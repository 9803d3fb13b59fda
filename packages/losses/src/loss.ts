/** @file What every loss returns. */

import type { Matrix } from '@indistinct/core'

/** A loss at theta (N, K): its value and its gradient (N, K), zero on rows that the loss does not see. */
export interface Loss {
  readonly value: number
  readonly gradient: Matrix
}
