/** @file One connection to PostgreSQL, and its failures in words that name no secret. */

import { badData, fileError, IndistinctError, usageError } from '@indistinct/core'
import type { Client } from 'pg'
import { addressFrom, redacted } from '../credentials.ts'

export interface Postgres {
  /** Rows of one statement. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Runs `work` in one transaction, which is rolled back when it throws. */
  transaction<T>(work: () => Promise<T>, mode?: string): Promise<T>
  close(): Promise<void>
}

/**
 * Connects to the server that DATABASE_URL or the PG* variables name.
 * @throws IndistinctError 'file' where it cannot be reached or refuses.
 */
export async function connectPostgres(): Promise<Postgres> {
  const address = addressFrom('DATABASE_URL', ['postgres', 'postgresql'])
  // Loaded here, so that programs that never open a store do not pay for the client.
  const { default: pg } = await import('pg')
  const client: Client = attempt(
    () =>
      new pg.Client({
        ...(address && { connectionString: address.href }),
        application_name: 'indistinct',
        connectionTimeoutMillis: 15_000,
      }),
  )
  let lost: unknown
  client.on('error', (error) => (lost = error))
  try {
    await client.connect()
    // A policy that hides rows from this role would leave hidden users unpublished: that has to fail instead.
    await client.query('SET row_security = off')
  } catch (error) {
    await client.end().catch(() => undefined)
    throw fileError(
      `cannot connect to PostgreSQL: ${reason(error)}; the address comes from DATABASE_URL or PGHOST, PGPORT, ` +
        'PGUSER, PGPASSWORD and PGDATABASE',
    )
  }
  // The server then notices that this process died while a statement runs. Not every server and platform has it.
  await client.query("SET client_connection_check_interval = '1s'").catch(() => undefined)

  const query = async <Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    try {
      return (await client.query(text, values as unknown[])).rows as Row[]
    } catch (error) {
      throw postgresFailure(lost ?? error)
    }
  }
  return {
    query,
    async transaction(work, mode = '') {
      await query(`BEGIN ${mode}`)
      let result
      try {
        result = await work()
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined)
        throw error
      }
      await query('COMMIT')
      return result
    },
    close: () => client.end().catch(() => undefined),
  }
}

/** An error of the client or the server as one of ours. SQLSTATE classes 22 and 23 are about the data. */
function postgresFailure(error: unknown): IndistinctError {
  if (error instanceof IndistinctError) return error
  const { code = '' } = error as { code?: string }
  if (/^2[23]/.test(code)) return badData(`PostgreSQL refuses the data: ${reason(error)}`)
  if (code === '42501')
    return fileError(
      `PostgreSQL: ${reason(error)}; this needs a role that may update the table and create tables in its schema`,
    )
  if (code === '55P03')
    return fileError(`PostgreSQL: ${reason(error)}; another transaction holds the table, nothing was switched`)
  return fileError(`PostgreSQL: ${reason(error)}`)
}

function reason(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: { message: string }[] }
  // Node gathers the attempts at both addresses of a name in an error without a message of its own.
  const text = message || errors?.map((one) => one.message).join('; ') || code || 'unknown error'
  return redacted(text.replaceAll(/\s*\n\s*/g, ' ')) + (code && !text.includes(code) ? ` (${code})` : '')
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw usageError(`PostgreSQL: the connection settings cannot be used: ${reason(error)}`)
  }
}
