/** @file A grid run through Nx, with its progress on stderr. */

import { expandGrid, type Grid } from '@indistinct/stages'
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
  const display = quiet ? undefined : runDisplay(expandGrid(grid), process.stderr, parallel)
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
