import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { redacted, withoutPasswords } from './credentials.ts'
import { openPostgres } from './postgres/open-postgres.ts'
import { openRedis } from './redis/open-redis.ts'
import { postgres, redis } from './testing/places.ts'

const secret = 'hunter2%21-Grüße@/'
const encoded = encodeURIComponent(secret)
const names = ['DATABASE_URL', 'REDIS_URL', 'PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD']
const before = names.map((name) => process.env[name])

afterEach(() => {
  names.forEach((name, i) => {
    if (before[i] === undefined) delete process.env[name]
    else process.env[name] = before[i]
  })
})

/** The error, and all that a logger could make of it. */
async function failure(kind: string, env: Record<string, string>): Promise<{ code: string; told: string }> {
  names.forEach((name) => delete process.env[name])
  Object.assign(process.env, env)
  const error = await (kind === 'redis' ? openRedis({ prefix: 'user:' }) : openPostgres({ table: 'users' })).then(
    () => Promise.reject(new Error('expected no connection')),
    (error: Error & { code: string }) => error,
  )
  return { code: error.code, told: inspect(error, { depth: 10, showHidden: true }) + error.stack }
}

describe('a connection that fails does not tell the password', () => {
  // Port 1 answers nobody.
  test.each([
    [
      'postgres',
      { DATABASE_URL: `postgres://ann:${encoded}@127.0.0.1:1/db` },
      'file',
      'connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'postgres',
      { PGHOST: '127.0.0.1', PGPORT: '1', PGUSER: 'ann', PGPASSWORD: secret },
      'file',
      'connect ECONNREFUSED',
    ],
    [
      'postgres',
      { DATABASE_URL: `ann:${secret}127.0.0.1/db` },
      'usage',
      'DATABASE_URL: expected an address such as postgres://',
    ],
    [
      'postgres',
      { DATABASE_URL: `postgres://ann:${encoded}@127.0.0.1:port/db` },
      'usage',
      'DATABASE_URL: expected an address',
    ],
    ['postgres', { DATABASE_URL: `mysql://ann:${encoded}@127.0.0.1/db` }, 'usage', 'DATABASE_URL: expected an address'],
    ['redis', { REDIS_URL: `redis://:${encoded}@127.0.0.1:1` }, 'file', 'connect ECONNREFUSED 127.0.0.1:1'],
    ['redis', { REDIS_URL: `rediss://ann:${encoded}@127.0.0.1:1/0` }, 'file', 'connect ECONNREFUSED'],
    ['redis', { REDIS_URL: secret }, 'usage', 'REDIS_URL: expected an address such as redis://'],
    [
      'redis',
      { REDIS_URL: `redis://:${encoded}@127.0.0.1:1/${encoded}` },
      'usage',
      'REDIS_URL: expected the number of a database',
    ],
  ])('%s (%#)', async (kind, env, code, message) => {
    const { code: got, told } = await failure(kind, env)
    expect(told).toContain(message)
    expect(got).toBe(code)
    expect(told).not.toMatch(/hunter2|Gr(ü|%C3%BC)/)
  })

  test.for([
    ['postgres', postgres, 'DATABASE_URL', 'password authentication failed'],
    ['redis', redis, 'REDIS_URL', 'WRONGPASS'],
  ] as const)('nor does a %s that refuses it', async ([kind, { missing, start }, variable, message], { skip }) => {
    skip(missing !== undefined, missing)
    const place = await start()
    try {
      const { code, told } = await failure(kind, { [variable]: place.env[variable]!.replace('correct-horse', encoded) })
      expect(told).toContain(message)
      expect(code).toBe('file')
      expect(told).not.toMatch(/hunter2|Gr(ü|%C3%BC)/)
    } finally {
      await place.stop()
    }
  })
})

test('redacted takes out the password in each of its forms', () => {
  const env = {
    DATABASE_URL: `postgres://ann:${encoded}@host/db`,
    PGPASSWORD: 'other-one',
    REDIS_URL: 'redis://:50%@host',
  }
  expect(redacted(`a ${secret} b ${encoded} c other-one d ${env.DATABASE_URL} e 50% f`, env)).toBe(
    'a *** b *** c *** d *** e *** f',
  )
  expect(withoutPasswords('at postgres://ann:p@ss/word@host/db, and redis://host:1')).toBe(
    'at postgres://***@host/db, and redis://host:1',
  )
  expect(withoutPasswords('file:///app/node_modules/@scope/name.js:1:2')).toBe(
    'file:///app/node_modules/@scope/name.js:1:2',
  )
})
