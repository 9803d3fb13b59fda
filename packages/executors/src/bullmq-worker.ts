/**
 * @file A worker of the queue in Redis. Tasks run in processes of their own, so that the event loop here stays free to
 * renew the locks by which BullMQ knows that they are under way; the tasks of a worker that died go to another.
 */

import { checkOptions, type OptionKinds } from '@indistinct/core'
import type { ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { availableMemory } from './executor.ts'
import { connect, loadBullmq, openQueue, prefix, type JobData } from './redis-queue.ts'
import { spawnTask } from './spawn-task.ts'

export interface WorkerOptions {
  /** Name of the queue; default `indistinct`. */
  readonly queue?: string | undefined
  /** How `indistinct` is called here: interpreter and script. Jobs bring arguments alone. */
  readonly program: readonly string[]
  /** Where the output of tasks goes. */
  readonly folder: string
  /** Processes at a time; default 1. */
  readonly workers?: number | undefined
  /** Seconds after which the tasks of a worker that fell silent go to another; default 30. */
  readonly lockSeconds?: number | undefined
  readonly onStart?: (id: string) => void
  /** @param failure absent where it ended well */
  readonly onEnd?: (id: string, failure?: string) => void
  readonly onError?: (error: Error) => void
}

const workerKinds: OptionKinds<WorkerOptions> = {
  queue: 'string',
  program: 'list',
  folder: 'string',
  workers: 'number',
  lockSeconds: 'number',
  onStart: 'function',
  onEnd: 'function',
  onError: 'function',
}

/**
 * Takes tasks until the returned function is called, which stops what runs and leaves it to other workers.
 * @throws IndistinctError 'usage' where BullMQ is not installed, 'file' where the server refuses.
 */
export async function startBullmqWorker(options: WorkerOptions): Promise<() => Promise<void>> {
  checkOptions<WorkerOptions>('startBullmqWorker', options, workerKinds)
  const {
    queue: name = 'indistinct',
    program,
    folder,
    workers = 1,
    lockSeconds = 30,
    onStart,
    onEnd,
    onError,
  } = options
  const { DelayedError, UnrecoverableError, Worker } = await loadBullmq()
  const redis = await connect(true)
  const queue = await openQueue(name, redis)
  const running = new Set<ChildProcess>()
  let stopping = false
  const threads = String(Math.max(1, Math.floor(availableParallelism() / workers)))
  const worker = new Worker<JobData>(
    name,
    async (job, token) => {
      const id = job.id!
      const later = async (milliseconds: number): Promise<never> => {
        await job.moveToDelayed(Date.now() + milliseconds, token)
        throw new DelayedError()
      }
      for (const before of job.data.after) {
        const state = await queue.getJobState(before)
        if (state === 'failed') throw new UnrecoverableError(`left out, since ${before} failed`)
        // A job that has ended well is gone.
        if (state !== 'unknown' && state !== 'completed') await later(300)
      }
      if (running.size > 0 && job.data.memory > availableMemory()) await later(3000)
      onStart?.(id)
      const { child, ended } = spawnTask(program, { id, args: job.data.args, env: job.data.env }, folder, {
        INDISTINCT_THREADS: threads,
      })
      running.add(child)
      const failure = await ended.finally(() => running.delete(child))
      onEnd?.(id, failure?.text)
      if (failure === undefined) return
      if (stopping) await later(0)
      // A signal may hit the next attempt no more; an exit code will come again.
      if (failure.killed) throw new Error(failure.text)
      throw new UnrecoverableError(
        failure.code === undefined ? failure.text : `exit code ${failure.code}\n${failure.text}`,
      )
    },
    { connection: redis, prefix, concurrency: workers, maxStalledCount: 5, ...locks(lockSeconds) },
  )
  worker.on('error', (error) => onError?.(error))
  return async () => {
    stopping = true
    for (const child of running) child.kill('SIGTERM')
    await worker.close()
    await queue.close()
    redis.disconnect()
  }
}

/** A job's lock, and how often jobs are looked for whose worker has lost it. */
function locks(seconds: number): { lockDuration: number; stalledInterval: number } {
  return { lockDuration: seconds * 1000, stalledInterval: seconds * 500 }
}
