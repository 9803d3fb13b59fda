/** @file A method over every user table of a model: a table left out leaks on. */

import { checkOptions, usageError, type Labels, type Matrix } from '@indistinct/core'
import { checkedClasses } from './checked-classes.ts'
import { derivedTable } from './fitted/derived-table.ts'
import type { ScoreMetric } from './flow/score-metric.ts'
import { inTable, type TablesTask } from './tables-task.ts'
import { unlearnTogether } from './tables-together.ts'
import { unlearned, type Unlearned } from './unlearned.ts'
import type { Unlearner } from './unlearner.ts'

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

/** A method of the table of unlearners, or one like these. */
export type NamedUnlearner<Options> = Unlearner<Options> & { readonly name: string }

/** Whether the method treats the tables of a model, or of a release, as one where nothing else is said. */
export function treatsTogether({ together, ofTables }: { together?: unknown; ofTables?: unknown }): boolean {
  return together !== undefined || ofTables !== undefined
}

/** `unlearnTables` by the method itself: what it loads is that method alone. */
export function unlearnTablesBy<Options>(
  method: NamedUnlearner<Options>,
  tables: Readonly<Record<string, Matrix>>,
  labels: Labels,
  options: Options,
  how: TablesOptions = {},
): Record<string, Unlearned> {
  checkOptions<TablesOptions>('unlearnTables', how, { together: 'boolean', metrics: 'object', derived: 'list' })
  const { together = treatsTogether(method), metrics = {}, derived = [] } = how
  checkRequest(tables, method, { metrics, derived })
  const entries = Object.entries(tables)
  const task: TablesTask<Options> = {
    tables,
    labels,
    method: method.name,
    unlearn: method.unlearn,
    options,
    optionsOf: (name) => ({ ...options, ...(metrics[name] && { metric: metrics[name] }) }),
  }
  if (method.ofTables) {
    expectSameRows(entries)
    return method.ofTables(task, derived)
  }
  if (derived.length > 0)
    return withDerived(tables, labels, derived, (others) =>
      unlearnTablesBy(method, others, labels, options, { together, metrics }),
    )
  if (together && entries.length > 1) {
    expectSameRows(entries)
    return (method.together ?? unlearnTogether)(task)
  }
  return Object.fromEntries(
    entries.map(([name, table]) => [name, inTable(name, () => method.unlearn(table, labels, task.optionsOf(name)))]),
  )
}

/** @throws IndistinctError 'usage', as `unlearnTables`. */
function checkRequest(
  tables: Readonly<Record<string, Matrix>>,
  method: { readonly name: string; readonly together?: unknown; readonly ofTables?: unknown },
  { metrics, derived }: Required<Pick<TablesOptions, 'metrics' | 'derived'>>,
): void {
  if (Object.keys(tables).length === 0) throw usageError('unlearnTables: expected at least one user table, got none')
  const named = [...Object.keys(metrics), ...derived]
  const stranger = named.find((name) => !Object.hasOwn(tables, name))
  if (stranger !== undefined)
    throw usageError(
      `unlearnTables: expected metrics and derived tables of ${Object.keys(tables).join(', ')}, got '${stranger}'`,
    )
  if (Object.keys(metrics).length > 0 && method.name !== 'flow')
    throw usageError(`unlearnTables: expected metrics for method 'flow' only, got '${method.name}'`)
  if (derived.length > 0 && !treatsTogether(method))
    throw usageError(
      `unlearnTables: expected derived tables for methods that treat tables together, got '${method.name}'`,
    )
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
  // Who moved without a label must move here too, or would show.
  const rows = labelledOrMoved(others, from, labels)
  const { method } = own[others[0]![0]]!
  return Object.fromEntries(
    entries.map(([name, table]) => {
      if (own[name]) return [name, own[name]]
      checkedClasses(`unlearnTables: table '${name}'`, table, labels)
      const { embedding, explained } = derivedTable(table, from, rows)
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

function labelledOrMoved(
  tables: readonly (readonly [string, Matrix])[],
  after: readonly Matrix[],
  { codes }: Labels,
): Int32Array {
  const moved = ([, { cols: K, data }]: readonly [string, Matrix], t: number, row: number): boolean => {
    for (let p = row * K; p < (row + 1) * K; p++) if (data[p] !== after[t]!.data[p]) return true
    return false
  }
  return Int32Array.from(codes.keys()).filter(
    (row) => codes[row]! >= 0 || tables.some((table, t) => moved(table, t, row)),
  )
}

function expectSameRows(entries: readonly (readonly [string, Matrix])[]): void {
  const rows = entries[0]![1].rows
  for (const [name, table] of entries) {
    if (table.rows !== rows)
      throw new RangeError(`unlearnTables: expected ${rows} rows in table '${name}' as in the first, got ${table.rows}`)
  }
}
