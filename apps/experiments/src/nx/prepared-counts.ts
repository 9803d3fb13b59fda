/** @file How much of each data set is left for the models, as its prepare stage counted. */

import { join } from 'node:path'
import type { DatasetDescription } from '@indistinct/datasets'
import { readJsonOf } from '../store/artifact-folder.ts'
import type { GridRun } from './nx-run.ts'
import { madeIn } from './run-outcome.ts'

type Counts = Pick<DatasetDescription, 'users' | 'items' | 'interactions'>

export interface PreparedCounts {
  readonly dataset: string
  /** Users and items with fewer interactions were dropped. */
  readonly core: number
  readonly loaded: Counts
  readonly kept: Counts
}

/** One of each data set that `run` made under `workspaceRoot`. */
export function preparedCounts(run: GridRun, workspaceRoot: string): PreparedCounts[] {
  const byDataset = new Map<string, PreparedCounts>()
  for (const { stage, root, parameters } of run.expanded.nodes.filter(madeIn(run))) {
    if (stage !== 'prepare') continue
    const { loaded, kept } = readJsonOf<{ loaded: Counts; kept: Counts }>(join(workspaceRoot, root), 'data')
    const { name } = parameters['dataset'] as { name: string }
    byDataset.set(name, { dataset: name, core: parameters['core'] as number, loaded: only(loaded), kept: only(kept) })
  }
  return [...byDataset.values()]
}

function only({ users, items, interactions }: Counts): Counts {
  return { users, items, interactions }
}

/** A line of each data set that lost users. */
export function droppedText(counts: readonly PreparedCounts[]): string {
  return counts
    .filter(({ loaded, kept }) => kept.users < loaded.users)
    .map(
      ({ dataset, core, loaded, kept }) =>
        `${dataset}: ${loaded.users - kept.users} of ${loaded.users} users and ${loaded.items - kept.items} of ` +
        `${loaded.items} items have fewer than ${core} interactions, and are in no model and no figure (--core)\n`,
    )
    .join('')
}
