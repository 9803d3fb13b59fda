/** @file A grid's run as its store tells it: for readers of results that otherwise come from Nx. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expandGrid, type Grid, type TaskOutcome } from '@indistinct/stages'
import type { GridRun } from '../nx/nx-run.ts'
import { openStore } from './open-store.ts'
import { cellStates } from './cell-states.ts'

export interface StoredRun {
  /** What is done counts as cached. */
  readonly run: GridRun
  /** A folder in which artifacts lie as in the workspace. */
  readonly root: string
  remove(): void
}

/** The cells of `grid` that are done in the store at `place`. */
export async function storedRun(grid: Grid, place: string, workspaceRoot: string): Promise<StoredRun> {
  const expanded = expandGrid(grid)
  const store = await openStore(place)
  const root = mkdtempSync(join(tmpdir(), 'indistinct-stored-'))
  const remove = (): void => rmSync(root, { recursive: true, force: true })
  try {
    const records = await store.records(expanded.nodes)
    const states = cellStates(expanded.nodes, workspaceRoot)(records)
    const done = expanded.nodes.filter(({ id }) => states.get(id)!.state === 'done')
    for (const node of done) {
      mkdirSync(dirname(join(root, node.root)), { recursive: true })
      symlinkSync(await store.fetch(node, records.get(node.id)!), join(root, node.root), 'dir')
    }
    const outcomes = new Map(done.map(({ id }): [string, TaskOutcome] => [id, { status: 'cached' }]))
    return { run: { expanded, outcomes, exitCodes: new Map(), output: '' }, root, remove }
  } catch (error) {
    remove()
    throw error
  } finally {
    store.close()
  }
}
