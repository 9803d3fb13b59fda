/** @file Sharded runs by worker processes, one of which may be killed, and what became of them. */

import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../../apps/indistinct/bin/indistinct.js', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts `indistinct ...args` with that many threads. */
function start(
  args: readonly string[],
  threads: number,
): { readonly child: ChildProcess; readonly ended: Promise<Finished> } {
  const child = spawn(process.execPath, [binary, ...args], {
    env: { ...process.env, INDISTINCT_THREADS: String(threads) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err]: [string[], string[]] = [[], []]
  child.stdout!.setEncoding('utf8').on('data', (text: string) => out.push(text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => err.push(text))
  const ended = new Promise<Finished>((resolve, reject) =>
    child
      .on('error', reject)
      .on('close', (code, signal) => resolve({ code, signal, stdout: out.join(''), stderr: err.join('') })),
  )
  return { child, ended }
}

/** Runs it to its end. @throws Error with what it said, where it fails. */
export async function run(args: readonly string[], threads: number): Promise<string> {
  const { code, signal, stdout, stderr } = await start(args, threads).ended
  if (code !== 0) throw new Error(`indistinct ${args.join(' ')}: ended with ${code ?? signal}: ${stderr}`)
  return stdout
}

/** What `indistinct shards worker --json` prints. */
export interface WorkerResult {
  readonly rows: number
  readonly sums: number
  readonly bytesPerShard: number
  readonly seconds: number
  readonly waited: number
  readonly processorSeconds: number
  readonly peakMb: number
}

/**
 * All workers of a prepared run, side by side. With `killAfter`, the last is killed once so many sums were begun, and
 * started again.
 */
export async function runWorkers(
  folder: string,
  workers: number,
  threads: number,
  killAfter?: number,
): Promise<WorkerResult[]> {
  const begin = (index: number) =>
    start(['shards', 'worker', folder, '--index', String(index), '--of', String(workers), '--json'], threads)
  const running = Array.from({ length: workers }, (_, index) => begin(index))
  if (killAfter !== undefined) {
    const last = running[workers - 1]!
    while (sumsBegun(folder) < killAfter && last.child.exitCode === null) await sleep(5)
    last.child.kill('SIGKILL')
    const { signal } = await last.ended
    if (signal !== 'SIGKILL')
      throw new Error(`expected a worker to be killed after ${killAfter} sums, but it had ended`)
    running[workers - 1] = begin(workers - 1)
  }
  return Promise.all(
    running.map(async ({ ended }, index) => {
      const { code, signal, stdout, stderr } = await ended
      if (code !== 0) throw new Error(`worker ${index}: ended with ${code ?? signal}: ${stderr}`)
      return JSON.parse(stdout) as WorkerResult
    }),
  )
}

/** Sums for which some shard's part is there. */
function sumsBegun(folder: string): number {
  const sums = join(folder, 'work', 'sums')
  return existsSync(sums) ? readdirSync(sums).length : 0
}

/** Digests of all files of a finished run but its plan, by name. */
export function digests(folder: string): Record<string, string> {
  const names = readdirSync(folder)
    .filter((name) => name !== 'plan.json')
    .sort()
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  )
}
