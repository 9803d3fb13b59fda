/**
 * @file Publishing and rolling back over any driver. Whatever kills a run, the live vectors are those of before or
 * those of after: until the switch only drafts are written, which the next run removes, and the switch is one
 * transaction.
 */

import { badData, counted, fileError, usageError } from '@indistinct/core'
import { checked, publishKinds, rollBackKinds, transferKinds } from './checked-transfers.ts'
import { compareUsers } from './compare-users.ts'
import type {
  IdentifiedVectors,
  PublishOptions,
  Rehearsal,
  RollBackOptions,
  Store,
  StoredTable,
  Switched,
  TransferOptions,
  VectorBatch,
  Version,
  VersionRecord,
} from './store.ts'
import type { Catalogue, StoreDriver, Switch } from './store-driver.ts'
import { digestOf } from './table-digest.ts'

const defaultBatchRows = 2000

/** The store that `driver` gives access to. Options are checked before anything is asked of the server. */
export function versionedStore(driver: StoreDriver): Store {
  return {
    place: driver.place,
    read: async (options) => read(driver, checked('read', options, transferKinds)),
    versions: async () => list(await driver.catalogue()),
    rehearse: async (table, options) => rehearse(driver, table, checked('rehearse', options, publishKinds)),
    publish: async (table, given) => {
      const options = checked('publish', given, publishKinds)
      return driver.exclusively(() => publish(driver, table, options))
    },
    rollBack: async (given) => {
      const options = checked('rollBack', given, rollBackKinds)
      return driver.exclusively(() => rollBack(driver, options))
    },
    prune: () => driver.exclusively(() => prune(driver)),
    close: () => driver.close(),
  }
}

async function read(
  driver: StoreDriver,
  { batchRows = defaultBatchRows, onProgress }: TransferOptions = {},
): Promise<StoredTable> {
  const ids: string[] = []
  const parts: Float32Array[] = []
  let dimensions: number | undefined
  const { batches, withoutVector } = driver.live({ batchRows, sorted: true })
  for await (const batch of batches) {
    dimensions = sameDimensions(driver, dimensions, batch)
    ids.push(...batch.ids)
    parts.push(batch.vectors)
    onProgress?.({ step: 'survey', done: ids.length, total: 0 })
  }
  const cols = dimensions ?? driver.dimensions ?? 0
  if (ids.length === 0) throw badData(`${driver.place}: expected users with a vector, found none`)
  const data = new Float32Array(ids.length * cols)
  // Parts are let go of as they are copied, so that the vectors are held about once.
  for (let at = 0, part = parts.shift(); part; at += part.length, part = parts.shift()) data.set(part, at)
  return { ids, matrix: { rows: ids.length, cols, data }, withoutVector: withoutVector() }
}

async function publish(driver: StoreDriver, table: IdentifiedVectors, options: PublishOptions = {}): Promise<Switched> {
  const { batchRows = defaultBatchRows, onProgress, partial = false, file } = options
  const { rows, cols } = table.matrix
  if (table.ids.length !== rows) throw new RangeError(`publish: expected ${rows} ids, got ${table.ids.length}`)
  const leftovers = await driver.clearDrafts()
  const { catalogue, live, wanted, same } = await compared(driver, table, options)
  if (same) return { version: catalogue.live!, before: catalogue.live!, record: same, changed: 0, others: 0, leftovers }
  const kept = await keepLive(driver, catalogue, live, options)
  await driver.stage(reporting(slices(table, batchRows), rows, onProgress), cols)
  await expectDigest(driver, 'staged', wanted, options)
  const version = Math.max(kept.version, ...catalogue.records.keys()) + 1
  const record: VersionRecord = {
    ...wanted,
    dimensions: cols,
    before: kept.version,
    ...(file !== undefined && { file }),
  }
  onProgress?.({ step: 'switch', done: 0, total: rows })
  const done = await switched(driver, live.rows, {
    source: 'staged',
    expected: kept.copy,
    rows,
    strict: true,
    partial,
    version,
    renames: [...kept.renames, { draft: 'staged', version }],
    records: new Map([...kept.records, [version, record]]),
  })
  return { version, before: kept.version, record, ...done, leftovers }
}

async function rehearse(
  driver: StoreDriver,
  table: IdentifiedVectors,
  options: PublishOptions = {},
): Promise<Rehearsal> {
  const { catalogue, live, same } = await compared(driver, table, options)
  const record = catalogue.live === undefined ? undefined : catalogue.records.get(catalogue.live)
  // Vectors that someone has written since, or before the first version, are kept as a version of their own first.
  const kept = record?.checksum === live.checksum && record.rows === live.rows ? 0 : 1
  const version = same ? catalogue.live! : Math.max(0, ...catalogue.records.keys()) + 1 + kept
  return {
    version,
    ...(catalogue.live !== undefined && { live: catalogue.live }),
    others: live.rows - table.ids.length,
  }
}

/** The table beside what is live; `same` is the record of the live version where it has the same vectors already. */
async function compared(
  driver: StoreDriver,
  table: IdentifiedVectors,
  options: PublishOptions,
): Promise<{
  catalogue: Catalogue
  live: VersionRecord
  wanted: { rows: number; checksum: string }
  same: VersionRecord | undefined
}> {
  const { batchRows = defaultBatchRows, partial = false } = options
  const catalogue = await driver.catalogue()
  const comparison = compareUsers(driver.place, table, driver.dimensions)
  const live = await survey(driver, options, (batch) => comparison.see(batch))
  comparison.end({ partial })
  const wanted = await digestOf(slices(table, batchRows))
  const record = catalogue.live === undefined ? undefined : catalogue.records.get(catalogue.live)
  const same = wanted.checksum === live.checksum && wanted.rows === live.rows && record?.checksum === live.checksum
  return { catalogue, live, wanted, same: same ? record : undefined }
}

async function rollBack(driver: StoreDriver, options: RollBackOptions = {}): Promise<Switched> {
  const leftovers = await driver.clearDrafts()
  const catalogue = await driver.catalogue()
  if (catalogue.live === undefined)
    throw usageError(`${driver.place}: nothing was published here, so there is nothing to roll back`)
  const to = options.to ?? catalogue.records.get(catalogue.live)?.before
  if (to === undefined)
    throw usageError(`${driver.place}: version ${catalogue.live} is live, and there is none before it`)
  const record = catalogue.records.get(to)
  if (!record)
    throw usageError(
      `${driver.place}: there is no version ${to}; the store keeps ${[...catalogue.records.keys()].join(', ')}`,
    )
  const live = await survey(driver, options)
  const kept = await keepLive(driver, catalogue, live, options)
  options.onProgress?.({ step: 'switch', done: 0, total: record.rows })
  const { renames, records, copy: expected } = kept
  const done = await switched(driver, live.rows, {
    source: to,
    expected,
    rows: record.rows,
    strict: false,
    partial: true,
    version: to,
    renames,
    records,
  })
  return { version: to, before: kept.version, record, ...done, leftovers }
}

async function prune(driver: StoreDriver): Promise<number[]> {
  await driver.clearDrafts()
  const { live, records } = await driver.catalogue()
  const old = [...records.keys()].filter((version) => version !== live)
  if (old.length > 0) await driver.drop(old)
  return old
}

/** Reads all live vectors once. */
async function survey(
  driver: StoreDriver,
  options: TransferOptions,
  see?: (batch: VectorBatch) => void,
): Promise<VersionRecord> {
  let dimensions: number | undefined
  let done = 0
  const { batches } = driver.live({ batchRows: options.batchRows ?? defaultBatchRows, sorted: false })
  const digest = await digestOf(batches, (batch) => {
    dimensions = sameDimensions(driver, dimensions, batch)
    see?.(batch)
    options.onProgress?.({ step: 'survey', done: (done += batch.ids.length), total: 0 })
  })
  return { ...digest, dimensions: dimensions ?? driver.dimensions ?? 0 }
}

interface Kept extends Pick<Switch, 'renames' | 'records'> {
  /** The number that the live vectors have, or will have. */
  readonly version: number
  readonly copy: Switch['expected']
}

/** Makes sure that a copy of the live vectors exists: the live version's, unless someone has written since. */
async function keepLive(
  driver: StoreDriver,
  { live, records }: Catalogue,
  found: VersionRecord,
  options: TransferOptions,
): Promise<Kept> {
  const record = live === undefined ? undefined : records.get(live)
  if (live !== undefined && record?.checksum === found.checksum && record.rows === found.rows) {
    return { version: live, copy: live, renames: [], records: new Map() }
  }
  options.onProgress?.({ step: 'keep', done: 0, total: found.rows })
  await driver.keepLive(options.batchRows ?? defaultBatchRows)
  await expectDigest(driver, 'before', found, options)
  const version = Math.max(0, ...records.keys()) + 1
  return {
    version,
    copy: 'before',
    renames: [{ draft: 'before', version }],
    records: new Map([[version, { ...found, ...(live !== undefined && { before: live }) }]]),
  }
}

/** @throws IndistinctError 'file' where the draft does not hold what it should. */
async function expectDigest(
  driver: StoreDriver,
  draft: 'staged' | 'before',
  wanted: { rows: number; checksum: string },
  options: TransferOptions,
): Promise<void> {
  let done = 0
  const got = await digestOf(driver.readDraft(draft, options.batchRows ?? defaultBatchRows), (batch) =>
    options.onProgress?.({ step: 'verify', done: (done += batch.ids.length), total: wanted.rows }),
  )
  if (got.rows === wanted.rows && got.checksum === wanted.checksum) return
  await driver.clearDrafts()
  if (draft === 'before') throw changedMeanwhile(driver)
  throw fileError(
    `${driver.place}: read back ${counted(got.rows, 'row')} with checksum ${got.checksum}, but ` +
      `${counted(wanted.rows, 'row')} with ` +
      `checksum ${wanted.checksum} were written; ` +
      'nothing was switched',
  )
}

async function switched(
  driver: StoreDriver,
  liveRows: number,
  change: Switch,
): Promise<{ changed: number; others: number }> {
  const outcome = await driver.switchTo(change)
  if (outcome !== 'changed-meanwhile')
    return { changed: outcome.changed, others: liveRows - (change.rows - outcome.gone) }
  await driver.clearDrafts()
  throw changedMeanwhile(driver)
}

function changedMeanwhile(driver: StoreDriver): Error {
  return fileError(
    `${driver.place}: vectors or users changed while this run was at work; nothing was switched, run it again`,
  )
}

function sameDimensions(driver: StoreDriver, dimensions: number | undefined, batch: VectorBatch): number | undefined {
  if (batch.ids.length === 0) return dimensions
  if (dimensions !== undefined && dimensions !== batch.dimensions) {
    throw badData(
      `${driver.place}: user ${JSON.stringify(batch.ids[0])} has ${counted(batch.dimensions, 'dimension')}, ` +
        `others have ` +
        `${dimensions}; expected one length`,
    )
  }
  return batch.dimensions
}

function* slices({ ids, matrix: { rows, cols, data } }: IdentifiedVectors, batchRows: number): Generator<VectorBatch> {
  for (let at = 0; at < rows; at += batchRows) {
    const end = Math.min(rows, at + batchRows)
    yield { ids: ids.slice(at, end), vectors: data.subarray(at * cols, end * cols), dimensions: cols }
  }
}

function* reporting(
  batches: Iterable<VectorBatch>,
  total: number,
  onProgress: TransferOptions['onProgress'],
): Generator<VectorBatch> {
  let done = 0
  for (const batch of batches) {
    yield batch
    onProgress?.({ step: 'write', done: (done += batch.ids.length), total })
  }
}

function list({ live, records }: Catalogue): Version[] {
  return [...records]
    .sort(([a], [b]) => a - b)
    .map(([version, record]) => ({ version, live: version === live, ...record }))
}
