/** @file What the pool takes from Node: its threads, their number, and the file of the kernels. */

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { PoolData } from './pool-thread.js'

/** Threads that there can be. */
export const mostThreads: number = Infinity

/** INDISTINCT_THREADS, or all cores. */
export function defaultThreads(): number {
  const wanted = process.env['INDISTINCT_THREADS']
  if (wanted === undefined || wanted === '') return availableParallelism()
  const count = Number(wanted)
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`INDISTINCT_THREADS: expected a positive integer, got ${wanted}`)
  return count
}

/** Memory that the threads share. */
export function poolBytes(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(count)
}

export function kernelBytes(): BufferSource {
  return readFileSync(new URL('./generated/kernels.wasm', import.meta.url))
}

export function startPoolThread(data: PoolData): void {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    workerData: data,
    // The loader of the parent is of no use to a plain file, and costs its start-up.
    execArgv: [],
  })
  worker.unref()
}
