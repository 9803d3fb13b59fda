/** @file How much of each data set is left for the models, as its prepare stage counted. */

import { join } from 'node:path'
import type { AttributeDescription, DatasetDescription } from '@indistinct/datasets'
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
  /** Labels of the users kept, of the attributes that were attacked. */
  readonly labels: { readonly [attribute: string]: AttributeDescription }
  /** What the reader left out, or took for granted, a sentence each. */
  readonly notes: readonly string[]
}

/** data.json of a prepare stage. */
interface Prepared {
  readonly loaded: DatasetDescription
  readonly kept: DatasetDescription
  readonly notes: readonly string[]
}

/** One of each data set that `run` made under `workspaceRoot`. */
export function preparedCounts(run: GridRun, workspaceRoot: string): PreparedCounts[] {
  const byDataset = new Map<string, PreparedCounts>()
  for (const { stage, root, parameters } of run.expanded.nodes.filter(madeIn(run))) {
    if (stage !== 'prepare') continue
    const { loaded, kept, notes } = readJsonOf<Prepared>(join(workspaceRoot, root), 'data')
    const { name } = parameters['dataset'] as { name: string }
    const attacked = run.expanded.models.filter(({ dataset }) => dataset === name).map(({ attribute }) => attribute)
    byDataset.set(name, {
      dataset: name,
      core: parameters['core'] as number,
      loaded: only(loaded),
      kept: only(kept),
      labels: Object.fromEntries(Object.entries(kept.attributes).filter(([attribute]) => attacked.includes(attribute))),
      notes,
    })
  }
  return [...byDataset.values()]
}

function only({ users, items, interactions }: Counts): Counts {
  return { users, items, interactions }
}

/** Lines of each data set: its labels, what its reader has to say, and whom the filter dropped. */
export function countsText(counts: readonly PreparedCounts[]): string {
  return counts
    .flatMap((each) => [...labelLines(each), ...each.notes.map((note) => `${each.dataset}: ${note}`), ...dropped(each)])
    .map((line) => `${line}\n`)
    .join('')
}

function labelLines({ dataset, labels }: PreparedCounts): string[] {
  return Object.entries(labels).map(([attribute, { classes, missing }]) => {
    const counted = classes.filter(({ users }) => users > 0).map(({ label, users }) => `${label} ${users}`)
    return `${dataset}, ${attribute}: ${counted.join(', ')}${missing.users > 0 ? `; no label ${missing.users}` : ''}`
  })
}

function dropped({ dataset, core, loaded, kept }: PreparedCounts): string[] {
  if (kept.users === loaded.users) return []
  return [
    `${dataset}: ${loaded.users - kept.users} of ${loaded.users} users and ${loaded.items - kept.items} of ` +
      `${loaded.items} items have fewer than ${core} interactions, and are in no model and no figure (--core)`,
  ]
}
