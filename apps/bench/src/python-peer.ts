/**
 * @file Peers in Python: one process a side, started with its data, that runs once for each line `run` it is sent and
 * times itself, so that neither start-up nor the pipe counts.
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Json } from '@indistinct/core'
import type { Side, Timing } from './bench.ts'
import { pythonCandidates } from './find-python.ts'

/** Arrays that a peer reads: (name, C order) files with their types. */
export type PeerArrays = Readonly<Record<string, Float32Array | Float64Array | Int32Array | Uint8Array>>

export interface PeerWork {
  /** File of peers/, without .py. */
  readonly script: string
  /** Which of the script's peers. */
  readonly peer: string
  readonly parameters: { readonly [name: string]: Json }
  readonly arrays?: () => PeerArrays
}

const types = { Float32Array: 'float32', Float64Array: 'float64', Int32Array: 'int32', Uint8Array: 'uint8' } as const

type Answer = { readonly ready: true } | { readonly missing: string } | (Timing & { readonly notes?: string })

/** The side called `name`; skipped where no Python has the modules that it imports. */
export function pythonSide(name: string, work: PeerWork): Side {
  return {
    name,
    async open({ threads }) {
      let reason = 'no Python found'
      for (const python of pythonCandidates()) {
        const opened = await openProcess(python, work, threads)
        if (!('skipped' in opened)) return opened
        reason = opened.skipped
      }
      return { skipped: reason }
    },
  }
}

// eslint-disable-next-line max-lines-per-function -- one process, which all of its calls share
async function openProcess(
  python: string,
  work: PeerWork,
  threads: number,
): Promise<Awaited<ReturnType<Side['open']>>> {
  const folder = mkdtempSync(join(tmpdir(), 'indistinct-peer-'))
  const files: Record<string, Json> = {}
  for (const [name, array] of Object.entries(work.arrays?.() ?? {})) {
    writeFileSync(join(folder, name), new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    files[name] = types[array.constructor.name as keyof typeof types]
  }
  const script = fileURLToPath(new URL(`../peers/${work.script}.py`, import.meta.url))
  const child = spawn(
    python,
    [script, JSON.stringify({ ...work.parameters, peer: work.peer, threads, folder, files })],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...threadEnvironment(threads), PYTHONDONTWRITEBYTECODE: '1' },
    },
  )
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)))
  const ended = new Promise<void>((resolve) =>
    child
      .on('close', () => resolve())
      .on('error', (error) => {
        errors += error.message
        resolve()
      }),
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<Answer> => {
    const { value, done } = await lines.next()
    if (!done) return JSON.parse(value) as Answer
    await ended
    throw new Error(
      `${work.script}.py ${work.peer}: ended with ${child.exitCode ?? child.signalCode}: ${errors.trim()}`,
    )
  }
  const close = async (): Promise<void> => {
    child.stdin.end()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const first = await next().catch(async (error: Error) => {
    await close()
    throw error
  })
  if ('missing' in first) {
    await close()
    return { skipped: first.missing }
  }
  let notes: string | undefined
  return {
    async run() {
      child.stdin.write('run\n')
      const answer = await next()
      if (!('seconds' in answer)) throw new Error(`${work.script}.py: expected a timing, got ${JSON.stringify(answer)}`)
      notes = answer.notes
      return { seconds: answer.seconds, cpuSeconds: answer.cpuSeconds }
    },
    notes: () => notes,
    close,
  }
}

/**
 * Threads of whatever library a peer computes with. Waiting threads of OpenMP give their core up at once: their
 * default, to spin, makes peers several times slower wherever another process wants that core.
 */
function threadEnvironment(threads: number): Record<string, string> {
  const count = String(threads)
  return { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count, OMP_WAIT_POLICY: 'passive' }
}
