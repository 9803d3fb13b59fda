/** @file The engines of grids as they are on this machine, with what can be killed of each. */

import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { binary } from '../../apps/indistinct/src/end-to-end/spawned-cli.ts'
import { redisMissing, startQueueServer } from '../../packages/executors/src/testing/redis.ts'
import { slurmMissing, startSlurm } from '../../packages/executors/src/testing/slurm.ts'

export const engineNames = ['local', 'slurm', 'bullmq'] as const
export type EngineName = (typeof engineNames)[number]

export interface GridEngine {
  readonly env: Readonly<Record<string, string>>
  /**
   * Ends by SIGKILL a process that is making a cell in `store`, or its worker; tells which cell, once there was one.
   */
  killWorker(store: string): Promise<string>
  /** Ends by SIGKILL the server that holds the queue, and starts it again; absent where there is none. */
  readonly server?: { readonly name: string; kill(): Promise<void>; restart(): Promise<void> }
  stop(): Promise<void>
}

/** Why an engine cannot be had here; undefined where it can. */
export const missingEngine: Readonly<Record<EngineName, () => string | undefined>> = {
  local: () => undefined,
  slurm: slurmMissing,
  bullmq: redisMissing,
}

/** @param logs folder for what workers print */
export async function startEngine(name: EngineName, logs: string): Promise<GridEngine> {
  switch (name) {
    case 'local':
      return {
        env: {},
        killWorker: (store) => killedOne(store, ({ pid }) => process.kill(pid, 'SIGKILL')),
        stop: () => Promise.resolve(),
      }
    case 'slurm': {
      const slurm = await startSlurm()
      return {
        env: slurm.env,
        killWorker: (store) => killedOne(store, ({ pid }) => process.kill(pid, 'SIGKILL')),
        server: {
          name: 'slurmctld, its queue lost',
          kill: slurm.killController,
          restart: () => slurm.restartController(true),
        },
        stop: slurm.stop,
      }
    }
    case 'bullmq': {
      const redis = await startQueueServer()
      const worker = (): ChildProcess =>
        spawn(process.execPath, [binary, 'grid', 'worker', '--lock-seconds', '3', '--logs', logs, '--quiet'], {
          env: { ...process.env, ...redis.env },
          stdio: 'ignore',
        })
      const workers = [worker(), worker()]
      return {
        env: redis.env,
        killWorker: (store) =>
          killedOne(store, ({ parent }) => {
            const at = workers.findIndex(({ pid }) => pid === parent)
            // A cell whose worker is gone already is about to end too.
            if (at < 0) return false
            workers[at]!.kill('SIGKILL')
            workers[at] = worker()
            return true
          }),
        server: { name: 'redis-server', kill: redis.kill, restart: redis.restart },
        async stop() {
          for (const each of workers) each.kill('SIGKILL')
          await redis.stop()
        },
      }
    }
    default:
      throw new RangeError(`startEngine: expected a known engine, got ${JSON.stringify(name satisfies never)}`)
  }
}

interface CellProcess {
  readonly pid: number
  readonly parent: number
  readonly id: string
}

/**
 * Lets `kill` end a process that makes a cell in `store`, as soon as there is one that does not end by itself
 * meanwhile.
 */
async function killedOne(store: string, kill: (cell: CellProcess) => boolean): Promise<string> {
  for (let tries = 0; tries < 6000; tries++) {
    const found = cellProcesses(store)[0]
    try {
      if (found && kill(found)) return found.id
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
    await sleep(50)
  }
  throw new Error(`no cell was made in ${store} for five minutes`)
}

/** Every process of this machine that makes a cell in `store`. */
export function cellProcesses(store: string): CellProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): CellProcess[] => {
      try {
        const words = readFileSync(join('/proc', pid, 'cmdline'), 'utf8').split('\0')
        const at = words.indexOf('cell')
        if (words[at - 1] !== 'grid' || !words.includes(store) || words[0]!.endsWith('sh')) return []
        const parent = Number(/\) \w (\d+)/.exec(readFileSync(join('/proc', pid, 'stat'), 'utf8'))![1])
        return [{ pid: Number(pid), parent, id: words[at + 2]! }]
      } catch {
        // It has ended.
        return []
      }
    })
}
