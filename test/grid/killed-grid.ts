/** @file A grid on an engine from which workers, and the server that holds the queue, are taken in the middle. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { indistinct, type Finished } from '../../apps/indistinct/src/end-to-end/spawned-cli.ts'
import { cellProcesses, type EngineName, type GridEngine } from './grid-engines.ts'

export interface KilledGrid {
  readonly seconds: number
  /** The cell whose worker was killed. */
  readonly killed: string
  /** How `grid run` ended, and then each `grid resume` that was needed. */
  readonly runs: readonly Finished[]
  /** Digests of artifacts by cell. */
  readonly artifacts: Readonly<Record<string, string>>
  /** Folders left in the store's scratch, of workers that were killed and not followed. */
  readonly leftovers: readonly string[]
}

export interface KillOptions {
  readonly name: EngineName
  readonly engine: GridEngine
  /** GRID and what narrows it. */
  readonly grid: readonly string[]
  readonly store: string
  readonly env?: Readonly<Record<string, string>>
  readonly workers?: number
  /** Kills a worker as soon as so many cells are done. */
  readonly worker: number
  /** Kills the server too, once so many are. */
  readonly server?: number | undefined
}

export async function runKilled({
  name,
  engine,
  grid,
  store,
  env,
  workers = 2,
  worker,
  server,
}: KillOptions): Promise<KilledGrid> {
  const started = performance.now()
  const options = { cwd: '/tmp', env: { ...env, ...engine.env } }
  const call = (command: 'run' | 'resume', ...more: string[]): Promise<Finished> =>
    indistinct(['grid', command, ...grid, '--store', store, ...more], options)
  let over = false
  const run = call('run', '--executor', name, '--workers', String(workers)).finally(() => (over = true))
  await doneCells(store, worker, () => over)
  const killed = await engine.killWorker(store)
  if (server !== undefined && engine.server) {
    await doneCells(store, server, () => over)
    await engine.server.kill()
  }
  const runs = [await run]
  if (server !== undefined) await engine.server?.restart()
  // The first to come after a server was lost may still find it starting.
  while (runs.at(-1)!.code !== 0 && runs.length < 4) runs.push(await call('resume'))
  const seconds = (performance.now() - started) / 1000
  while (cellProcesses(store).length > 0) await sleep(200)
  const scratch = join(store, 'scratch')
  return {
    seconds,
    killed,
    runs,
    artifacts: artifactsIn(store),
    leftovers: existsSync(scratch) ? readdirSync(scratch) : [],
  }
}

/** Waits until `count` cells are done, or the run is over. */
async function doneCells(store: string, count: number, over: () => boolean): Promise<void> {
  while (Object.keys(artifactsIn(store)).length < count && !over()) await sleep(100)
}

/** Digests by cell of what is published in the folder `store`. */
export function artifactsIn(store: string): Record<string, string> {
  const top = join(store, 'artifacts')
  const found: Record<string, string> = {}
  for (const stage of existsSync(top) ? readdirSync(top) : []) {
    for (const label of readdirSync(join(top, stage)).sort()) {
      const path = join(top, stage, label, 'cell.json')
      if (!existsSync(path)) continue
      const { id, artifact } = JSON.parse(readFileSync(path, 'utf8')) as { id: string; artifact: string }
      found[id] = artifact
    }
  }
  return found
}
