/** @file Vectors of the users' hashes or of a copy, in batches. */

import { badData, counted, fileError } from '@indistinct/core'
import { ownPrefix, type RedisStore } from './redis-store.ts'
import type { VectorBatch } from '../store.ts'
import type { Copy, LiveRows } from '../store-driver.ts'

/** Live vectors, and how many users have none. */
export function liveRows(
  store: RedisStore,
  { batchRows, sorted }: { readonly batchRows: number; readonly sorted: boolean },
): LiveRows {
  let without = 0
  return {
    batches: liveBatches(store, batchRows, sorted, (count) => (without += count)),
    withoutVector: () => without,
  }
}

async function* liveBatches(
  store: RedisStore,
  batchRows: number,
  sorted: boolean,
  withoutVector: (count: number) => void,
): AsyncGenerator<VectorBatch> {
  const switches = (): Promise<string | null> => store.redis.hget(store.catalogueKey, 'switches')
  const epoch = await switches()
  let batches: AsyncIterable<string[]> | Iterable<string[]> = scanIds(store, batchRows)
  if (sorted) {
    const ids: string[] = []
    for await (const some of batches) ids.push(...some)
    batches = inSlices(sortedIds(ids), batchRows)
  }
  for await (const ids of batches) {
    const batch = toBatch(store.place, ids, await fetchLive(store, ids))
    withoutVector(ids.length - batch.ids.length)
    if (batch.ids.length > 0) yield batch
  }
  if ((await switches()) !== epoch)
    throw fileError(`${store.place}: another run switched to another version while this one was reading; run it again`)
}

/** Vectors of a copy, each id once. */
export async function* copyRows(
  { redis, place, copyKey }: RedisStore,
  copy: Copy,
  batchRows: number,
): AsyncGenerator<VectorBatch> {
  const seen = new Set<string>()
  for (let cursor = '0', first = true; first || cursor !== '0'; first = false) {
    const [next, cells] = await redis.hscanBuffer(copyKey(copy), cursor, 'COUNT', batchRows)
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
    if (ids.length > 0) yield toBatch(place, ids, values)
  }
}

export async function writeCopy(
  { redis, copyKey }: RedisStore,
  copy: Copy,
  batches: AsyncIterable<VectorBatch> | Iterable<VectorBatch>,
): Promise<void> {
  for await (const { ids, vectors, dimensions } of batches) {
    const cells: (string | Buffer)[] = []
    ids.forEach((id, i) => cells.push(id, littleEndian(vectors.subarray(i * dimensions, (i + 1) * dimensions))))
    await redis.hset(copyKey(copy), ...cells)
  }
}

/** Ids of the hashes under the prefix, each once; SCAN may give a key twice, and gives every lasting key. */
async function* scanIds({ redis, place, prefix }: RedisStore, batchRows: number): AsyncGenerator<string[]> {
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
      if (name.startsWith(ownPrefix) || seen.has(id)) continue
      seen.add(id)
      ids.push(id)
    }
    if (ids.length > 0) yield ids
  }
}

async function fetchLive({ redis, prefix, field }: RedisStore, ids: readonly string[]): Promise<(Buffer | null)[]> {
  const pipeline = redis.pipeline()
  for (const id of ids) pipeline.hgetBuffer(prefix + id, field)
  return (await pipeline.exec())!.map(([error, value]) => {
    if (error) throw error
    return value as Buffer | null
  })
}

function toBatch(place: string, ids: readonly string[], values: readonly (Buffer | null)[]): VectorBatch {
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
          `${text ? 'text' : `${counted(value.length, 'byte')}`}`,
      )
    }
    if (value.length !== bytes)
      throw badData(
        `${place}: user ${JSON.stringify(id)} has ${counted(value.length / 4, 'dimension')}, others have ` +
          `${dimensions}; ` +
          'expected one length',
      )
    for (let k = 0; k < dimensions; k++) vectors[i * dimensions + k] = value.readFloatLE(4 * k)
  })
  return { ids: found.map(([id]) => id), vectors, dimensions }
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
