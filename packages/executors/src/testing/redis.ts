/**
 * @file A Redis of its own for tests of the queue: it can be killed, and started again with or without what it held.
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './slurm.ts'

export interface TestRedis {
  /** What a program sees to reach it: REDIS_URL. */
  readonly env: Readonly<Record<string, string>>
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Starts it again; `empty` with everything lost. */
  restart(empty?: boolean): Promise<void>
  stop(): Promise<void>
}

/** Why there can be no Redis here; undefined where there can. */
export function redisMissing(): string | undefined {
  const found = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'redis-server')))
  return found ? undefined : 'not installed: redis-server'
}

/** @param appendOnly whether it keeps an append-only file */
export async function startQueueServer(appendOnly = true): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-redis-'))
  const port = await freePort()
  const start = async (): Promise<ChildProcess> => {
    const server = spawn(
      'redis-server',
      [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        appendOnly ? 'yes' : 'no',
        '--requirepass',
        'correct-horse',
      ],
      { stdio: 'ignore' },
    )
    for (let tries = 0; !(await answers(port)); tries++) {
      if (server.exitCode !== null || tries > 300) throw new Error('redis-server did not start')
      await sleep(100)
    }
    return server
  }
  let server = await start()
  const end = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      if (server.exitCode !== null || server.signalCode !== null) return resolve()
      server.once('exit', () => resolve())
      server.kill(signal)
    })
  return {
    env: { REDIS_URL: `redis://:correct-horse@127.0.0.1:${port}` },
    kill: () => end('SIGKILL'),
    async restart(empty = false) {
      if (empty) rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true })
      server = await start()
    },
    async stop() {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
