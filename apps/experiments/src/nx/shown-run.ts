/** @file A grid run through Nx, with its progress on stderr. */

import { expandGrid, type Grid, type StageNode } from '@indistinct/stages'
import { costsIn, costTable, expectedCosts } from '../grid/cell-costs.ts'
import { runGrid, type GridRun } from './nx-run.ts'
import { runDisplay } from './run-display.ts'

export interface ShownRunOptions {
  /** Stages at a time. */
  readonly parallel: number
  readonly quiet?: boolean
  readonly fresh?: boolean
  readonly dataFolder?: string | undefined
}

/** Runs `grid` in the repository at `workspaceRoot`; says so where a signal stopped it. */
export async function shownRun(grid: Grid, workspaceRoot: string, options: ShownRunOptions): Promise<GridRun> {
  const { parallel, quiet = false, fresh = false, dataFolder } = options
  const expanded = expandGrid(grid)
  const display = quiet
    ? undefined
    : runDisplay(expanded, process.stderr, secondsExpected(expanded.nodes, workspaceRoot), parallel)
  const run = await runGrid(grid, workspaceRoot, {
    parallel,
    fresh,
    ...(dataFolder !== undefined && { dataFolder }),
    ...(display && { listener: display }),
  }).finally(() => display?.close())
  if (run.signal)
    process.stderr.write(`stopped by ${run.signal}; finished stages are kept, and the same command goes on from them\n`)
  return run
}

/** What each of `nodes` takes, as cells like it took before in this workspace, or elsewhere. */
function secondsExpected(nodes: readonly StageNode[], workspaceRoot: string): (node: StageNode) => number {
  const costOf = expectedCosts(nodes, costsIn(workspaceRoot, nodes), costTable())
  return (node) => costOf(node).seconds
}
