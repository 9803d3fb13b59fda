/** @file One cell of a grid: made in a folder of its own, then published at once. */

import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileError, usageError } from '@indistinct/core'
import { stageInput, type StageNode } from '@indistinct/stages'
import { runStage } from '../store/stage-run.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { recordOf } from './cell-record.ts'
import { ancestry, cellStates } from './cell-states.ts'

/**
 * Makes cell `id` of `nodes` in `store`; does nothing where it is done. Safe to be killed, and to run beside another
 * that makes the same cell: both come to equal bytes, and one of them is kept. Changes the working directory of the
 * process.
 * @throws IndistinctError 'usage' where there is no such cell, 'file' where a cell that it reads is not done.
 */
export async function runCell(
  nodes: readonly StageNode[],
  id: string,
  store: ArtifactStore,
  workspaceRoot: string,
): Promise<'made' | 'done before'> {
  const node = nodes.find((each) => each.id === id)
  if (node === undefined)
    throw usageError(`grid cell: expected a cell of the grid, got ${id}; indistinct grid plan --json lists them`)
  const byId = new Map(nodes.map((each) => [each.id, each]))
  const above = [...new Set(Object.values(node.upstream))].map((each) => byId.get(each)!)
  const line = ancestry(node, nodes)
  const statesNow = cellStates(line, workspaceRoot)
  const records = await store.records(line)
  const states = statesNow(records)
  const { state, input } = states.get(id)!
  if (state === 'done') {
    store.sweep([node])
    return 'done before'
  }
  const lacking = above.filter((each) => states.get(each.id)!.state !== 'done')
  if (lacking.length > 0 || input === undefined) {
    throw fileError(
      `${id}: expected the cells that it reads in ${store.place}, got ` +
        `${lacking.map((each) => `${each.id} ${states.get(each.id)!.state}`).join(', ')}; indistinct grid resume ` +
        'makes them first',
    )
  }
  const scratch = store.scratch(node)
  const clear = (): void => rmSync(scratch, { recursive: true, force: true })
  // A process whose parent is gone exits from within: no `finally` is run then.
  process.once('exit', clear)
  // Stages write their paths into some results: as in the workspace, they are to be relative.
  for (const each of above) {
    const link = join(scratch, each.root)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(await store.fetch(each, records.get(each.id)!), link, 'dir')
  }
  const data = process.env['INDISTINCT_DATA']
  if (data) process.env['INDISTINCT_DATA'] = resolve(data)
  const before = process.cwd()
  process.chdir(scratch)
  try {
    const cost = await runStage(stageInput(node, byId))
    const now = statesNow(await store.records(line)).get(id)!
    if (now.state !== 'done' && now.input !== input)
      throw fileError(`${id}: a cell that it reads was replaced meanwhile; indistinct grid resume makes it again`)
    await store.publish(node, resolve(node.root), recordOf(node.root, id, input, cost))
    return 'made'
  } finally {
    process.chdir(before)
    process.off('exit', clear)
    clear()
  }
}
