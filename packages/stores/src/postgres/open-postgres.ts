/** @file Opening a column of vectors in PostgreSQL as a store. */

import { checkOptions } from '@indistinct/core'
import { findColumn, type PostgresPlace } from './postgres-column.ts'
import { connectPostgres } from './postgres-connection.ts'
import { postgresDriver } from './postgres-driver.ts'
import type { Store } from '../store.ts'
import { versionedStore } from '../versioned-store.ts'

/**
 * Opens the vectors of `place` on the server that DATABASE_URL or the PG* variables name.
 * @throws IndistinctError 'file' where the server cannot be reached, 'bad-data' where the table is not as expected.
 */
export async function openPostgres(place: PostgresPlace): Promise<Store> {
  checkOptions<PostgresPlace>('openPostgres', place, { table: 'string', idColumn: 'string', vectorColumn: 'string' })
  const postgres = await connectPostgres()
  try {
    return versionedStore(postgresDriver(postgres, await findColumn(postgres, place)))
  } catch (error) {
    await postgres.close()
    throw error
  }
}
