/** @file One method over every user table of a model: a table left out leaks on. */

import { usageError, type Labels, type Matrix } from '@indistinct/core'
import { unlearners, type UnlearnerName, type UnlearnerOptions } from './unlearners.ts'
import type { Unlearned } from './unlearned.ts'

/**
 * Unlearns each of `tables` (name -> (N, K); widths may differ, users are the same rows) by `method` with one set of
 * options, and returns the results under the same names. Tables are treated one by one: `Unlearned` says what became
 * of each.
 * @throws IndistinctError 'usage' for an unknown method or no table; whatever the method throws, with the table named.
 */
export function unlearnTables<Name extends UnlearnerName>(
  tables: Readonly<Record<string, Matrix>>,
  labels: Labels,
  method: Name,
  options: UnlearnerOptions[Name] = {},
): Record<string, Unlearned> {
  if (!Object.hasOwn(unlearners, method)) {
    throw usageError(`unlearnTables: expected one of ${Object.keys(unlearners).join(', ')}, got '${method}'`)
  }
  const entries = Object.entries(tables)
  if (entries.length === 0) throw usageError('unlearnTables: expected at least one user table, got none')
  return Object.fromEntries(entries.map(([name, table]) => {
    try {
      return [name, unlearners[method].unlearn(table, labels, options)]
    } catch (error) {
      // The class and code of the error stay: callers branch on them.
      if (error instanceof Error) error.message = `table '${name}': ${error.message}`
      throw error
    }
  }))
}
