/** @file The flow of tables of the same users: each to its own null first, then all side by side. */

import { inTable, type TablesTask } from '../tables-task.ts'
import { asOne } from '../tables-together.ts'
import { rulesOf } from '../structure/table-structure.ts'
import type { Unlearned } from '../unlearned.ts'
import type { CalibratedFlowOptions } from './flow-options.ts'
import { ruledFlow } from './ruled-flow.ts'
import { checkSmooth, finishedFlows } from './smoothed-last.ts'
import { expectNotParted, structuredFlow } from './structured-flow.ts'

/**
 * `whitening` of tables side by side, in turn: where what tables tell by their difference, which may vary little,
 * weighs nearly as much as the rest; then in distances as they are.
 */
const sideBySideWhitening = [0.9, 0]

/** See `TablesOptions.together`. */
export function flowTogether(task: TablesTask<CalibratedFlowOptions>): Record<string, Unlearned> {
  const { tables, labels, options } = task
  const entries = Object.entries(tables)
  // Narrow kernels come last: what follows them would leave other users near to one another.
  const ofWalk = (whitening: number): CalibratedFlowOptions => ({
    ...options,
    whitening,
    ...(options.narrow !== undefined && whitening > 0 && { narrow: 0 }),
  })
  for (const [name, table] of entries) inTable(name, () => checkSmooth(table, options))
  const flows = entries.map(([name, table]) => inTable(name, () => structuredFlow(table, labels, task.optionsOf(name))))
  // What moved as one in a table goes on doing so: apart, it would show there.
  const rules = rulesOf(
    flows.map(({ structure }) => structure),
    flows.map(({ groups }) => groups),
  )
  const all = Object.keys(tables).join(' + ')
  const results = asOne(
    task,
    flows.map(({ result }) => result.embedding),
    (wide) => {
      const walks: Unlearned[] = []
      for (const whitening of sideBySideWhitening) {
        const from = walks.at(-1)?.embedding ?? wide
        walks.push(inTable(all, () => ruledFlow(from, labels, ofWalk(whitening), rules)))
      }
      return walks
    },
    flows.map(({ result }) => result),
  )
  for (const [name, table] of entries) inTable(name, () => expectNotParted(table, results[name]!.embedding, labels))
  const finished = finishedFlows(
    entries.map(([name], t) => ({ result: results[name]!, structure: flows[t]!.structure })),
    labels,
    options,
  )
  return Object.fromEntries(entries.map(([name], t) => [name, finished[t]!]))
}
