/** @file One connection to Redis, and its failures in words that name no secret. */

import { fileError, IndistinctError, usageError } from '@indistinct/core'
import type { Redis } from 'ioredis'
import { addressFrom, redacted } from '../credentials.ts'

export interface RedisPlace {
  /** What stands before the id in the names of the users' hashes: `user:` for `user:42`. */
  readonly prefix: string
  /** Field of those hashes that holds the vector; default `embedding`. */
  readonly vectorField?: string | undefined
}

export interface RedisConnection {
  readonly redis: Redis
  /** Names this connection among all that this server process has ever had. */
  readonly owner: string
  /** Whether the connection that `owner` names is open. */
  isConnected(owner: string): Promise<boolean>
  /** Runs `work`, and turns its failures into ours. */
  guarded<T>(work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/**
 * Connects to the server that REDIS_URL names, `redis://localhost:6379` by default.
 * @throws IndistinctError 'file' where it cannot be reached or refuses.
 */
export async function connectRedis(): Promise<RedisConnection> {
  const address = addressFrom('REDIS_URL', ['redis', 'rediss'])
  const database = decoded(address?.pathname.slice(1) ?? '')
  if (!/^\d*$/.test(database))
    throw usageError('REDIS_URL: expected the number of a database after the last slash, or nothing')
  // Loaded here, so that programs that never open a store do not pay for the client.
  const { Redis } = await import('ioredis')
  const redis = new Redis(clientOptions(address, Number(database)))
  let first: Error | undefined
  redis.on('error', (error: Error) => (first ??= error))
  const failure = (error: unknown): Error => fileError(`Redis: ${reason(first ?? error)}`)
  try {
    await redis.connect()
    if (first) throw first
    const info = await redis.info('server')
    if (/redis_mode:cluster/.test(info))
      throw new Error(
        'the server is a cluster; a switch of all users at once needs a single server (or a primary with replicas)',
      )
    const run = /run_id:(\w+)/.exec(info)?.[1] ?? ''
    const owner = `${run}/${await redis.client('ID')}`
    return {
      redis,
      owner,
      async isConnected(other) {
        const [otherRun, id] = other.split('/')
        return (
          otherRun === run &&
          id !== undefined &&
          String(await redis.call('CLIENT', 'LIST', 'ID', id)).includes(`id=${id} `)
        )
      },
      async guarded(work) {
        try {
          return await work()
        } catch (error) {
          // The client's own errors are plain or of its own classes; these are ours, or mistakes of this program.
          if (error instanceof IndistinctError || error instanceof RangeError || error instanceof TypeError) throw error
          throw failure(error)
        }
      },
      close: () =>
        redis.quit().then(
          () => undefined,
          () => redis.disconnect(),
        ),
    }
  } catch (error) {
    redis.disconnect()
    throw fileError(`cannot connect to Redis: ${reason(first ?? error)}; the address comes from REDIS_URL`)
  }
}

function clientOptions(address: URL | undefined, database: number) {
  return {
    host: address?.hostname.replace(/^\[|\]$/g, '') || 'localhost',
    port: Number(address?.port || 6379),
    username: decoded(address?.username ?? ''),
    password: decoded(address?.password ?? ''),
    db: database,
    ...(address?.protocol === 'rediss:' && { tls: {} }),
    lazyConnect: true,
    connectTimeout: 15_000,
    // A run whose connection is lost has lost its place in the queue of publishers too: it ends, and is run again.
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The client's errors carry the command that failed, AUTH and its password too: only the text goes on. */
function reason(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: { message: string }[] }
  return redacted(
    (message || errors?.map((one) => one.message).join('; ') || code || 'unknown error').replaceAll(/\s*\n\s*/g, ' '),
  )
}
