/**
 * @file Redis. The live vectors are a field of the users' own hashes, `user:42`, as little-endian float32 (what its
 * vector search takes); a version is one hash `indistinct:…:v<n>` from id to vector, and `indistinct:…:versions` is the
 * catalogue. The switch is one script: readers see nothing of it until it is over.
 */

import { badData, canonicalJson, fileError, usageError, type Json } from '@indistinct/core'
import type { RedisConnection, RedisPlace } from './redis-connection.ts'
import { compareAndSetScript, switchScript } from './redis-switch.ts'
import type { VectorBatch, VersionRecord } from './store.ts'
import type { Catalogue, Copy, LiveRows, StoreDriver, Switch, SwitchOutcome } from './store-driver.ts'

const own = 'indistinct:'

/** Seconds that a run waits for another one to end. */
const waitSeconds = 10

/** The driver of `place`, over a connection that it closes. */
export function redisDriver(
  { redis, owner, isConnected, guarded, close }: RedisConnection,
  { prefix, vectorField: field = 'embedding' }: RedisPlace,
): StoreDriver {
  if (prefix === '' || own.startsWith(prefix) || prefix.startsWith(own)) {
    throw usageError(
      `--prefix: expected what stands before the id in the users' keys, such as user:, got ${JSON.stringify(prefix)}`,
    )
  }
  const place = `keys ${prefix}*, field ${field}`
  const key = (part: string): string => `${own}${prefix}${field}:${part}`
  const copyKey = (copy: Copy): string => key(typeof copy === 'number' ? `v${copy}` : copy)
  const catalogueKey = key('versions')
  const ownerKey = key('owner')

  function toBatch(ids: readonly string[], values: readonly (Buffer | null)[]): VectorBatch {
    const found = ids
      .map((id, i) => [id, values[i]] as const)
      .filter((pair): pair is [string, Buffer] => pair[1] !== null && pair[1] !== undefined)
    const bytes = found[0]?.[1].length ?? 0
    const dimensions = bytes / 4
    const vectors = new Float32Array(found.length * Math.floor(dimensions))
    found.forEach(([id, value], i) => {
      const text = value[0] === 0x5b && value.at(-1) === 0x5d
      if (text || value.length === 0 || value.length % 4 !== 0) {
        throw badData(
          `${place}: user ${JSON.stringify(id)}: expected 4 bytes a dimension (little-endian float32), got ` +
            `${text ? 'text' : `${value.length} bytes`}`,
        )
      }
      if (value.length !== bytes)
        throw badData(
          `${place}: user ${JSON.stringify(id)} has ${value.length / 4} dimensions, others have ${dimensions}; ` +
            'expected one length',
        )
      for (let k = 0; k < dimensions; k++) vectors[i * dimensions + k] = value.readFloatLE(4 * k)
    })
    return { ids: found.map(([id]) => id), vectors, dimensions }
  }

  /** Ids of the hashes under the prefix, each once; SCAN may give a key twice, and gives every lasting key. */
  async function* scanIds(batchRows: number): AsyncGenerator<string[]> {
    const seen = new Set<string>()
    const pattern = `${prefix.replaceAll(/[*?[\]\\^-]/g, '\\$&')}*`
    for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
      const [next, keys] = await redis.scanBuffer(cursor, 'MATCH', pattern, 'COUNT', batchRows, 'TYPE', 'hash')
      cursor = next.toString()
      const ids = []
      for (const bytes of keys) {
        const name = bytes.toString()
        if (!Buffer.from(name).equals(bytes))
          throw badData(`${place}: key ${JSON.stringify(name)} is no UTF-8; expected ids as text`)
        const id = name.slice(prefix.length)
        if (name.startsWith(own) || seen.has(id)) continue
        seen.add(id)
        ids.push(id)
      }
      if (ids.length > 0) yield ids
    }
  }

  async function fetchLive(ids: readonly string[]): Promise<(Buffer | null)[]> {
    const pipeline = redis.pipeline()
    for (const id of ids) pipeline.hgetBuffer(prefix + id, field)
    return (await pipeline.exec())!.map(([error, value]) => {
      if (error) throw error
      return value as Buffer | null
    })
  }

  const switches = (): Promise<string | null> => redis.hget(catalogueKey, 'switches')

  async function* liveBatches(
    batchRows: number,
    sorted: boolean,
    withoutVector: (count: number) => void,
  ): AsyncGenerator<VectorBatch> {
    const epoch = await switches()
    let batches: AsyncIterable<string[]> | Iterable<string[]> = scanIds(batchRows)
    if (sorted) {
      const ids: string[] = []
      for await (const some of batches) ids.push(...some)
      batches = inSlices(sortedIds(ids), batchRows)
    }
    for await (const ids of batches) {
      const batch = toBatch(ids, await fetchLive(ids))
      withoutVector(ids.length - batch.ids.length)
      if (batch.ids.length > 0) yield batch
    }
    if ((await switches()) !== epoch)
      throw fileError(`${place}: another run switched to another version while this one was reading; run it again`)
  }

  async function* fieldsOf(name: string, batchRows: number): AsyncGenerator<VectorBatch> {
    const seen = new Set<string>()
    for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
      const [next, cells] = await redis.hscanBuffer(name, cursor, 'COUNT', batchRows)
      cursor = next.toString()
      const ids: string[] = []
      const values: Buffer[] = []
      for (let i = 0; i < cells.length; i += 2) {
        const id = cells[i]!.toString()
        if (seen.has(id)) continue
        seen.add(id)
        ids.push(id)
        values.push(cells[i + 1]!)
      }
      if (ids.length > 0) yield toBatch(ids, values)
    }
  }

  async function writeCopy(copy: Copy, batches: AsyncIterable<VectorBatch> | Iterable<VectorBatch>): Promise<void> {
    for await (const { ids, vectors, dimensions } of batches) {
      const cells: (string | Buffer)[] = []
      ids.forEach((id, i) => cells.push(id, littleEndian(vectors.subarray(i * dimensions, (i + 1) * dimensions))))
      await redis.hset(copyKey(copy), ...cells)
    }
  }

  const driver: StoreDriver = {
    place,
    close,

    async catalogue(): Promise<Catalogue> {
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
    },

    async exclusively(work) {
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
    },

    clearDrafts: async () => (await redis.unlink(copyKey('staged'), copyKey('before'))) > 0,

    live({ batchRows, sorted }): LiveRows {
      let without = 0
      return { batches: liveBatches(batchRows, sorted, (count) => (without += count)), withoutVector: () => without }
    },

    keepLive: (batchRows) =>
      writeCopy(
        'before',
        liveBatches(batchRows, false, () => undefined),
      ),

    stage: (batches) => writeCopy('staged', batches),

    readDraft: (draft, batchRows) => fieldsOf(copyKey(draft), batchRows),

    async switchTo({ source, expected, rows, strict, version, renames, records }: Switch): Promise<SwitchOutcome> {
      const keys = [
        copyKey(source),
        copyKey(expected),
        catalogueKey,
        ownerKey,
        ...renames.flatMap(({ draft, version: number }) => [copyKey(draft), copyKey(number)]),
      ]
      const pairs = [...records].flatMap(([number, record]) => [
        String(number),
        canonicalJson(record as unknown as Json),
      ])
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
    },

    async drop(old) {
      const transaction = redis
        .multi()
        .unlink(...old.map(copyKey))
        .hdel(catalogueKey, ...old.map(String))
      const { live, records } = await driver.catalogue()
      const left = records.get(live ?? 0)
      if (left)
        transaction.hset(catalogueKey, String(live), canonicalJson({ ...left, before: undefined } as unknown as Json))
      for (const [error] of (await transaction.exec()) ?? []) if (error) throw error
    },
  }

  return guardedDriver(driver, guarded)
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

/** Whole numbers in their order, anything else by its characters. */
function sortedIds(ids: readonly string[]): string[] {
  const numeric = ids.every((id) => /^(?:0|[1-9]\d*)$/.test(id))
  const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return [...ids].sort(numeric ? (a, b) => a.length - b.length || byText(a, b) : byText)
}

function* inSlices(ids: readonly string[], size: number): Generator<string[]> {
  for (let at = 0; at < ids.length; at += size) yield ids.slice(at, at + size)
}

function littleEndian(values: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(4 * values.length)
  values.forEach((value, k) => bytes.writeFloatLE(value, 4 * k))
  return bytes
}
