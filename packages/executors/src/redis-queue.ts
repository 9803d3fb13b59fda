/**
 * @file The queue in Redis that `bullmq` and its workers share. BullMQ and its client are optional: loaded when asked
 * for.
 */

import { fileError, IndistinctError, usageError } from '@indistinct/core'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

/** What a job carries; its id is the task's. */
export interface JobData {
  readonly args: readonly string[]
  readonly after: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly memory: number
}

/** Before the names of all our keys. */
export const prefix = 'indistinct'

export async function loadBullmq(): Promise<typeof import('bullmq')> {
  try {
    return await import('bullmq')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw usageError('--executor bullmq: needs two more packages: npm install bullmq ioredis', { cause })
  }
}

/**
 * A connection to the server that REDIS_URL names, `redis://localhost:6379` by default.
 * @param patient whether to wait, for ever, while the server is away, as workers do
 * @throws IndistinctError 'file' where it cannot be reached.
 */
export async function connect(patient: boolean): Promise<Redis> {
  const address = process.env['REDIS_URL'] || 'redis://localhost:6379'
  if (!/^rediss?:\/\//.test(address) || !URL.canParse(address)) {
    throw usageError(
      'REDIS_URL: expected an address such as redis://user:password@host:6379, with special characters of the ' +
        'password percent-encoded; its value is not shown here',
    )
  }
  const { Redis: Client } = await import('ioredis')
  const redis = new Client(address, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: 15_000,
    retryStrategy: (times: number) => (patient ? Math.min(times * 200, 3000) : null),
  })
  let first: Error | undefined
  redis.on('error', (error: Error) => (first ??= error))
  try {
    await redis.connect()
    return redis
  } catch (error) {
    if (patient && first && /ECONNREFUSED|ETIMEDOUT/.test(String((first as NodeJS.ErrnoException).code))) return redis
    redis.disconnect()
    throw unreachable(first ?? error)
  }
}

/** The client's errors may carry the command that failed, AUTH and its password too: only the text goes on. */
export function unreachable(error: unknown): Error {
  if (error instanceof IndistinctError) return error
  const { message, code } = error as NodeJS.ErrnoException
  const password = URL.canParse(process.env['REDIS_URL'] ?? '') ? new URL(process.env['REDIS_URL']!).password : ''
  const text = (message || code || 'no answer').split('\n')[0]!
  return fileError(
    `Redis: ${password === '' ? text : text.replaceAll(password, '***')}; the address comes from REDIS_URL`,
  )
}

export async function openQueue(name: string, redis: Redis): Promise<Queue<JobData>> {
  const { Queue: Class } = await loadBullmq()
  const queue = new Class<JobData>(name, { connection: redis, prefix })
  // What fails is told by the call that failed.
  queue.on('error', () => undefined)
  return queue
}
