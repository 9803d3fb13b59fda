/** @file A grid on an engine: what is there, what is missing, and the commands that make it. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, jsonText, sha256, usageError, writeFileAtomic, type Json } from '@indistinct/core'
import { runTasks, type Executor, type Task, type TaskRun } from '@indistinct/executors'
import type { ExpandedGrid } from '@indistinct/stages'
import type { ArtifactStore } from './artifact-store.ts'
import { costTable, expectedCosts, measuredCosts } from './cell-costs.ts'
import { cellStates, environmentOf, type CellState } from './cell-states.ts'
import { choiceArguments, type GridChoice } from './chosen-grid.ts'
import { gridPlan, type GridPlan } from './grid-plan.ts'

export interface OpenGrid {
  readonly choice: GridChoice
  readonly expanded: ExpandedGrid
  readonly store: ArtifactStore
  /** Folder of what engines need: scripts, logs, the settings of the last run. */
  readonly engineFolder: string
  /** The grid's name and a digest of its cells. */
  readonly label: string
  states(): Promise<ReadonlyMap<string, CellState>>
  plan(): Promise<GridPlan>
}

export function openGrid(
  choice: GridChoice,
  expanded: ExpandedGrid,
  store: ArtifactStore,
  workspaceRoot: string,
): OpenGrid {
  const statesOf = cellStates(expanded.nodes, workspaceRoot)
  const label = `${expanded.grid.name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 24)}-${sha256(canonicalJson(expanded.nodes.map(({ id }) => id))).slice(0, 8)}`
  const place = store.place.includes('://') ? join(workspaceRoot, 'artifacts', 'grid') : store.place
  return {
    choice,
    expanded,
    store,
    label,
    engineFolder: join(place, 'engine', label),
    states: async () => statesOf(await store.records(expanded.nodes)),
    async plan() {
      const records = await store.records(expanded.nodes)
      return gridPlan(
        expanded.nodes,
        statesOf(records),
        expectedCosts(expanded.nodes, measuredCosts(expanded.nodes, records.values()), costTable()),
      )
    },
  }
}

/** The cells that are not done as commands. */
async function gridTasks(
  { choice, expanded, store, states }: OpenGrid,
  dataFolder: string | undefined,
): Promise<Task[]> {
  const now = await states()
  const records = await store.records(expanded.nodes)
  const costOf = expectedCosts(expanded.nodes, measuredCosts(expanded.nodes, records.values()), costTable())
  const { name, flags } = choiceArguments(choice)
  return expanded.nodes
    .filter(({ id }) => now.get(id)!.state !== 'done')
    .map((node) => ({
      id: node.id,
      args: [
        'grid',
        'cell',
        name,
        node.id,
        '--store',
        store.place,
        ...flags,
        ...(dataFolder === undefined ? [] : ['--data-folder', dataFolder]),
      ],
      after: [...new Set(Object.values(node.upstream))],
      // A third above what was measured: memory that a garbage collector takes depends on when it runs.
      memory: Math.ceil((costOf(node).memory * 4) / 3),
      env: environmentOf(node),
    }))
}

export interface RunGridOptions {
  readonly dataFolder?: string | undefined
  readonly detach: boolean
  readonly signal?: AbortSignal
  readonly poll?: number
  readonly onDone: (id: string) => void
  readonly onWarning: (text: string) => void
}

/** Submits what is missing of `grid` and waits for it, see `runTasks`. */
export async function runGridOn(
  executor: Executor,
  grid: OpenGrid,
  { dataFolder, ...options }: RunGridOptions,
): Promise<TaskRun> {
  const tasks = await gridTasks(grid, dataFolder)
  return runTasks(executor, tasks, {
    ...options,
    async done(ids) {
      const states = await grid.states()
      return new Set(ids.filter((id) => states.get(id)!.state === 'done'))
    },
  })
}

/** Keeps `settings` of a run for `lastSettings`. */
export function keepSettings({ engineFolder }: OpenGrid, settings: { readonly [name: string]: Json }): void {
  writeFileAtomic(join(engineFolder, 'run.json'), jsonText(settings, 1))
}

/** @throws IndistinctError 'usage' where the grid was never run from here. */
export function lastSettings({ engineFolder, expanded }: OpenGrid): { readonly [name: string]: Json } {
  const path = join(engineFolder, 'run.json')
  if (!existsSync(path))
    throw usageError(
      `grid resume: nothing is known of an earlier run of grid ${expanded.grid.name}, narrowed like this, in ` +
        `${engineFolder}; begin with indistinct grid run`,
    )
  return JSON.parse(readFileSync(path, 'utf8')) as { [name: string]: Json }
}
