/** @file Tables of the same users unlearned as one: what they tell by their difference too. */

import type { Json, Matrix } from '@indistinct/core'
import { narrowed, sideBySide } from './flow/side-by-side.ts'
import { inTable, type TablesTask } from './tables-task.ts'
import { unlearned, type Unlearned } from './unlearned.ts'

/** See `TablesOptions.together`. */
export function unlearnTogether<Options>(task: TablesTask<Options>): Record<string, Unlearned> {
  const { tables, labels, options, unlearn } = task
  const name = Object.keys(tables).join(' + ')
  return asOne(task, Object.values(tables), (wide) => [inTable(name, () => unlearn(wide, labels, options))])
}

/** What comes before the wide table, of one of its parts. */
export type Before = Partial<Pick<Unlearned, 'parameters' | 'trace' | 'passes'>>

/**
 * Each table as the last of what `unlearnWide` makes of all of them side by side has it.
 * @param starts what stands side by side of each table
 * @param unlearnWide what becomes of the wide table (N, sum of widths), one result after the other
 * @param before what was done to each table by itself
 */
export function asOne<Options>(
  { tables, method }: Pick<TablesTask<Options>, 'tables' | 'method'>,
  starts: readonly Matrix[],
  unlearnWide: (wide: Matrix) => readonly Unlearned[],
  before: readonly Before[] = [],
): Record<string, Unlearned> {
  const wide = sideBySide(starts)
  const results = unlearnWide(wide.matrix)
  const joint = { ...jointParameters(results), tables: Object.keys(tables) }
  const steps = results.flatMap(({ trace }) => trace)
  return Object.fromEntries(
    Object.keys(tables).map((name, t) => {
      const { parameters = {}, trace = [], passes = 0 } = before[t] ?? {}
      const result = unlearned({
        embedding: narrowed(starts[t]!, wide, t, results.at(-1)!.embedding),
        method,
        parameters: { ...parameters, together: joint },
        trace: [...trace, ...steps.map((row, pass) => ({ ...row, pass: passes + pass + 1 }))],
        passes: results.reduce((sum, own) => sum + own.passes, passes),
      })
      return [name, result]
    }),
  )
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
