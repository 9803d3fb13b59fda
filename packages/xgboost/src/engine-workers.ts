/**
 * @file The worker threads of an engine: each takes one request at a time, and one that breaks is replaced. XGBoost
 * itself runs single-threaded (two OpenMP threads beside a busy process were measured ten times slower than one), so
 * speed comes from independent fits side by side.
 */

import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { startWorker } from '#start-worker'
import type { XgbEngine } from './engine.ts'
import type { Request, Response } from './worker-message.ts'

interface Job {
  readonly request: Request
  readonly resolve: (response: Response) => void
  readonly reject: (error: Error) => void
}

interface EngineWorkers {
  readonly queue: Job[]
  readonly idle: Worker[]
  running: number
}

const byEngine = new Map<string, EngineWorkers>()
let limit: number | undefined

/**
 * Number of fits that run side by side: INDISTINCT_THREADS, or the number of processors. Results do not depend on it.
 */
export function setXgbWorkers(count: number): void {
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`setXgbWorkers: expected a positive integer, got ${count}`)
  limit = count
}

function workerLimit(): number {
  const named = Number(process.env['INDISTINCT_THREADS'])
  return limit ?? (Number.isInteger(named) && named >= 1 ? named : availableParallelism())
}

/** Sends `request` to a free worker of `engine`, or waits for one. Idle workers do not keep the process alive. */
export function send(engine: XgbEngine, request: Request): Promise<Response> {
  const key = `${engine.engine} ${engine.path}`
  let workers = byEngine.get(key)
  if (!workers) {
    workers = { queue: [], idle: [], running: 0 }
    byEngine.set(key, workers)
  }
  const { queue } = workers
  return new Promise((resolve, reject) => {
    queue.push({ request, resolve, reject })
    dispatch(engine, workers)
  })
}

function dispatch(engine: XgbEngine, workers: EngineWorkers): void {
  while (workers.queue.length > 0 && workers.running < workerLimit()) {
    const job = workers.queue.shift()!
    const worker = workers.idle.pop() ?? startWorker(engine)
    workers.running++
    worker.ref()
    run(worker, job, (usable) => {
      workers.running--
      if (usable) {
        worker.unref()
        workers.idle.push(worker)
      }
      dispatch(engine, workers)
    })
  }
}

function run(worker: Worker, job: Job, finished: (usable: boolean) => void): void {
  const settle = (usable: boolean, answer: () => void): void => {
    worker.removeAllListeners('message')
    worker.removeAllListeners('error')
    worker.removeAllListeners('exit')
    // A thread on its way out may still report its end; nobody is waiting for it any more.
    worker.on('error', () => {})
    if (!usable) void worker.terminate()
    answer()
    finished(usable)
  }
  worker.once('message', (response: Response) => {
    settle(!('error' in response && response.broken), () => job.resolve(response))
  })
  worker.once('error', (error: Error) => settle(false, () => job.reject(error)))
  worker.once('exit', (code) => settle(false, () => job.reject(new Error(`the worker ended with code ${code}`))))
  worker.postMessage(job.request, transferable(job.request))
}

/** Buffers that belong to the request alone move instead of being copied; a model stays, since it predicts again. */
function transferable(request: Request): ArrayBuffer[] {
  return request.kind === 'fit'
    ? [request.x.buffer as ArrayBuffer, request.y.buffer as ArrayBuffer]
    : [request.x.buffer as ArrayBuffer]
}
