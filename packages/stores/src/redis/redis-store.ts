/** @file The users' hashes and what stands beside them: names of the keys of versions and of their catalogue. */

import { usageError } from '@indistinct/core'
import type { RedisConnection, RedisPlace } from './redis-connection.ts'
import type { Copy } from '../store-driver.ts'

/** What keys of this program begin with. */
export const ownPrefix = 'indistinct:'

export interface RedisStore extends Pick<RedisConnection, 'redis' | 'owner' | 'isConnected'> {
  /** For people. */
  readonly place: string
  readonly prefix: string
  readonly field: string
  readonly catalogueKey: string
  readonly ownerKey: string
  copyKey(copy: Copy): string
}

/** @throws IndistinctError 'usage' where users' keys would not be told from this program's own. */
export function redisStore(
  { redis, owner, isConnected }: RedisConnection,
  { prefix, vectorField: field = 'embedding' }: RedisPlace,
): RedisStore {
  if (prefix === '' || ownPrefix.startsWith(prefix) || prefix.startsWith(ownPrefix)) {
    throw usageError(
      `--prefix: expected what stands before the id in the users' keys, such as user:, got ${JSON.stringify(prefix)}`,
    )
  }
  const key = (part: string): string => `${ownPrefix}${prefix}${field}:${part}`
  return {
    redis,
    owner,
    isConnected,
    place: `keys ${prefix}*, field ${field}`,
    prefix,
    field,
    catalogueKey: key('versions'),
    ownerKey: key('owner'),
    copyKey: (copy) => key(typeof copy === 'number' ? `v${copy}` : copy),
  }
}
