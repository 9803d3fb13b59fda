/** @file The column of vectors in a PostgreSQL table: its type, and how vectors go in and come out exactly. */

import { badData } from '@indistinct/core'
import type { Postgres } from './postgres-connection.ts'

export interface PostgresPlace {
  /** Table as SQL names it: `users`, `app.users`, `"Users"`. */
  readonly table: string
  /** Default `id`. */
  readonly idColumn?: string | undefined
  /** Default `embedding`. */
  readonly vectorColumn?: string | undefined
}

/** Names are quoted for SQL where they are not called plain. */
export interface PostgresColumn {
  readonly place: string
  readonly schema: string
  readonly table: string
  readonly plainTable: string
  readonly id: string
  readonly idType: string
  readonly vector: string
  readonly plainVector: string
  readonly vectorType: string
  /** Dimensions in the type, vector(K). */
  readonly dimensions?: number
  /** A view can be read, and nothing more. */
  readonly writable: boolean
  /** The function that gives a vector's bytes. */
  readonly send: string
  readonly format: 'vector' | 'real[]'
}

interface Attribute {
  [key: string]: unknown
  name: string
  type: string
  base: string
  modifier: number
  send: string
}

/**
 * Looks the column up.
 * @throws IndistinctError 'bad-data' where there is no such table or column, or it does not hold float32 vectors.
 */
export async function findColumn(
  postgres: Postgres,
  { table, idColumn = 'id', vectorColumn = 'embedding' }: PostgresPlace,
): Promise<PostgresColumn> {
  const [found] = await postgres
    .query<{ oid: number; schema: string; name: string; kind: string }>(
      'SELECT c.oid::int8::int AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind FROM ' +
        'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)',
      [table],
    )
    .catch((cause: Error) => {
      // Servers before version 16 answer a name that is no SQL with an error, later ones with no table.
      if (/syntax|invalid name/.test(cause.message)) return []
      throw cause
    })
  if (!found || !'rpvmf'.includes(found.kind))
    throw badData(
      `PostgreSQL: there is no table ${table}; expected a table as SQL names it, with its schema where it is not ` +
        'on the search path',
    )
  const attributes = await postgres.query<Attribute>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, t.typname AS base,
            a.atttypmod AS modifier, t.typsend::text AS send
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [found.oid],
  )
  const column = (name: string, flag: string): Attribute => {
    const attribute = attributes.find((one) => one.name === name)
    if (attribute) return attribute
    throw badData(
      `${table}: there is no column ${JSON.stringify(name)}; the columns are ` +
        `${attributes.map((one) => JSON.stringify(one.name)).join(', ')} (${flag})`,
    )
  }
  const id = column(idColumn, '--id-column')
  const vector = column(vectorColumn, '--vector-column')
  if (vector.base !== 'vector' && vector.base !== '_float4') {
    throw badData(
      `${table}: column ${JSON.stringify(vectorColumn)} has type ${vector.type}; expected pgvector's vector or ` +
        'real[], which hold float32 exactly',
    )
  }
  const declared = vector.base === 'vector' && vector.modifier > 0
  return {
    place: `table ${found.schema}.${found.name}, column ${vectorColumn}`,
    schema: identifier(found.schema),
    table: `${identifier(found.schema)}.${identifier(found.name)}`,
    plainTable: found.name,
    id: identifier(idColumn),
    idType: id.type,
    vector: identifier(vectorColumn),
    plainVector: vectorColumn,
    vectorType: vector.type,
    writable: 'rp'.includes(found.kind),
    send: vector.send,
    format: vector.base === 'vector' ? 'vector' : 'real[]',
    ...(declared && { dimensions: vector.modifier }),
  }
}

/** A name in double quotes. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The text of row `i` (K); nine significant digits give every float32 back, and the sign of zero is kept. */
export function vectorText(
  vectors: Float32Array,
  i: number,
  dimensions: number,
  format: PostgresColumn['format'],
): string {
  let text = ''
  for (let k = 0; k < dimensions; k++) {
    const value = vectors[i * dimensions + k]!
    text += (k > 0 ? ',' : '') + (Object.is(value, -0) ? '-0' : value.toPrecision(9))
  }
  return format === 'vector' ? `[${text}]` : `{${text}}`
}

/**
 * The values in the bytes of a send function, big-endian: `vector_send` is a count, two spare bytes and float32 values;
 * `array_send` is a header of one dimension and values that are each preceded by their length.
 */
export function vectorFromBytes(bytes: Buffer, format: PostgresColumn['format'], where: string): Float32Array {
  if (format === 'vector') {
    const values = new Float32Array(bytes.readInt16BE(0))
    for (let k = 0; k < values.length; k++) values[k] = bytes.readFloatBE(4 + 4 * k)
    return values
  }
  const axes = bytes.readInt32BE(0)
  if (axes !== 1) throw badData(`${where}: expected an array of one dimension with values in it, got one of ${axes}`)
  const values = new Float32Array(bytes.readInt32BE(12))
  for (let k = 0, at = 20; k < values.length; k++, at += 8) {
    if (bytes.readInt32BE(at) !== 4) throw badData(`${where}: value ${k} (from 0) is NULL; expected a number`)
    values[k] = bytes.readFloatBE(at + 4)
  }
  return values
}
