/** @file Tables of the same users that are to be unlearned by one method, and what runs for each of them. */

import type { Labels, Matrix } from '@indistinct/core'
import type { Unlearned } from './unlearned.ts'

/** Tables, each (N, K) with rows of the same users, and how they are unlearned. */
export interface TablesTask<Options> {
  readonly tables: Readonly<Record<string, Matrix>>
  readonly labels: Labels
  /** Name of the method. */
  readonly method: string
  readonly unlearn: (embedding: Matrix, labels: Labels, options?: Options) => Unlearned
  /** Of one table. */
  optionsOf(name: string): Options
  /** Of all side by side. */
  readonly options: Options
}

/** `work` on a table, which its errors name. */
export function inTable<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    // The class and code of the error stay: callers branch on them.
    if (error instanceof Error) error.message = `table '${name}': ${error.message}`
    throw error
  }
}
