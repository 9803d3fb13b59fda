/** @file Tables of the same users unlearned as one: what they tell by their difference too. */

import type { Json, Labels, Matrix } from '@indistinct/core'
import type { CalibratedFlowOptions } from './flow/flow-options.ts'
import { ruledFlow } from './flow/ruled-flow.ts'
import { narrowed, sideBySide } from './flow/side-by-side.ts'
import { expectNotParted, onLattices, structuredFlow, type StructuredFlow } from './flow/structured-flow.ts'
import { rulesOf } from './structure/table-structure.ts'
import { unlearned, type Unlearned } from './unlearned.ts'
import { unlearners, type UnlearnerName, type UnlearnerOptions } from './unlearners.ts'

/**
 * `whitening` of tables side by side, in turn: where what tables tell by their difference, which may vary little,
 * weighs nearly as much as the rest; then in distances as they are.
 */
const sideBySideWhitening = [0.9, 0]

/** Tables, each (N, K) with rows of the same users, and how they are unlearned. */
export interface TablesTask<Name extends UnlearnerName = UnlearnerName> {
  readonly tables: Readonly<Record<string, Matrix>>
  readonly labels: Labels
  readonly method: Name
  /** Of one table. */
  optionsOf(name: string): UnlearnerOptions[Name]
  /** Of all side by side. */
  readonly options: UnlearnerOptions[Name]
}

/** See `TablesOptions.together`. */
export function unlearnTogether<Name extends UnlearnerName>(task: TablesTask<Name>): Record<string, Unlearned> {
  const { tables, labels, method, options } = task
  const entries = Object.entries(tables)
  const flows =
    method === 'flow'
      ? entries.map(([name, table]) =>
          inTable(name, () => structuredFlow(table, labels, task.optionsOf(name) as CalibratedFlowOptions)),
        )
      : undefined
  const starts = entries.map(([, table], t) => flows?.[t]!.result.embedding ?? table)
  const wide = sideBySide(starts)
  const results = unlearnedWide(task, wide.matrix, flows)
  const joint = { ...jointParameters(results), tables: Object.keys(tables) }
  const steps = results.flatMap(({ trace }) => trace)
  return Object.fromEntries(
    entries.map(([name, table], t) => {
      const embedding = narrowed(starts[t]!, wide, t, results.at(-1)!.embedding)
      const { parameters = {}, trace = [], passes = 0 } = flows?.[t]!.result ?? {}
      if (flows) inTable(name, () => expectNotParted(table, embedding, labels))
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

/** What became of the wide table (N, sum of widths), one result after the other; the flow's parts move by its rules. */
function unlearnedWide<Name extends UnlearnerName>(
  { tables, labels, method, options }: TablesTask<Name>,
  wide: Matrix,
  flows: readonly StructuredFlow[] | undefined,
): Unlearned[] {
  const side = Object.keys(tables).join(' + ')
  if (!flows) return [inTable(side, () => unlearners[method].unlearn(wide, labels, options))]
  // What moved as one in a table goes on doing so: apart, it would show there.
  const rules = rulesOf(
    flows.map(({ structure }) => structure),
    flows.map(({ groups }) => groups),
  )
  const results: Unlearned[] = []
  for (const whitening of sideBySideWhitening) {
    const from = results.at(-1)?.embedding ?? wide
    results.push(inTable(side, () => ruledFlow(from, labels, { ...options, whitening }, rules)))
  }
  return results
}

/** Parameters of the last of `results`, with the worst outcome of all. */
function jointParameters(results: readonly Unlearned[]): { readonly [name: string]: Json } {
  const outcomes = results.map(({ parameters }) => parameters['outcome'])
  const outcome = ['not landed', 'landed'].find((each) => outcomes.includes(each))
  const stopped = results.find(({ parameters }) => parameters['outcome'] === 'not landed')?.parameters['stopped']
  return {
    ...results.at(-1)!.parameters,
    ...(outcome && { outcome }),
    ...(stopped !== undefined && { stopped }),
  }
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
