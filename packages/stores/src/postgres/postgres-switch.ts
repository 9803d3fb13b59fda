/** @file The switch of PostgreSQL: one UPDATE under a lock that stops writers, with everything checked around it. */

import { fileError } from '@indistinct/core'
import { identifier } from './postgres-column.ts'
import { tableExists, type PostgresStore } from './postgres-store.ts'
import type { Switch, SwitchOutcome } from '../store-driver.ts'

/** All of it or nothing; see `StoreDriver`. */
export async function switchPostgres(store: PostgresStore, change: Switch): Promise<SwitchOutcome> {
  const { postgres, copyName } = store
  await ensureCatalogue(store)
  for (const copy of [change.source, change.expected]) await postgres.query(`ANALYZE ${copyName(copy)}`)
  const changedMeanwhile = new Error('the live vectors changed')
  const work = async (): Promise<SwitchOutcome> => {
    await postgres.query("SET LOCAL lock_timeout = '30s'")
    await postgres.query(`LOCK TABLE ${store.column.table} IN SHARE ROW EXCLUSIVE MODE`)
    const gone = await usersGone(store, change)
    if (gone === undefined) throw changedMeanwhile
    const changed = await updateVectors(store, change)
    await recordVersions(store, change)
    return { changed, gone }
  }
  return postgres.transaction(work).catch((error: unknown) => {
    if (error === changedMeanwhile) return 'changed-meanwhile'
    throw error
  })
}

async function ensureCatalogue(store: PostgresStore): Promise<void> {
  const { postgres, versions } = store
  if (await tableExists(store, versions)) return
  await postgres.transaction(async () => {
    // Two runs on different tables of one schema may both get here, and IF NOT EXISTS alone does not order them.
    await postgres.query("SELECT pg_advisory_xact_lock(hashtextextended('indistinct_versions', 0))")
    await postgres.query(
      `CREATE TABLE IF NOT EXISTS ${versions} (table_name text, vector_column text, version int, live boolean ` +
        'NOT NULL, record jsonb NOT NULL, PRIMARY KEY (table_name, vector_column, version))',
    )
  })
}

/** SQL: the vectors of two rows are of other bytes. */
function differs({ column: { send, vector } }: PostgresStore, a: string, b: string): string {
  return `${send}(${a}.${vector}) IS DISTINCT FROM ${send}(${b}.${vector})`
}

/** How many users of the source have no live vector; nothing where live vectors are not those that were expected. */
async function usersGone(
  store: PostgresStore,
  { source, expected, rows, strict, partial, version }: Switch,
): Promise<number | undefined> {
  const { postgres, copyName, filled } = store
  const { place, table, id } = store.column
  const [state] = await postgres.query<{ rows: number; gone: number; drifted: number; total: number }>(
    `SELECT count(*)::float8 AS rows, count(*) FILTER (WHERE l.${id} IS NULL)::float8 AS gone,
       count(*) FILTER (WHERE l.${id} IS NOT NULL AND ${differs(store, 'l', 'e')})::float8 AS drifted,
       (SELECT count(*)::float8 FROM ${table} WHERE ${filled}) AS total
     FROM ${copyName(source)} s LEFT JOIN ${table} l ON l.${id} = s.${id} AND l.${filled}
     LEFT JOIN ${copyName(expected)} e ON e.${id} = s.${id}`,
  )
  const { gone, drifted, total } = state!
  if (state!.rows !== rows)
    throw fileError(`${place}: version ${version} has ${state!.rows} rows, ${rows} were recorded; nothing was switched`)
  const others = total - (rows - gone)
  return drifted > 0 || (strict && gone > 0) || (!partial && others > 0) ? undefined : gone
}

/** How many vectors changed. @throws IndistinctError 'file' where they are not as written afterwards. */
async function updateVectors(store: PostgresStore, { source }: Switch): Promise<number> {
  const { postgres, copyName, filled } = store
  const { place, table, id, vector } = store.column
  const [{ changed }] = (await postgres.query<{ changed: number }>(
    `WITH moved AS (UPDATE ${table} l SET ${vector} = s.${vector} FROM ${copyName(source)} s
       WHERE l.${id} = s.${id} AND l.${filled} AND ${differs(store, 'l', 's')} RETURNING 1)
     SELECT count(*)::float8 AS changed FROM moved`,
  )) as [{ changed: number }]
  const [{ wrong }] = (await postgres.query<{ wrong: number }>(
    `SELECT count(*)::float8 AS wrong FROM ${copyName(source)} s JOIN ${table} l ON l.${id} = s.${id} ` +
      `WHERE l.${filled} AND ${differs(store, 'l', 's')}`,
  )) as [{ wrong: number }]
  if (wrong > 0)
    throw fileError(
      `${place}: ${wrong} vectors were not as written after the update (a trigger or a rule?); nothing was switched`,
    )
  return changed
}

/** Drafts get their numbers, and the catalogue its records. */
async function recordVersions(store: PostgresStore, { version, renames, records }: Switch): Promise<void> {
  const { postgres, versions, key, copyName, plainCopy } = store
  for (const { draft, version: number } of renames)
    await postgres.query(`ALTER TABLE ${copyName(draft)} RENAME TO ${identifier(plainCopy(number))}`)
  for (const [number, record] of records)
    await postgres.query(`INSERT INTO ${versions} VALUES ($1, $2, $3, false, $4)`, [
      ...key,
      number,
      JSON.stringify(record),
    ])
  await postgres.query(`UPDATE ${versions} SET live = version = $3 WHERE table_name = $1 AND vector_column = $2`, [
    ...key,
    version,
  ])
}
