/** @file One method over every user table of a model: a table left out leaks on. */

import { labelledRows, usageError, type Labels, type Matrix } from '@indistinct/core'
import { checkedClasses } from './checked-classes.ts'
import { derivedTable } from './fitted/derived-table.ts'
import { relabelTables, type PointsOf, type RelabelOptions } from './relabel/relabel.ts'
import type { ScoreMetric } from './flow/score-metric.ts'
import { inTable, unlearnTogether } from './tables-together.ts'
import { unlearned, type Unlearned } from './unlearned.ts'
import { unlearners, type UnlearnerName, type UnlearnerOptions } from './unlearners.ts'

export interface TablesOptions {
  /**
   * Whether to treat the tables side by side as one wide table. Default: true for the flow and for `blind`, whose map
   * then is one of the rows of all tables side by side; `relabel` always does; other methods treat each on its own, as
   * their papers do.
   *
   * Tables of one model are functions of the same users. Treated one by one, each is at chance by itself, but an
   * attacker who holds several compares them. Treated side by side alone, they share one null, and one of them may keep
   * more than its own would be as long as another has less. The flow therefore brings each table to its own null first,
   * and then what is left side by side to the null of the whole. Tables are brought to the spread of the first for
   * this, and back.
   */
  readonly together?: boolean
  /**
   * What moving users of a table costs in scores, by table, while each is brought to its own null; for the flow only.
   * Tables without one cost the same in every direction.
   */
  readonly metrics?: Readonly<Record<string, ScoreMetric>>
  /**
   * Tables that no score depends on, as LightGCN's `layer-0` where `propagated` is published too; for the flow, `blind`
   * and `relabel`. They become linear functions of the other tables once these are unlearned, and tell nothing that
   * those do not: see `derivedTable`. `relabel` makes points so, and asks the other tables alone who is near to whom.
   */
  readonly derived?: readonly string[]
}

/** Whether `method` treats the tables of a model, or of a release, as one where nothing else is said. */
export function isTogether(method: string): boolean {
  return ['flow', 'blind', 'relabel'].includes(method)
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
  { together = isTogether(method), metrics = {}, derived = [] }: TablesOptions = {},
): Record<string, Unlearned> {
  checkRequest(tables, method, { metrics, derived })
  if (method === 'relabel') {
    expectSameRows(Object.entries(tables))
    const flow: PointsOf = (users, shuffled, onPass) =>
      embeddingsOf(
        unlearnTables(users, shuffled, 'flow', { engine: 'kernels', ...(onPass && { onPass }) }, { derived }),
      )
    return { ...relabelTables(tables, labels, flow, { ...(options as RelabelOptions), unscored: derived }).results }
  }
  if (derived.length > 0)
    return withDerived(tables, labels, derived, (others) =>
      unlearnTables(others, labels, method, options, { together, metrics }),
    )
  const optionsOf = (name: string): UnlearnerOptions[Name] => ({
    ...options,
    ...(metrics[name] && { metric: metrics[name] }),
  })
  const entries = Object.entries(tables)
  if (together && entries.length > 1) {
    expectSameRows(entries)
    return unlearnTogether({ tables, labels, method, options, optionsOf })
  }
  return Object.fromEntries(
    entries.map(([name, table]) => [
      name,
      inTable(name, () => unlearners[method].unlearn(table, labels, optionsOf(name))),
    ]),
  )
}

/** @throws IndistinctError 'usage', as `unlearnTables`. */
function checkRequest(
  tables: Readonly<Record<string, Matrix>>,
  method: string,
  { metrics, derived }: Required<Pick<TablesOptions, 'metrics' | 'derived'>>,
): void {
  if (!Object.hasOwn(unlearners, method)) {
    throw usageError(`unlearnTables: expected one of ${Object.keys(unlearners).join(', ')}, got '${method}'`)
  }
  if (Object.keys(tables).length === 0) throw usageError('unlearnTables: expected at least one user table, got none')
  const named = [...Object.keys(metrics), ...derived]
  const stranger = named.find((name) => !Object.hasOwn(tables, name))
  if (stranger !== undefined)
    throw usageError(
      `unlearnTables: expected metrics and derived tables of ${Object.keys(tables).join(', ')}, got '${stranger}'`,
    )
  if (Object.keys(metrics).length > 0 && method !== 'flow')
    throw usageError(`unlearnTables: expected metrics for method 'flow' only, got '${method}'`)
  if (derived.length > 0 && !isTogether(method))
    throw usageError(`unlearnTables: expected derived tables for methods that treat tables together, got '${method}'`)
}

function embeddingsOf(results: Readonly<Record<string, Unlearned>>): Record<string, Matrix> {
  return Object.fromEntries(Object.entries(results).map(([name, { embedding }]) => [name, embedding]))
}

/** `unlearn` on the tables that are not `derived`, and those as functions of them; in the order of `tables`. */
function withDerived(
  tables: Readonly<Record<string, Matrix>>,
  labels: Labels,
  derived: readonly string[],
  unlearn: (others: Record<string, Matrix>) => Record<string, Unlearned>,
): Record<string, Unlearned> {
  const entries = Object.entries(tables)
  const others = entries.filter(([name]) => !derived.includes(name))
  if (others.length === 0)
    throw usageError(`unlearnTables: expected a table to derive ${derived.join(', ')} from, got none`)
  expectSameRows(entries)
  const own = unlearn(Object.fromEntries(others))
  const from = others.map(([name]) => own[name]!.embedding)
  const { method } = own[others[0]![0]]!
  return Object.fromEntries(
    entries.map(([name, table]) => {
      if (own[name]) return [name, own[name]]
      checkedClasses(`unlearnTables: table '${name}'`, table, labels)
      const { embedding, explained } = derivedTable(table, from, labelledRows(labels))
      return [
        name,
        unlearned({
          embedding,
          method,
          parameters: { derived: others.map(([other]) => other), explained },
          trace: [],
          passes: 0,
        }),
      ]
    }),
  )
}

function expectSameRows(entries: readonly (readonly [string, Matrix])[]): void {
  const rows = entries[0]![1].rows
  for (const [name, table] of entries) {
    if (table.rows !== rows)
      throw new RangeError(`unlearnTables: expected ${rows} rows in table '${name}' as in the first, got ${table.rows}`)
  }
}
