/** @file Opening the vectors in Redis hashes as a store. */

import { checkOptions } from '@indistinct/core'
import { connectRedis, type RedisPlace } from './redis-connection.ts'
import { redisDriver } from './redis-driver.ts'
import type { Store } from '../store.ts'
import { versionedStore } from '../versioned-store.ts'

/**
 * Opens the vectors of `place` on the server that REDIS_URL names.
 * @throws IndistinctError 'file' where the server cannot be reached, 'usage' where the prefix cannot be one of users.
 */
export async function openRedis(place: RedisPlace): Promise<Store> {
  checkOptions<RedisPlace>('openRedis', place, { prefix: 'string', vectorField: 'string' })
  const connection = await connectRedis()
  try {
    return versionedStore(redisDriver(connection, place))
  } catch (error) {
    await connection.close()
    throw error
  }
}
