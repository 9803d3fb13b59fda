/** @file Places with users in them, for tests: written and read past the code under test. */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { openPostgres } from '../postgres/open-postgres.ts'
import { openRedis } from '../redis/open-redis.ts'
import type { Store } from '../store.ts'
import { hasRedis, postgresPrograms, startPglite, startPostgres, startRedis, type TestServer } from './servers.ts'

export type Users = ReadonlyMap<string, Float32Array | null>

export interface TestPlace {
  readonly env: TestServer['env']
  readonly pid?: number | undefined
  open(): Promise<Store>
  /** An empty place with these users, each with a name beside the vector; null is a user without a vector. */
  fill(users: Users): Promise<void>
  put(id: string, vector: Float32Array): Promise<void>
  /**
   * The same, and this process waits with all it does until it is done: a write that arrives while a run is at work,
   * however busy the machine. Where the server is in this process the write is only asked for.
   */
  putAtOnce(id: string, vector: Float32Array): Promise<void> | void
  remove(id: string): Promise<void>
  /** What a reader of all users sees at one moment: the vector's values by id. */
  seen(): Promise<Map<string, number[]>>
  /** The other column, by id. */
  names(): Promise<Map<string, string>>
  /** Names of everything that publishing has put beside the users. */
  beside(): Promise<string[]>
  /** Makes a draft as a run that was killed while writing leaves it. */
  abandonDraft(): Promise<void>
  stop(): Promise<void>
}

export interface PlaceKind {
  readonly name: string
  /** Why it cannot be had here. */
  readonly missing?: string | undefined
  /** @param dimensions of the vectors where the type says it; default 4 */
  start(dimensions?: number): Promise<TestPlace>
}

const programs = postgresPrograms()

export const pglite: PlaceKind = {
  name: 'pgvector in PGlite, bigint ids',
  start: async (dimensions = 4) => postgresPlace(await startPglite(), `vector(${dimensions})`, 'bigint'),
}

export const postgres: PlaceKind = {
  name: 'real[] in PostgreSQL, text ids',
  missing: programs === undefined ? 'PostgreSQL is not installed (apt-get install postgresql)' : undefined,
  start: async () => postgresPlace(await startPostgres(programs!), 'real[]', 'text', join(programs!, 'psql')),
}

export const redis: PlaceKind = {
  name: 'hashes in Redis',
  missing: hasRedis() ? undefined : 'redis-server is not installed (apt-get install redis-server)',
  start: async () => redisPlace(await startRedis()),
}

// eslint-disable-next-line max-lines-per-function -- one connection, which all of its calls share
async function postgresPlace(
  server: TestServer,
  vectorType: string,
  idType: string,
  psql?: string,
): Promise<TestPlace> {
  process.env['DATABASE_URL'] = server.env['DATABASE_URL']
  const client = new pg.Client({ connectionString: server.env['DATABASE_URL'] })
  client.on('error', () => undefined)
  await client.connect()
  const cast = (vector: Float32Array | null): string | null =>
    vector ? (vectorType === 'real[]' ? `{${[...vector].map(text)}}` : `[${[...vector].map(text)}]`) : null
  const rows = async <T extends pg.QueryResultRow>(query: string, values: unknown[] = []): Promise<T[]> =>
    (await client.query<T>(query, values)).rows
  const put = async (id: string, vector: Float32Array): Promise<void> => {
    await rows(
      `INSERT INTO users VALUES ($1::text::${idType}, 'name of ' || $1::text, $2) ON CONFLICT (id) DO UPDATE SET ` +
        'embedding = $2',
      [id, cast(vector)],
    )
  }
  return {
    env: server.env,
    pid: server.pid,
    open: () => openPostgres({ table: 'users' }),
    async fill(users) {
      for (const name of ['users', 'indistinct_versions', ...(await besides())])
        await rows(`DROP TABLE IF EXISTS "${name}"`)
      await rows(`CREATE TABLE users (id ${idType} PRIMARY KEY, name text, embedding ${vectorType})`)
      await rows(
        `INSERT INTO users SELECT i::${idType}, 'name of ' || i, v::${vectorType} FROM unnest($1::text[], ` +
          '$2::text[]) AS r (i, v)',
        [[...users.keys()], [...users.values()].map(cast)],
      )
    },
    put,
    putAtOnce(id, vector) {
      if (psql === undefined) return put(id, vector)
      const update = `UPDATE users SET embedding = '${cast(vector)}' WHERE id = '${id}'`
      execFileSync(psql, [server.env['DATABASE_URL']!, '-qc', update])
    },
    remove: async (id) => void (await rows('DELETE FROM users WHERE id::text = $1', [id])),
    async seen() {
      const found = await rows<{ id: string; vector: number[] }>(
        'SELECT id::text, embedding::real[] AS vector FROM users WHERE embedding IS NOT NULL',
      )
      return new Map(found.map(({ id, vector }) => [id, vector.map(Math.fround)]))
    },
    names: async () =>
      new Map(
        (await rows<{ id: string; name: string }>('SELECT id::text, name FROM users')).map(({ id, name }) => [
          id,
          name,
        ]),
      ),
    beside: besides,
    abandonDraft: async () =>
      void (await rows(`CREATE TABLE indistinct_users_embedding_staged (id ${idType}, embedding ${vectorType})`)),
    async stop() {
      await client.end()
      await server.stop()
    },
  }

  async function besides(): Promise<string[]> {
    return (
      await rows<{ name: string }>(
        "SELECT relname AS name FROM pg_class WHERE relname LIKE 'indistinct\\_users%' AND relkind = 'r' ORDER BY 1",
      )
    ).map(({ name }) => name)
  }
}

function writtenByCli(url: string, id: string, vector: Buffer): void {
  const { port, password } = new URL(url)
  const args = ['-p', port, '--no-auth-warning', '-a', password, '-x', 'hset', `user:${id}`, 'embedding']
  execFileSync('redis-cli', args, { input: vector, stdio: ['pipe', 'ignore', 'inherit'] })
}

async function redisPlace(server: TestServer): Promise<TestPlace> {
  process.env['REDIS_URL'] = server.env['REDIS_URL']
  const client = new Redis(server.env['REDIS_URL']!)
  client.on('error', () => undefined)
  const bytes = (vector: Float32Array): Buffer => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)
  const users = async (): Promise<string[]> => (await client.keys('user:*')).sort()
  return {
    env: server.env,
    pid: server.pid,
    open: () => openRedis({ prefix: 'user:' }),
    async fill(all) {
      await client.flushall()
      const pipeline = client.pipeline()
      for (const [id, vector] of all)
        pipeline.hset(`user:${id}`, 'name', `name of ${id}`, ...(vector ? ['embedding', bytes(vector)] : []))
      await pipeline.exec()
    },
    put: async (id, vector) =>
      void (await client.hset(`user:${id}`, 'name', `name of ${id}`, 'embedding', bytes(vector))),
    putAtOnce: (id, vector) => writtenByCli(server.env['REDIS_URL']!, id, bytes(vector)),
    remove: async (id) => void (await client.del(`user:${id}`)),
    async seen() {
      const keys = await users()
      const transaction = client.multi()
      for (const key of keys) transaction.hgetBuffer(key, 'embedding')
      const values = (await transaction.exec())!.map(([, value]) => value as Buffer | null)
      return new Map(
        keys.flatMap((key, i) =>
          values[i]
            ? [
                [
                  key.slice(5),
                  Array.from({ length: values[i].length / 4 }, (_, k) => values[i]!.readFloatLE(4 * k)),
                ] as const,
              ]
            : [],
        ),
      )
    },
    async names() {
      return new Map(
        await Promise.all(
          (await users()).map(async (key) => [key.slice(5), (await client.hget(key, 'name'))!] as const),
        ),
      )
    },
    beside: async () => (await client.keys('indistinct:*')).filter((key) => !key.endsWith(':versions')).sort(),
    abandonDraft: async () =>
      void (await client
        .multi()
        .hset('indistinct:user:embedding:staged', 'x', 'abcd')
        .set('indistinct:user:embedding:owner', 'no-such-run/1')
        .exec()),
    async stop() {
      client.disconnect()
      await server.stop()
    },
  }
}

function text(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
