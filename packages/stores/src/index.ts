export { redacted, withoutPasswords } from './credentials.ts'
export { openPostgres } from './postgres/open-postgres.ts'
export type { PostgresPlace } from './postgres/postgres-column.ts'
export { openRedis } from './redis/open-redis.ts'
export type { RedisPlace } from './redis/redis-connection.ts'
export type {
  IdentifiedVectors,
  Progress,
  PublishOptions,
  RollBackOptions,
  Store,
  StoredTable,
  Switched,
  TransferOptions,
  Version,
  VersionRecord,
} from './store.ts'
export { tableDigest, type TableDigest } from './table-digest.ts'
