import { execFileSync } from 'node:child_process'
import { bytesOf } from '@indistinct/core'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openRedis } from './redis/open-redis.ts'
import type { RedisPlace } from './redis/redis-connection.ts'
import type { Store } from './store.ts'
import { redis as kind, type TestPlace } from './testing/places.ts'
import { numberedTable, plain, vectorsOf } from './testing/tables.ts'

const first = numberedTable(1)
const second = numberedTable(2)

async function using<T>(at: RedisPlace, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openRedis(at)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

describe.skipIf(kind.missing !== undefined)('keys of Redis', () => {
  let place: TestPlace
  let client: Redis
  beforeAll(async () => {
    place = await kind.start()
    client = new Redis(place.env['REDIS_URL']!)
  })
  afterAll(async () => {
    client?.disconnect()
    await place?.stop()
  })
  /** Another program's command, which the server has run when this returns. */
  function atOnce(...command: string[]): void {
    const { port, password } = new URL(place.env['REDIS_URL']!)
    execFileSync('redis-cli', ['-p', port, ...command], { env: { ...process.env, REDISCLI_AUTH: password } })
  }
  beforeEach(() => place.fill(vectorsOf(first)))

  test.each(['', 'i', 'indistinct:', 'indistinct:user:'])('the prefix %j is refused', async (prefix) => {
    await expect(openRedis({ prefix })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('--prefix: expected what stands before the id'),
    })
  })

  test.each([
    ['[0.1, 0.2, 0.3]', 'expected 4 bytes a dimension (little-endian float32), got text'],
    ['12345', 'expected 4 bytes a dimension (little-endian float32), got 5 bytes'],
    ['', 'got 0 bytes'],
    ['12345678', 'dimensions'],
  ])('a field that holds %j is refused', async (value, message) => {
    await client.hset('user:7', 'embedding', value)
    await expect(using({ prefix: 'user:' }, (store) => store.read())).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining(message),
    })
    await expect(using({ prefix: 'user:' }, (store) => store.publish(second))).rejects.toMatchObject({
      code: 'bad-data',
    })
  })

  test('keys of other types, keys that only look alike, and ids of any text', async () => {
    await client
      .multi()
      .set('user:count', '300')
      .sadd('user:7:friends', '8')
      .hset('users:1', 'embedding', 'abcd')
      .exec()
    expect(plain(await using({ prefix: 'user:' }, (store) => store.read()))).toEqual(plain(first))
    const prefix = 'u*[a-z]?\\^:'
    const ids = ['ß "1"', 'a:b', '0x1F', '']
    const odd = numberedTable(5, ids)
    for (const [id, vector] of vectorsOf(numberedTable(4, ids)))
      await client.hset(prefix + id, 'vec', Buffer.from(bytesOf(vector)))
    await client.hset('uXa?^:', 'vec', 'abcd')
    await using({ prefix, vectorField: 'vec' }, (store) => store.publish(odd))
    expect(plain(await using({ prefix, vectorField: 'vec' }, (store) => store.read()))).toEqual(plain(odd))
  })

  test('two fields of one hash have versions of their own', async () => {
    for (const [id, vector] of vectorsOf(second)) await client.hset(`user:${id}`, 'mlp', Buffer.from(bytesOf(vector)))
    await using({ prefix: 'user:', vectorField: 'mlp' }, (store) => store.publish(numberedTable(3)))
    expect(await using({ prefix: 'user:' }, (store) => store.versions())).toEqual([])
    expect(await place.seen()).toEqual(plain(first))
    await using({ prefix: 'user:', vectorField: 'mlp' }, (store) => store.rollBack())
    expect(plain(await using({ prefix: 'user:', vectorField: 'mlp' }, (store) => store.read()))).toEqual(plain(second))
  })

  test('ids that are numbers come in their order', async () => {
    expect((await using({ prefix: 'user:' }, (store) => store.read())).ids).toEqual(first.ids)
  })

  test('two runs at once follow each other', async () => {
    const outcomes = await Promise.all(
      [second, numberedTable(3)].map((table) => using({ prefix: 'user:' }, (store) => store.publish(table))),
    )
    expect(outcomes.map(({ version }) => version).sort()).toEqual([2, 3])
  })

  test('a key of another type in the way undoes the switch', async () => {
    const run = using({ prefix: 'user:' }, (store) =>
      store.publish(second, {
        onProgress: ({ step }) => void (step === 'switch' && atOnce('SET', 'user:200', 'text')),
      }),
    )
    await expect(run).rejects.toMatchObject({ code: 'file', message: expect.stringMatching(/WRONGTYPE/) })
    await client.del('user:200')
    const old = plain(first)
    old.delete('200')
    expect(await place.seen()).toEqual(old)
  })

  test('a copy that lost entries is not switched to', async () => {
    const run = using({ prefix: 'user:' }, (store) =>
      store.publish(second, {
        onProgress: ({ step }) => void (step === 'switch' && atOnce('HDEL', 'indistinct:user:embedding:staged', '200')),
      }),
    )
    await expect(run).rejects.toMatchObject({ code: 'file', message: expect.stringContaining('no longer whole') })
    expect(await place.seen()).toEqual(plain(first))
  })

  test('a connection that is cut ends the run and leaves the old vectors', async () => {
    const run = using({ prefix: 'user:' }, (store) =>
      store.publish(second, {
        batchRows: 10,
        onProgress: ({ step }) =>
          void (step === 'write' && client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')),
      }),
    )
    await expect(run).rejects.toMatchObject({ code: 'file', message: expect.stringContaining('Redis: ') })
    // The fixture's own client was cut too, and connects again in its own time.
    expect(plain(await using({ prefix: 'user:' }, (store) => store.read()))).toEqual(plain(first))
    expect(await using({ prefix: 'user:' }, (store) => store.publish(second))).toMatchObject({
      version: 2,
      leftovers: true,
    })
  })
})

if (kind.missing !== undefined) console.warn(`keys of Redis: skipped, since ${kind.missing}`)
