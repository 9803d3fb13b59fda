export { redacted, withoutPasswords } from './credentials.ts'
export { openPostgres } from './open-postgres.ts'
export type { PostgresPlace } from './postgres-column.ts'
export { openRedis } from './open-redis.ts'
export type { RedisPlace } from './redis-connection.ts'
export type {
  IdentifiedVectors,
  Progress,
  PublishOptions,
  Store,
  StoredTable,
  Switched,
  TransferOptions,
  Version,
  VersionRecord,
} from './store.ts'
export { tableDigest, type TableDigest } from './table-digest.ts'
