import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openPostgres } from './postgres/open-postgres.ts'
import type { PostgresPlace } from './postgres/postgres-column.ts'
import type { Store } from './store.ts'
import { pglite, postgres, type TestPlace } from './testing/places.ts'
import { numberedTable, plain, vectorsOf } from './testing/tables.ts'

const first = numberedTable(1)
const second = numberedTable(2)
if (postgres.missing !== undefined)
  console.warn(`tables of PostgreSQL: some tests are skipped, since ${postgres.missing}`)

let place: TestPlace
let client: pg.Client

const sql = (text: string): Promise<unknown> => client.query(text)
async function using<T>(at: PostgresPlace, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openPostgres(at)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
const publish = (at: PostgresPlace = { table: 'users' }): Promise<unknown> =>
  using(at, (store) => store.publish(second))
const read = (at: PostgresPlace = { table: 'users' }): Promise<unknown> => using(at, (store) => store.read())

beforeAll(async () => {
  place = await (postgres.missing === undefined ? postgres : pglite).start()
  client = new pg.Client({ connectionString: place.env['DATABASE_URL'] })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await place?.stop()
})
beforeEach(async () => {
  await sql('DROP VIEW IF EXISTS shown')
  await place.fill(vectorsOf(first))
})

describe('tables and columns', () => {
  test.each([
    [{ table: 'nobody' }, 'bad-data', 'there is no table nobody'],
    [{ table: 'no such thing' }, 'bad-data', 'there is no table no such thing; expected a table as SQL names it'],
    [
      { table: 'users', vectorColumn: 'vec' },
      'bad-data',
      'there is no column "vec"; the columns are "id", "name", "embedding"',
    ],
    [{ table: 'users', idColumn: 'uid' }, 'bad-data', 'there is no column "uid"'],
    [
      { table: 'users', vectorColumn: 'name' },
      'bad-data',
      `column "name" has type text; expected pgvector's vector or real[]`,
    ],
  ])('%o', async (at, code, message) => {
    await expect(read(at)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })

  test('other schemas, names that need quotes, and names that are cut at 63 bytes', async () => {
    const long = `Täbelle "${'n'.repeat(45)}"`
    await sql('CREATE SCHEMA IF NOT EXISTS "App"')
    const name = `"App"."${long.replaceAll('"', '""')}"`
    await sql(`CREATE TABLE ${name} AS SELECT id AS "user id", embedding AS "the vector ${'v'.repeat(40)}" FROM users`)
    const at = { table: name, idColumn: 'user id', vectorColumn: `the vector ${'v'.repeat(40)}` }
    await publish(at)
    expect(plain((await read(at)) as typeof first)).toEqual(plain(second))
    await using(at, (store) => store.rollBack())
    expect(plain((await read(at)) as typeof first)).toEqual(plain(first))
    await sql('DROP SCHEMA "App" CASCADE')
  })

  test('a view shows the new vectors, can be exported, and is not published to', async () => {
    await sql('CREATE VIEW shown AS SELECT id, embedding FROM users')
    await expect(publish({ table: 'shown' })).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('published only to the table under it'),
    })
    await publish()
    expect(plain((await read({ table: 'shown' })) as typeof first)).toEqual(plain(second))
  })
})

describe('data that cannot be used', () => {
  test.skipIf(postgres.missing !== undefined).each([
    ["UPDATE users SET embedding = '{1,NULL,3,4}' WHERE id = '7'", 'user "7": value 1 (from 0) is NULL'],
    [
      "UPDATE users SET embedding = '{{1,2},{3,4}}' WHERE id = '7'",
      'user "7": expected an array of one dimension with values in it, got one of 2',
    ],
    [
      "UPDATE users SET embedding = '{}' WHERE id = '7'",
      'expected an array of one dimension with values in it, got one of 0',
    ],
    ["UPDATE users SET embedding = '{1,2}' WHERE id = '7'", 'dimensions, others have'],
    [
      'ALTER TABLE users DROP CONSTRAINT users_pkey; INSERT INTO users SELECT * FROM users LIMIT 1',
      'stands in several rows',
    ],
    [
      'ALTER TABLE users DROP CONSTRAINT users_pkey; ALTER TABLE users ALTER id DROP NOT NULL; UPDATE users SET ' +
        "id = NULL WHERE id = '7'",
      'a row with a vector has no id',
    ],
  ])('%s', async (change, message) => {
    await sql(change)
    await expect(read()).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining(message) })
    await expect(publish()).rejects.toMatchObject({ code: 'bad-data' })
    expect(await place.beside()).toEqual([])
  })
})

describe('what the server does not let happen', () => {
  test('a trigger that alters vectors undoes the switch', async () => {
    await sql(
      "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.embedding := OLD.embedding; RETURN " +
        "NEW; END'",
    )
    await sql(
      "CREATE TRIGGER keep BEFORE UPDATE ON users FOR EACH ROW WHEN (OLD.id::text = '3') EXECUTE FUNCTION keep()",
    )
    await expect(publish()).rejects.toMatchObject({
      code: 'file',
      message: expect.stringContaining('1 vectors were not as written after the update'),
    })
    expect(await place.seen()).toEqual(plain(first))
    await sql('DROP FUNCTION keep CASCADE')
    expect(await publish()).toMatchObject({ leftovers: true, version: 2 })
  })

  // PGlite lets everyone in as its own user.
  test.skipIf(postgres.missing !== undefined)('a role that may not, is told what it would need', async () => {
    await sql('DROP ROLE IF EXISTS guest')
    await sql("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    await sql('GRANT SELECT ON users TO guest')
    await sql('REVOKE CREATE ON SCHEMA public FROM public')
    const own = process.env['DATABASE_URL']!
    process.env['DATABASE_URL'] = own.replace(/\/\/[^@]*@/, '//guest:guest@')
    try {
      expect(plain((await read()) as typeof first)).toEqual(plain(first))
      await expect(publish()).rejects.toMatchObject({
        code: 'file',
        message: expect.stringContaining('needs a role that may update the table and create tables in its schema'),
      })
    } finally {
      process.env['DATABASE_URL'] = own
      await sql('REVOKE ALL ON users FROM guest')
      await sql('DROP ROLE guest')
    }
  })

  test.skipIf(postgres.missing !== undefined)('two runs at once follow each other', async () => {
    const outcomes = await Promise.all([
      publish(),
      using({ table: 'users' }, (store) => store.publish(numberedTable(3))),
    ])
    expect(outcomes.map((outcome) => (outcome as { version: number }).version).sort()).toEqual([2, 3])
  })

  test.skipIf(postgres.missing !== undefined)(
    'a connection that is cut ends the run and leaves the old vectors',
    async () => {
      let cut: Promise<unknown> | undefined
      const run = using({ table: 'users' }, (store) =>
        store.publish(second, {
          batchRows: 10,
          onProgress: ({ step }) => {
            if (step === 'write')
              cut ??= sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'indistinct'",
              )
          },
        }),
      )
      await expect(run).rejects.toMatchObject({ code: 'file', message: expect.stringContaining('PostgreSQL: ') })
      await cut
      expect(await place.seen()).toEqual(plain(first))
      expect(await publish()).toMatchObject({ version: 2 })
    },
  )
})
