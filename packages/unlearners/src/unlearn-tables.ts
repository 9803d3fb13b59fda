/** @file One method, by its name, over every user table of a model. */

import { usageError, type Labels, type Matrix } from '@indistinct/core'
import { treatsTogether, unlearnTablesBy, type TablesOptions } from './unlearn-tables-by.ts'
import type { Unlearned } from './unlearned.ts'
import { unlearners, type UnlearnerName, type UnlearnerOptions } from './unlearners.ts'

/** Whether `method` treats the tables of a model, or of a release, as one where nothing else is said. */
export function isTogether(method: string): boolean {
  return Object.hasOwn(unlearners, method) && treatsTogether(unlearners[method as UnlearnerName])
}

/**
 * Unlearns each of `tables` (name -> (N, K); widths may differ, users are the same rows) by `method` with one set of
 * options, and returns the results under the same names: `Unlearned` says what became of each. With `together`,
 * `parameters.together` are those of the one wide table and name its parts in order; its passes and trace follow the
 * table's own.
 * @throws IndistinctError 'usage' for an unknown method, no table, or metrics and derived tables that do not fit;
 * RangeError when `together` meets tables of different numbers of rows; whatever the method throws, with the table
 * named.
 */
export function unlearnTables<Name extends UnlearnerName>(
  tables: Readonly<Record<string, Matrix>>,
  labels: Labels,
  method: Name,
  options: UnlearnerOptions[Name] = {},
  how: TablesOptions = {},
): Record<string, Unlearned> {
  if (!Object.hasOwn(unlearners, method))
    throw usageError(`unlearnTables: expected one of ${Object.keys(unlearners).join(', ')}, got '${method}'`)
  return unlearnTablesBy({ name: method, ...unlearners[method] }, tables, labels, options, how)
}
