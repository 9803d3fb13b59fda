/**
 * @file PostgreSQL. The live vectors are the user's own column; a version is a table beside it, `indistinct_…_v<n>`,
 * and `indistinct_versions` of the same schema is the catalogue. The switch is one UPDATE under a lock that stops
 * writers, while readers go on reading the old vectors until it commits. No column, index, view or key of the user's
 * table is redefined.
 */

import { badData, fileError, sha256 } from '@indistinct/core'
import { identifier, vectorFromBytes, vectorText, type PostgresColumn } from './postgres-column.ts'
import type { Postgres } from './postgres-connection.ts'
import type { VectorBatch, VersionRecord } from './store.ts'
import type { Catalogue, Copy, LiveRows, StoreDriver, Switch, SwitchOutcome } from './store-driver.ts'

/** PostgreSQL cuts names to 63 bytes; the longest suffix is that of version 999,999. */
const nameBytes = 63 - '_v999999'.length

/** Seconds that a run waits for another one, whose server process may still be noticing that its client died. */
const lockSeconds = 10

/** The driver of `column`, over a connection that it closes. */
export function postgresDriver(postgres: Postgres, column: PostgresColumn): StoreDriver {
  const { place, schema, table, plainTable, id, idType, vector, plainVector, vectorType, send, format } = column
  const long = `indistinct_${plainTable}_${plainVector}`
  const base = Buffer.byteLength(long) > nameBytes ? `indistinct_${sha256(long).slice(0, 24)}` : long
  const versions = `${schema}.indistinct_versions`
  const key = [plainTable, plainVector]
  const plainCopy = (copy: Copy): string => `${base}_${typeof copy === 'number' ? `v${copy}` : copy}`
  const copyName = (copy: Copy): string => `${schema}.${identifier(plainCopy(copy))}`
  const exists = async (name: string): Promise<boolean> =>
    (await postgres.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [name]))[0]!.found
  const filled = `${vector} IS NOT NULL`

  async function* rowsOf(from: string, batchRows: number, order: string, where = ''): AsyncGenerator<VectorBatch> {
    await postgres.query(
      `DECLARE indistinct_rows NO SCROLL CURSOR FOR SELECT ${id}::text AS id, ${send}(${vector}) AS vector FROM ` +
        `${from} ${where} ${order}`,
    )
    const seen = new Set<string>()
    for (;;) {
      const rows = await postgres.query<{ id: string | null; vector: Buffer }>(
        `FETCH ${batchRows} FROM indistinct_rows`,
      )
      if (rows.length === 0) break
      yield toBatch(rows, seen)
    }
    await postgres.query('CLOSE indistinct_rows')
  }

  function toBatch(rows: readonly { id: string | null; vector: Buffer }[], seen: Set<string>): VectorBatch {
    const first = vectorFromBytes(rows[0]!.vector, format, `${place}: user ${JSON.stringify(rows[0]!.id)}`)
    const dimensions = first.length
    const vectors = new Float32Array(rows.length * dimensions)
    const ids = rows.map(({ id: own, vector: bytes }, i) => {
      if (own === null)
        throw badData(`${place}: a row with a vector has no id (${id} is NULL); expected an id for every user`)
      if (seen.has(own))
        throw badData(`${place}: id ${JSON.stringify(own)} stands in several rows; expected one row a user`)
      seen.add(own)
      const values = i === 0 ? first : vectorFromBytes(bytes, format, `${place}: user ${JSON.stringify(own)}`)
      if (values.length !== dimensions)
        throw badData(
          `${place}: user ${JSON.stringify(own)} has ${values.length} dimensions, others have ${dimensions}; ` +
            'expected one length',
        )
      vectors.set(values, i * dimensions)
      return own
    })
    return { ids, vectors, dimensions }
  }

  /** A generator that holds its own transaction, so that all its batches are of one moment. */
  async function* inSnapshot(
    from: string,
    batchRows: number,
    order: string,
    where: string,
    atEnd?: () => Promise<void>,
  ): AsyncGenerator<VectorBatch> {
    await postgres.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    try {
      yield* rowsOf(from, batchRows, order, where)
      await atEnd?.()
    } finally {
      // Also where the reader stops early or the connection is gone; then there is nothing left to end.
      await postgres.query('ROLLBACK').catch(() => undefined)
    }
  }

  const createCopy = (copy: Copy): Promise<unknown> =>
    postgres.query(`CREATE TABLE ${copyName(copy)} (${id} ${idType} NOT NULL, ${vector} ${vectorType} NOT NULL)`)

  async function ensureCatalogue(): Promise<void> {
    if (await exists(versions)) return
    await postgres.transaction(async () => {
      // Two runs on different tables of one schema may both get here, and IF NOT EXISTS alone does not order them.
      await postgres.query("SELECT pg_advisory_xact_lock(hashtextextended('indistinct_versions', 0))")
      await postgres.query(
        `CREATE TABLE IF NOT EXISTS ${versions} (table_name text, vector_column text, version int, live boolean ` +
          'NOT NULL, record jsonb NOT NULL, PRIMARY KEY (table_name, vector_column, version))',
      )
    })
  }

  async function clearDrafts(): Promise<boolean> {
    const drafts = []
    for (const draft of ['staged', 'before'] as const) if (await exists(copyName(draft))) drafts.push(copyName(draft))
    if (drafts.length > 0) await postgres.query(`DROP TABLE ${drafts.join(', ')}`)
    return drafts.length > 0
  }

  return {
    place,
    dimensions: column.dimensions,
    close: () => postgres.close(),

    async catalogue(): Promise<Catalogue> {
      if (!(await exists(versions))) return { records: new Map() }
      const rows = await postgres.query<{ version: number; live: boolean; record: VersionRecord }>(
        `SELECT version, live, record FROM ${versions} WHERE table_name = $1 AND vector_column = $2 ORDER BY version`,
        key,
      )
      return {
        live: rows.find((row) => row.live)?.version,
        records: new Map(rows.map(({ version, record }) => [version, record])),
      }
    },

    async exclusively(work) {
      if (!column.writable)
        throw badData(
          `${place}: is no plain table; vectors can be exported from a view, and published only to the table under it`,
        )
      const lock = async (): Promise<boolean> =>
        (
          await postgres.query<{ got: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS got', [
            `indistinct ${schema}.${key.join('.')}`,
          ])
        )[0]!.got
      for (let waited = 0; !(await lock()); waited += 0.25) {
        if (waited >= lockSeconds) throw fileError(`${place}: another run is publishing here; wait for it to end`)
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
      try {
        return await work()
      } finally {
        await postgres
          .query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [`indistinct ${schema}.${key.join('.')}`])
          .catch(() => undefined)
      }
    },

    clearDrafts,

    live({ batchRows, sorted }): LiveRows {
      let without = 0
      const count = async (): Promise<void> => {
        without = (
          await postgres.query<{ count: number }>(
            `SELECT count(*)::float8 AS count FROM ${table} WHERE ${vector} IS NULL`,
          )
        )[0]!.count
      }
      return {
        batches: inSnapshot(table, batchRows, sorted ? `ORDER BY ${id}` : '', `WHERE ${filled}`, count),
        withoutVector: () => without,
      }
    },

    keepLive: () =>
      postgres.transaction(async () => {
        await createCopy('before')
        await postgres.query(`INSERT INTO ${copyName('before')} SELECT ${id}, ${vector} FROM ${table} WHERE ${filled}`)
      }),

    stage: (batches) =>
      postgres.transaction(async () => {
        await createCopy('staged')
        for (const { ids, vectors, dimensions } of batches) {
          await postgres.query(
            `INSERT INTO ${copyName('staged')} SELECT i::${idType}, v::${vectorType} FROM unnest($1::text[], ` +
              '$2::text[]) AS rows (i, v)',
            [ids, ids.map((_, i) => vectorText(vectors, i, dimensions, format))],
          )
        }
      }),

    readDraft: (draft, batchRows) => inSnapshot(copyName(draft), batchRows, '', ''),

    async switchTo({
      source,
      expected,
      rows,
      strict,
      partial,
      version,
      renames,
      records,
    }: Switch): Promise<SwitchOutcome> {
      await ensureCatalogue()
      for (const copy of [source, expected]) await postgres.query(`ANALYZE ${copyName(copy)}`)
      const changedMeanwhile = new Error('the live vectors changed')
      const differs = (a: string, b: string): string =>
        `${send}(${a}.${vector}) IS DISTINCT FROM ${send}(${b}.${vector})`
      const work = async (): Promise<SwitchOutcome> => {
        await postgres.query("SET LOCAL lock_timeout = '30s'")
        await postgres.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`)
        const [state] = await postgres.query<{ rows: number; gone: number; drifted: number; total: number }>(
          `SELECT count(*)::float8 AS rows, count(*) FILTER (WHERE l.${id} IS NULL)::float8 AS gone,
             count(*) FILTER (WHERE l.${id} IS NOT NULL AND ${differs('l', 'e')})::float8 AS drifted,
             (SELECT count(*)::float8 FROM ${table} WHERE ${filled}) AS total
           FROM ${copyName(source)} s LEFT JOIN ${table} l ON l.${id} = s.${id} AND l.${filled} LEFT JOIN ${copyName(expected)} e ON e.${id} = s.${id}`,
        )
        const { gone, drifted, total } = state!
        if (state!.rows !== rows)
          throw fileError(
            `${place}: version ${version} has ${state!.rows} rows, ${rows} were recorded; nothing was switched`,
          )
        const others = total - (rows - gone)
        if (drifted > 0 || (strict && gone > 0) || (!partial && others > 0)) throw changedMeanwhile
        const [{ changed }] = (await postgres.query<{ changed: number }>(
          `WITH moved AS (UPDATE ${table} l SET ${vector} = s.${vector} FROM ${copyName(source)} s WHERE l.${id} = s.${id} AND l.${filled} AND ${differs('l', 's')} RETURNING 1)
           SELECT count(*)::float8 AS changed FROM moved`,
        )) as [{ changed: number }]
        const [{ wrong }] = (await postgres.query<{ wrong: number }>(
          `SELECT count(*)::float8 AS wrong FROM ${copyName(source)} s JOIN ${table} l ON l.${id} = s.${id} ` +
            `WHERE l.${vector} IS NOT NULL AND ${differs('l', 's')}`,
        )) as [{ wrong: number }]
        if (wrong > 0)
          throw fileError(
            `${place}: ${wrong} vectors were not as written after the update (a trigger or a rule?); nothing was ` +
              'switched',
          )
        for (const { draft, version: number } of renames)
          await postgres.query(`ALTER TABLE ${copyName(draft)} RENAME TO ${identifier(plainCopy(number))}`)
        for (const [number, record] of records) {
          await postgres.query(`INSERT INTO ${versions} VALUES ($1, $2, $3, false, $4)`, [
            ...key,
            number,
            JSON.stringify(record),
          ])
        }
        await postgres.query(
          `UPDATE ${versions} SET live = version = $3 WHERE table_name = $1 AND vector_column = $2`,
          [...key, version],
        )
        return { changed, gone }
      }
      return postgres.transaction(work).catch((error: unknown) => {
        if (error === changedMeanwhile) return 'changed-meanwhile'
        throw error
      })
    },

    drop: (old) =>
      postgres.transaction(async () => {
        await postgres.query(`DROP TABLE IF EXISTS ${old.map(copyName).join(', ')}`)
        await postgres.query(
          `DELETE FROM ${versions} WHERE table_name = $1 AND vector_column = $2 AND version = ANY($3)`,
          [...key, old],
        )
        await postgres.query(
          `UPDATE ${versions} SET record = record - 'before' WHERE table_name = $1 AND vector_column = $2`,
          key,
        )
      }),
  }
}
