/** @file One method over every user table of a model: a table left out leaks on. */

import { labelledRows, matrix, usageError, type Labels, type Matrix } from '@indistinct/core'
import type { CalibratedFlowOptions } from './flow/flow-options.ts'
import { checkedClasses } from './checked-classes.ts'
import { derivedTable } from './fitted/derived-table.ts'
import { relabelTables, type PointsOf, type RelabelOptions } from './relabel/relabel.ts'
import { ruledFlow } from './flow/ruled-flow.ts'
import type { ScoreMetric } from './flow/score-metric.ts'
import { expectNotParted, onLattices, structuredFlow } from './flow/structured-flow.ts'
import { rulesOf } from './structure/table-structure.ts'
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
 * `whitening` of tables side by side, in turn: where what tables tell by their difference, which may vary little,
 * weighs nearly as much as the rest; then in distances as they are.
 */
const sideBySideWhitening = [0.9, 0]

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
  if (!Object.hasOwn(unlearners, method)) {
    throw usageError(`unlearnTables: expected one of ${Object.keys(unlearners).join(', ')}, got '${method}'`)
  }
  const entries = Object.entries(tables)
  if (entries.length === 0) throw usageError('unlearnTables: expected at least one user table, got none')
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
  if (method === 'relabel') {
    expectSameRows(entries)
    const flow: PointsOf = (users, shuffled, onPass) =>
      embeddingsOf(unlearnTables(users, shuffled, 'flow', { ...(onPass && { onPass }) }, { derived }))
    return { ...relabelTables(tables, labels, flow, { ...(options as RelabelOptions), unscored: derived }).results }
  }
  if (derived.length > 0)
    return withDerived(tables, labels, derived, (others) =>
      unlearnTables(others, labels, method, options, { together, metrics }),
    )
  const inTable = <T>(name: string, work: () => T): T => {
    try {
      return work()
    } catch (error) {
      // The class and code of the error stay: callers branch on them.
      if (error instanceof Error) error.message = `table '${name}': ${error.message}`
      throw error
    }
  }
  const optionsOf = (name: string): UnlearnerOptions[Name] => ({
    ...options,
    ...(metrics[name] && { metric: metrics[name] }),
  })
  if (!together || entries.length === 1) {
    return Object.fromEntries(
      entries.map(([name, table]) => [
        name,
        inTable(name, () => unlearners[method].unlearn(table, labels, optionsOf(name))),
      ]),
    )
  }

  const names = Object.keys(tables)
  expectSameRows(entries)
  const flows =
    method === 'flow'
      ? entries.map(([name, table]) =>
          inTable(name, () => structuredFlow(table, labels, optionsOf(name) as CalibratedFlowOptions)),
        )
      : undefined
  const starts = entries.map(([, table], t) => flows?.[t]!.result.embedding ?? table)
  const wide = sideBySide(starts)
  const side = names.join(' + ')
  const results: Unlearned[] = []
  if (flows) {
    // What moved as one in a table goes on doing so: apart, it would show there.
    const rules = rulesOf(
      flows.map(({ structure }) => structure),
      flows.map(({ groups }) => groups),
    )
    for (const whitening of sideBySideWhitening) {
      const from = results.at(-1)?.embedding ?? wide.matrix
      results.push(inTable(side, () => ruledFlow(from, labels, { ...options, whitening }, rules)))
    }
  } else {
    results.push(inTable(side, () => unlearners[method].unlearn(wide.matrix, labels, options)))
  }
  const last = results.at(-1)!
  const outcomes = results.map(({ parameters }) => parameters['outcome'])
  const outcome = ['not landed', 'landed'].find((each) => outcomes.includes(each))
  const stopped = results.find(({ parameters }) => parameters['outcome'] === 'not landed')?.parameters['stopped']
  const joint = {
    ...last.parameters,
    ...(outcome && { outcome }),
    ...(stopped !== undefined && { stopped }),
    tables: names,
  }
  const steps = results.flatMap(({ trace }) => trace)
  return Object.fromEntries(
    names.map((name, t) => {
      const { first, factor } = wide.parts[t]!
      const table = starts[t]!
      const embedding = matrix(table.rows, table.cols, table.data.slice())
      for (let i = 0; i < table.rows; i++) {
        for (let k = 0; k < table.cols; k++) {
          const [before, after] = [wide.matrix, last.embedding].map((m) => m.data[i * m.cols + first + k]!)
          // What did not move keeps its bits through the change of units.
          if (before !== after) embedding.data[i * table.cols + k] = after! / factor
        }
      }
      const { parameters = {}, trace = [], passes = 0 } = flows?.[t]!.result ?? {}
      if (flows) inTable(name, () => expectNotParted(tables[name]!, embedding, labels))
      const result = unlearned({
        embedding,
        method,
        parameters: { ...parameters, together: joint },
        trace: [...trace, ...steps.map((row, pass) => ({ ...row, pass: passes + pass + 1 }))],
        passes: results.reduce((sum, own) => sum + own.passes, passes),
      })
      return [name, flows ? onLattices(result, labels, flows[t]!.structure, options as CalibratedFlowOptions) : result]
    }),
  )
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

/** The tables as one (N, sum of widths), each multiplied by the factor that gives it the spread of the first. */
function sideBySide(tables: readonly Matrix[]): { matrix: Matrix; parts: { first: number; factor: number }[] } {
  const rows = tables[0]!.rows
  const spreads = tables.map(spreadOf)
  const out = matrix(
    rows,
    tables.reduce((sum, table) => sum + table.cols, 0),
  )
  let first = 0
  const parts = tables.map((table, t) => {
    const factor = spreads[0]! > 0 && spreads[t]! > 0 ? spreads[0]! / spreads[t]! : 1
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < table.cols; k++) out.data[i * out.cols + first + k] = factor * table.data[i * table.cols + k]!
    }
    first += table.cols
    return { first: first - table.cols, factor }
  })
  return { matrix: out, parts }
}

/** Root mean squared distance of rows from their mean. */
function spreadOf({ rows, cols, data }: Matrix): number {
  let sum = 0
  for (let k = 0; k < cols; k++) {
    let mean = 0
    for (let i = 0; i < rows; i++) mean += data[i * cols + k]! / rows
    for (let i = 0; i < rows; i++) sum += (data[i * cols + k]! - mean) ** 2 / rows
  }
  return Math.sqrt(sum)
}
