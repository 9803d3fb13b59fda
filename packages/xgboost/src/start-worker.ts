/** @file The thread that XGBoost runs in, from its file. */

import { Worker } from 'node:worker_threads'
import type { XgbEngine } from './engine.ts'

export function startWorker({ engine, path }: XgbEngine): Worker {
  const options = {
    workerData: { path },
    // Loader flags of the parent and what the libraries print stay where they are. (Reading the worker's output,
    // even to drop it, would keep the process alive.)
    execArgv: [],
    stdout: true,
    stderr: true,
  }
  // In quotes: bundlers, and the hashes of stages, find a worker's file by that.
  return engine === 'native'
    ? new Worker(new URL('./native-worker.js', import.meta.url), options)
    : new Worker(new URL('./wasm-worker.js', import.meta.url), options)
}
