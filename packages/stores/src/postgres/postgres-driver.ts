/**
 * @file PostgreSQL. The live vectors are the user's own column; a version is a table beside it, `indistinct_…_v<n>`,
 * and `indistinct_versions` of the same schema is the catalogue. The switch is one UPDATE under a lock that stops
 * writers, while readers go on reading the old vectors until it commits. No column, index, view or key of the user's
 * table is redefined.
 */

import { badData, fileError } from '@indistinct/core'
import { vectorText, type PostgresColumn } from './postgres-column.ts'
import type { Postgres } from './postgres-connection.ts'
import { copyRows, liveRows } from './postgres-rows.ts'
import { postgresStore, tableExists, type PostgresStore } from './postgres-store.ts'
import { switchPostgres } from './postgres-switch.ts'
import type { VectorBatch, VersionRecord } from '../store.ts'
import type { Catalogue, Copy, StoreDriver } from '../store-driver.ts'

/** Seconds that a run waits for another one, whose server process may still be noticing that its client died. */
const lockSeconds = 10

/** The driver of `column`, over a connection that it closes. */
export function postgresDriver(postgres: Postgres, column: PostgresColumn): StoreDriver {
  const store = postgresStore(postgres, column)
  return {
    place: column.place,
    dimensions: column.dimensions,
    close: () => postgres.close(),
    catalogue: () => catalogueOf(store),
    exclusively: (work) => exclusively(store, work),
    clearDrafts: () => clearDrafts(store),
    live: (options) => liveRows(store, options),
    keepLive: () => keepLive(store),
    stage: (batches) => stage(store, batches),
    readDraft: (draft, batchRows) => copyRows(store, draft, batchRows),
    switchTo: (change) => switchPostgres(store, change),
    drop: (old) => drop(store, old),
  }
}

async function catalogueOf(store: PostgresStore): Promise<Catalogue> {
  const { postgres, versions, key } = store
  if (!(await tableExists(store, versions))) return { records: new Map() }
  const rows = await postgres.query<{ version: number; live: boolean; record: VersionRecord }>(
    `SELECT version, live, record FROM ${versions} WHERE table_name = $1 AND vector_column = $2 ORDER BY version`,
    [...key],
  )
  return {
    live: rows.find((row) => row.live)?.version,
    records: new Map(rows.map(({ version, record }) => [version, record])),
  }
}

async function exclusively<T>({ postgres, column, key }: PostgresStore, work: () => Promise<T>): Promise<T> {
  const { place, schema, writable } = column
  if (!writable)
    throw badData(
      `${place}: is no plain table; vectors can be exported from a view, and published only to the table under it`,
    )
  const name = `indistinct ${schema}.${key.join('.')}`
  const lock = async (): Promise<boolean> => {
    const query = 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS got'
    return (await postgres.query<{ got: boolean }>(query, [name]))[0]!.got
  }
  for (let waited = 0; !(await lock()); waited += 0.25) {
    if (waited >= lockSeconds) throw fileError(`${place}: another run is publishing here; wait for it to end`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  try {
    return await work()
  } finally {
    await postgres.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => undefined)
  }
}

async function clearDrafts(store: PostgresStore): Promise<boolean> {
  const drafts = []
  for (const draft of ['staged', 'before'] as const) {
    const name = store.copyName(draft)
    if (await tableExists(store, name)) drafts.push(name)
  }
  if (drafts.length > 0) await store.postgres.query(`DROP TABLE ${drafts.join(', ')}`)
  return drafts.length > 0
}

function createCopy(
  { postgres, column: { id, idType, vector, vectorType }, copyName }: PostgresStore,
  copy: Copy,
): Promise<unknown> {
  return postgres.query(`CREATE TABLE ${copyName(copy)} (${id} ${idType} NOT NULL, ${vector} ${vectorType} NOT NULL)`)
}

function keepLive(store: PostgresStore): Promise<void> {
  const { postgres, column, filled, copyName } = store
  const { table, id, vector } = column
  return postgres.transaction(async () => {
    await createCopy(store, 'before')
    await postgres.query(`INSERT INTO ${copyName('before')} SELECT ${id}, ${vector} FROM ${table} WHERE ${filled}`)
  })
}

function stage(store: PostgresStore, batches: Iterable<VectorBatch>): Promise<void> {
  const { postgres, column, copyName } = store
  const { idType, vectorType, format } = column
  return postgres.transaction(async () => {
    await createCopy(store, 'staged')
    for (const { ids, vectors, dimensions } of batches) {
      await postgres.query(
        `INSERT INTO ${copyName('staged')} SELECT i::${idType}, v::${vectorType} FROM unnest($1::text[], ` +
          '$2::text[]) AS rows (i, v)',
        [ids, ids.map((_, i) => vectorText(vectors, i, dimensions, format))],
      )
    }
  })
}

function drop({ postgres, versions, key, copyName }: PostgresStore, old: readonly number[]): Promise<void> {
  return postgres.transaction(async () => {
    await postgres.query(`DROP TABLE IF EXISTS ${old.map(copyName).join(', ')}`)
    await postgres.query(`DELETE FROM ${versions} WHERE table_name = $1 AND vector_column = $2 AND version = ANY($3)`, [
      ...key,
      old,
    ])
    await postgres.query(
      `UPDATE ${versions} SET record = record - 'before' WHERE table_name = $1 AND vector_column = $2`,
      [...key],
    )
  })
}
