/**
 * @file A process that publishes one of two tables and writes a line at every step, for tests that kill it: arguments
 * are the kind of store and the table's number.
 */

import { writeSync } from 'node:fs'
import { openPostgres } from '../postgres/open-postgres.ts'
import { openRedis } from '../redis/open-redis.ts'
import { batchRows, numberedTable } from './tables.ts'

const [kind, number] = process.argv.slice(2)
const store = kind === 'redis' ? await openRedis({ prefix: 'user:' }) : await openPostgres({ table: 'users' })
await store.publish(numberedTable(Number(number)), {
  batchRows,
  onProgress: ({ step, done }) => void writeSync(1, `${step} ${done}\n`),
})
await store.close()
