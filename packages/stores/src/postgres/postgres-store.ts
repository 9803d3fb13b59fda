/** @file A column of vectors and what stands beside it: the names of its versions and of their catalogue. */

import { sha256 } from '@indistinct/core'
import { identifier, type PostgresColumn } from './postgres-column.ts'
import type { Postgres } from './postgres-connection.ts'
import type { Copy } from '../store-driver.ts'

/** PostgreSQL cuts names to 63 bytes; the longest suffix is that of version 999,999. */
const nameBytes = 63 - '_v999999'.length

export interface PostgresStore {
  readonly postgres: Postgres
  readonly column: PostgresColumn
  /** The catalogue, as SQL names it. */
  readonly versions: string
  /** What the catalogue knows the column by: names of table and vector. */
  readonly key: readonly [string, string]
  /** SQL: the row has a vector. */
  readonly filled: string
  /** Name of a copy, and the same as SQL names it. */
  plainCopy(copy: Copy): string
  copyName(copy: Copy): string
}

export function postgresStore(postgres: Postgres, column: PostgresColumn): PostgresStore {
  const { schema, plainTable, vector, plainVector } = column
  const long = `indistinct_${plainTable}_${plainVector}`
  const base = Buffer.byteLength(long) > nameBytes ? `indistinct_${sha256(long).slice(0, 24)}` : long
  const plainCopy = (copy: Copy): string => `${base}_${typeof copy === 'number' ? `v${copy}` : copy}`
  return {
    postgres,
    column,
    versions: `${schema}.indistinct_versions`,
    key: [plainTable, plainVector],
    filled: `${vector} IS NOT NULL`,
    plainCopy,
    copyName: (copy) => `${schema}.${identifier(plainCopy(copy))}`,
  }
}

export async function tableExists({ postgres }: PostgresStore, name: string): Promise<boolean> {
  return (await postgres.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [name]))[0]!.found
}
