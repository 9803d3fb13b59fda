import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTable } from '@indistinct/embeddings'
import { pglite, redis, type TestPlace } from '@indistinct/stores/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indistinct, plantLeak, type Finished } from './spawned-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'indistinct-stores-'))
afterAll(() => rmSync(folder, { recursive: true }))

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '')

describe.each([
  { kind: 'postgres', place: pglite, flags: '--table users' },
  { kind: 'redis', place: redis, flags: '--prefix user:' },
])('$place.name', ({ kind, place: { name, missing, start }, flags }) => {
  if (missing !== undefined) {
    console.warn(`${name}: skipped, since ${missing}`)
    return test.skip(missing, () => undefined)
  }
  const cwd = mkdtempSync(join(folder, `${kind}-`))
  let place: TestPlace
  let vectors: Map<string, Float32Array>
  const run = (line: string): Promise<Finished> => indistinct(words(line), { cwd, env: place.env })

  beforeAll(async () => {
    place = await start(6)
    plantLeak(cwd, 200, 2)
    // The store's ids are numbers.
    for (const file of ['users.csv', 'people.csv'])
      writeFileSync(join(cwd, file), readFileSync(join(cwd, file), 'utf8').replaceAll(/^u(?=\d)/gm, ''))
    const { ids, matrix } = await readTable(join(cwd, 'users.csv'))
    vectors = new Map(ids.map((id, i) => [id, matrix.data.slice(i * 6, i * 6 + 6)]))
    await place.fill(vectors)
  })
  afterAll(() => place?.stop())

  const seenIs = async (file: string): Promise<void> => {
    const { ids, matrix } = await readTable(
      join(cwd, file),
      file.endsWith('.npy') ? { ids: join(cwd, `${file}.ids.csv`) } : {},
    )
    expect(await place.seen()).toEqual(new Map(ids.map((id, i) => [id, [...matrix.data.subarray(i * 6, i * 6 + 6)]])))
  }

  test('export, unlearn, publish, roll back, prune', async () => {
    const exported = await run(`export --from ${kind} ${flags} --out out.npy --json`)
    expect(exported.stderr).toBe('')
    expect(JSON.parse(exported.stdout)).toMatchObject({
      schema: 'indistinct/export/1',
      store: kind,
      rows: 200,
      dimensions: 6,
      withoutVector: 0,
      output: [{ file: 'out.npy' }, { file: 'out.npy.ids.csv' }],
    })
    await seenIs('out.npy')

    const unlearned = await run(
      'unlearn out.npy --ids out.npy.ids.csv --attributes people.csv --attribute gender --id-column user ' +
        '--table-id-column id --out new.npy',
    )
    expect(unlearned.stderr).toBe('')
    const published = await run(`publish new.npy --ids new.npy.ids.csv --to ${kind} ${flags} --json`)
    expect(published.stderr).toBe('')
    const record = JSON.parse(published.stdout) as Record<string, unknown>
    expect(record).toMatchObject({
      schema: 'indistinct/publish/1',
      version: 2,
      before: 1,
      rows: 200,
      dimensions: 6,
      changed: 200,
      others: 0,
      leftovers: false,
      input: { file: 'new.npy' },
    })
    await seenIs('new.npy')

    const versions = await run(`versions --in ${kind} ${flags}`)
    expect(versions.stdout).toMatch(/1 +kept +200 +6 .*found in the store\n +2 +live +200 +6 +1 /)
    expect(versions.stdout).toContain((record['input'] as { sha256: string }).sha256.slice(0, 12))

    const back = await run(`rollback --in ${kind} ${flags}`)
    expect(back.stdout).toContain(
      `200 vectors changed; before it, version 2 was live\nto go back: indistinct rollback --in ${kind} ${flags} ` +
        `--to 2\n`,
    )
    await seenIs('users.csv')

    const pruned = await run(`versions --in ${kind} ${flags} --prune --json`)
    expect(JSON.parse(pruned.stdout)).toMatchObject({
      schema: 'indistinct/versions/1',
      removed: [2],
      versions: [{ version: 1, live: true }],
    })
  })

  test('a table that does not fit exits 3 and changes nothing', async () => {
    const before = await place.seen()
    writeFileSync(
      join(cwd, 'few.csv'),
      readFileSync(join(cwd, 'users.csv'), 'utf8').split('\n').slice(0, 199).join('\n'),
    )
    const { code, stdout, stderr } = await run(`publish few.csv --to ${kind} ${flags}`)
    expect([code, stdout], stderr).toEqual([3, ''])
    expect(stderr).toMatch(/^error: [^\n]*2 users there are not in the table[^\n]*\n$/)
    expect(await place.seen()).toEqual(before)
  })
})

describe('passwords and addresses', () => {
  const cwd = mkdtempSync(join(folder, 'secret-'))
  const secret = 'hunter2%21-Grüße'
  beforeAll(() => {
    writeFileSync(join(cwd, 't.csv'), 'id,d0,d1\n1,1,2\n2,3,4\n')
    writeFileSync(join(cwd, 'rows.csv'), ',d0,d1\n0,1,2\n1,3,4\n')
  })

  // Port 1 answers nobody.
  test.each([
    [
      'publish t.csv --to postgres --table users',
      { DATABASE_URL: `postgres://ann:${encodeURIComponent(secret)}@127.0.0.1:1/db` },
      4,
      'cannot connect to PostgreSQL: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'export --from redis --prefix user: --out o.npy',
      { REDIS_URL: `redis://:${encodeURIComponent(secret)}@127.0.0.1:1` },
      4,
      'cannot connect to Redis: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'publish t.csv --to postgres://ann:hunter2@host/db --table users',
      {},
      2,
      'the address belongs into DATABASE_URL or REDIS_URL',
    ],
    [
      'publish t.csv postgres://ann:hunter2@host/db --to postgres --table users',
      {},
      2,
      'publish: unexpected postgres://***@host/db',
    ],
    [
      'publish rows.csv --to redis --prefix user:',
      {},
      3,
      'rows.csv has no ids, and users of a store are found by theirs: row numbers are not taken for ids',
    ],
    ['publish t.csv --to postgres', {}, 2, 'postgres: missing --table'],
    [
      'export --from redis --prefix user: --table users --out o.npy',
      {},
      2,
      '--table is for postgres; redis takes --prefix, --vector-field',
    ],
    ['publish --to redis', {}, 2, 'publish: expected a FILE'],
  ] as const)('%s (%#)', async (line, env, expected, message) => {
    const { code, stdout, stderr } = await indistinct(words(line), { cwd, env })
    expect(stderr).toContain(message)
    expect([code, stdout]).toEqual([expected, ''])
    const files = readdirSync(cwd).map((file) => readFileSync(join(cwd, file), 'utf8'))
    expect([stderr, ...files].join('\n')).not.toMatch(/hunter2|Gr(ü|%C3%BC)/)
  })
})
