/** @file Vectors of a table or a copy in batches, all of one moment. */

import { badData, counted } from '@indistinct/core'
import { vectorFromBytes } from './postgres-column.ts'
import type { PostgresStore } from './postgres-store.ts'
import type { VectorBatch } from '../store.ts'
import type { Copy, LiveRows } from '../store-driver.ts'

interface Row {
  readonly [name: string]: unknown
  readonly id: string | null
  readonly vector: Buffer
}

/** Rows of a table, as SQL says it. */
interface Selection {
  readonly from: string
  readonly where?: string
  readonly order?: string
  readonly batchRows: number
}

/** Live vectors, and how many users have none. */
export function liveRows(
  store: PostgresStore,
  { batchRows, sorted }: { readonly batchRows: number; readonly sorted: boolean },
): LiveRows {
  const { postgres, column, filled } = store
  let without = 0
  const count = async (): Promise<void> => {
    const [row] = await postgres.query<{ count: number }>(
      `SELECT count(*)::float8 AS count FROM ${column.table} WHERE ${column.vector} IS NULL`,
    )
    without = row!.count
  }
  const order = sorted ? `ORDER BY ${column.id}` : ''
  return {
    batches: inSnapshot(store, { from: column.table, where: `WHERE ${filled}`, order, batchRows }, count),
    withoutVector: () => without,
  }
}

export function copyRows(store: PostgresStore, copy: Copy, batchRows: number): AsyncIterable<VectorBatch> {
  return inSnapshot(store, { from: store.copyName(copy), batchRows })
}

/** A generator that holds its own transaction, so that all its batches are of one moment. */
async function* inSnapshot(
  store: PostgresStore,
  selection: Selection,
  atEnd?: () => Promise<void>,
): AsyncGenerator<VectorBatch> {
  const { postgres } = store
  await postgres.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    yield* rowsOf(store, selection)
    await atEnd?.()
  } finally {
    // Also where the reader stops early or the connection is gone; then there is nothing left to end.
    await postgres.query('ROLLBACK').catch(() => undefined)
  }
}

async function* rowsOf(
  { postgres, column: { place, id, vector, send, format } }: PostgresStore,
  { from, where = '', order = '', batchRows }: Selection,
): AsyncGenerator<VectorBatch> {
  await postgres.query(
    `DECLARE indistinct_rows NO SCROLL CURSOR FOR SELECT ${id}::text AS id, ${send}(${vector}) AS vector FROM ` +
      `${from} ${where} ${order}`,
  )
  const seen = new Set<string>()
  for (;;) {
    const rows = await postgres.query<Row>(`FETCH ${batchRows} FROM indistinct_rows`)
    if (rows.length === 0) break
    yield toBatch(rows, { place, id, format, seen })
  }
  await postgres.query('CLOSE indistinct_rows')
}

/** @throws IndistinctError 'bad-data' where ids are missing or twice, or lengths differ. */
function toBatch(
  rows: readonly Row[],
  {
    place,
    id,
    format,
    seen,
  }: Pick<PostgresStore['column'], 'place' | 'id' | 'format'> & { readonly seen: Set<string> },
): VectorBatch {
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
        `${place}: user ${JSON.stringify(own)} has ${counted(values.length, 'dimension')}, others have ` +
          `${dimensions}; ` +
          'expected one length',
      )
    vectors.set(values, i * dimensions)
    return own
  })
  return { ids, vectors, dimensions }
}
