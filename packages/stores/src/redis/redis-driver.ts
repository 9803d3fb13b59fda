/**
 * @file Redis. The live vectors are a field of the users' own hashes, `user:42`, as little-endian float32 (what its
 * vector search takes); a version is one hash `indistinct:…:v<n>` from id to vector, and `indistinct:…:versions` is the
 * catalogue. The switch is one script: readers see nothing of it until it is over.
 */

import { canonicalJson, fileError, type Json } from '@indistinct/core'
import type { RedisConnection, RedisPlace } from './redis-connection.ts'
import { copyRows, liveRows, writeCopy } from './redis-rows.ts'
import { redisStore, type RedisStore } from './redis-store.ts'
import { compareAndSetScript, switchScript } from './redis-switch.ts'
import type { VersionRecord } from '../store.ts'
import type { Catalogue, StoreDriver, Switch, SwitchOutcome } from '../store-driver.ts'

/** Seconds that a run waits for another one to end. */
const waitSeconds = 10

/** The driver of `place`, over a connection that it closes. */
export function redisDriver(connection: RedisConnection, place: RedisPlace): StoreDriver {
  const store = redisStore(connection, place)
  const { redis, copyKey } = store
  const driver: StoreDriver = {
    place: store.place,
    close: connection.close,
    catalogue: () => catalogueOf(store),
    exclusively: (work) => exclusively(store, work),
    clearDrafts: async () => (await redis.unlink(copyKey('staged'), copyKey('before'))) > 0,
    live: (options) => liveRows(store, options),
    keepLive: (batchRows) => writeCopy(store, 'before', liveRows(store, { batchRows, sorted: false }).batches),
    stage: (batches) => writeCopy(store, 'staged', batches),
    readDraft: (draft, batchRows) => copyRows(store, draft, batchRows),
    switchTo: (change) => switchTo(store, change),
    drop: (old) => drop(store, old),
  }
  return guardedDriver(driver, connection.guarded)
}

async function catalogueOf({ redis, catalogueKey }: RedisStore): Promise<Catalogue> {
  const fields = Object.entries(await redis.hgetall(catalogueKey))
  const live = fields.find(([name]) => name === 'live')?.[1]
  return {
    live: live === undefined ? undefined : Number(live),
    records: new Map(
      fields
        .filter(([name]) => /^\d+$/.test(name))
        .map(([version, record]) => [Number(version), JSON.parse(record) as VersionRecord]),
    ),
  }
}

async function exclusively<T>(store: RedisStore, work: () => Promise<T>): Promise<T> {
  const { redis, owner, ownerKey, isConnected, place } = store
  for (let waited = 0; ; waited += 0.25) {
    const holder = (await redis.get(ownerKey)) ?? ''
    if (
      (holder === '' || !(await isConnected(holder))) &&
      (await redis.eval(compareAndSetScript, 1, ownerKey, holder, owner)) === 1
    )
      break
    if (waited >= waitSeconds) throw fileError(`${place}: another run is publishing here; wait for it to end`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  try {
    return await work()
  } finally {
    await redis.eval(compareAndSetScript, 1, ownerKey, owner, '').catch(() => undefined)
  }
}

async function switchTo(
  store: RedisStore,
  { source, expected, rows, strict, version, renames, records }: Switch,
): Promise<SwitchOutcome> {
  const { redis, owner, prefix, field, place, copyKey, catalogueKey, ownerKey } = store
  const keys = [
    copyKey(source),
    copyKey(expected),
    catalogueKey,
    ownerKey,
    ...renames.flatMap(({ draft, version: number }) => [copyKey(draft), copyKey(number)]),
  ]
  const pairs = [...records].flatMap(([number, record]) => [String(number), canonicalJson(record as unknown as Json)])
  const answer = await redis.eval(
    switchScript,
    keys.length,
    ...keys,
    owner,
    prefix,
    field,
    strict ? '1' : '0',
    rows,
    version,
    renames.length,
    ...pairs,
  )
  if (answer === 'changed-meanwhile') return answer
  if (!Array.isArray(answer))
    throw fileError(
      `${place}: ` +
        `${answer === 'incomplete' ? `the copy is no longer whole (was it evicted?)` : 'another run took over'}; ` +
        'nothing was switched',
    )
  const [changed, gone] = answer as [number, number]
  return { changed, gone }
}

async function drop(store: RedisStore, old: readonly number[]): Promise<void> {
  const { redis, catalogueKey, copyKey } = store
  const transaction = redis
    .multi()
    .unlink(...old.map(copyKey))
    .hdel(catalogueKey, ...old.map(String))
  const { live, records } = await catalogueOf(store)
  const left = records.get(live ?? 0)
  if (left)
    transaction.hset(catalogueKey, String(live), canonicalJson({ ...left, before: undefined } as unknown as Json))
  for (const [error] of (await transaction.exec()) ?? []) if (error) throw error
}

/** The driver with every failure of the client turned into one of ours. */
function guardedDriver(driver: StoreDriver, guarded: RedisConnection['guarded']): StoreDriver {
  async function* each<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const iterator = items[Symbol.asyncIterator]()
    for (let item = await guarded(() => iterator.next()); !item.done; item = await guarded(() => iterator.next()))
      yield item.value
  }
  return {
    ...driver,
    catalogue: () => guarded(() => driver.catalogue()),
    exclusively: (work) => guarded(() => driver.exclusively(work)),
    clearDrafts: () => guarded(() => driver.clearDrafts()),
    live: (options) => {
      const { batches, withoutVector } = driver.live(options)
      return { batches: each(batches), withoutVector }
    },
    keepLive: (batchRows) => guarded(() => driver.keepLive(batchRows)),
    stage: (batches, dimensions) => guarded(() => driver.stage(batches, dimensions)),
    readDraft: (draft, batchRows) => each(driver.readDraft(draft, batchRows)),
    switchTo: (change) => guarded(() => driver.switchTo(change)),
    drop: (versions) => guarded(() => driver.drop(versions)),
  }
}
