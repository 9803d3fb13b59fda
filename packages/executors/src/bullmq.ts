/**
 * @file BullMQ on Redis: a queue that workers anywhere take tasks from. The id of a job is that of its task, so that
 * none is queued twice; workers see to the order, see bullmq-worker.ts.
 */

import { checkOptions } from '@indistinct/core'
import type { Job, JobType, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { memoryOf, wavesOf, type Executor } from './executor.ts'
import { connect, openQueue, unreachable, type JobData } from './redis-queue.ts'

export interface BullmqOptions {
  /** Name of the queue, the same for its workers; default `indistinct`. */
  readonly queue?: string | undefined
}

const alive: JobType[] = ['wait', 'active', 'delayed', 'prioritized']

/** The server is the one that REDIS_URL names. */
export function bullmqExecutor(options: BullmqOptions = {}): Executor {
  checkOptions<BullmqOptions>('bullmqExecutor', options, { queue: 'string' })
  const { queue: name = 'indistinct' } = options
  let opened: Promise<{ redis: Redis; queue: Queue<JobData> }> | undefined
  const guarded = async <T>(work: (queue: Queue<JobData>, redis: Redis) => Promise<T>): Promise<T> => {
    try {
      opened ??= connect(false).then(async (redis) => ({ redis, queue: await openQueue(name, redis) }))
      const { queue, redis } = await opened
      return await work(queue, redis)
    } catch (error) {
      throw unreachable(error)
    }
  }
  return {
    name: 'bullmq',
    warnings: () =>
      guarded(async (_, redis) => {
        const found = await redis.config('GET', 'appendonly').catch(() => undefined)
        if (found === undefined)
          return [
            'this Redis does not tell whether it keeps an append-only file; without one a queue does not outlive ' +
              'its server',
          ]
        return (found as string[])[1] === 'yes'
          ? []
          : [
              'this Redis keeps no append-only file (appendonly no): its queue does not outlive it, and ' +
                'indistinct grid resume submits again what was lost',
            ]
      }),
    held: () => guarded(async (queue) => new Set((await jobs(queue, alive)).map(({ id }) => id!))),
    failures: () =>
      guarded(
        async (queue) => new Map((await jobs(queue, ['failed'])).map((job) => [job.id!, failureOf(job.failedReason)])),
      ),
    submit: (tasks) =>
      guarded(async (queue) => {
        // A job that failed keeps its id, and another of that id would be taken for it.
        for (const { id } of tasks) {
          const old = await queue.getJob(id)
          if (old && (await old.isFailed())) await old.remove()
        }
        await queue.addBulk(
          wavesOf(tasks).flatMap((wave, depth) =>
            wave.map((task) => ({
              name: task.id,
              data: { args: task.args, after: task.after ?? [], env: task.env ?? {}, memory: memoryOf(task) },
              // Early waves first; attempts are for commands that a signal ended, others fail for good.
              opts: { jobId: task.id, priority: depth + 1, attempts: 3, removeOnComplete: true },
            })),
          ),
        )
      }),
    async close() {
      const { redis, queue } = (await opened?.catch(() => undefined)) ?? {}
      await queue?.close().catch(() => undefined)
      redis?.disconnect()
    },
  }
}

async function jobs(queue: Queue<JobData>, types: JobType[]): Promise<Job<JobData>[]> {
  // A job that ends while the list is read comes as nothing.
  return ((await queue.getJobs(types)) as (Job<JobData> | undefined)[]).filter((job) => job !== undefined)
}

function failureOf(reason: string): { code?: number; text: string } {
  const coded = /^exit code (\d+)\n?(.*)$/s.exec(reason)
  return coded ? { code: Number(coded[1]), text: coded[2]! } : { text: reason }
}
