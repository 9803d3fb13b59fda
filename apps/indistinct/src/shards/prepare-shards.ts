/** @file The plan of a sharded run: tables opened, labels joined, and what all workers must agree on written down. */

import { existsSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { badData, counted, createFile, jsonText, takeLock, usageError, writeFileAtomic } from '@indistinct/core'
import {
  hasOwnIds,
  isFolder,
  openTable,
  readerSide,
  readIds,
  readIdsBeside,
  spellingWarnings,
  type TableReader,
} from '@indistinct/embeddings'
import type { ShardMethod } from '@indistinct/unlearners'
import type { Log } from '../terminal/log.ts'
import { checkOnceEach } from '../inputs/file-identity.ts'
import { sameColumns, type NamedColumns } from '../inputs/same-columns.ts'
import { checkOutputs } from '../outputs/output-files.ts'
import { joinShardLabels, type JoinedShards, type ReadIds, type ShardIds } from './join-shard-labels.ts'
import { writeShardLabels } from './shard-labels.ts'
import { shardNotes } from './shard-notes.ts'
import { layout, type PlannedShard, type ShardPlan } from './shard-plan.ts'

export interface PrepareOptions {
  readonly tables: readonly string[]
  /** One file for all rows, or one a table. */
  readonly attributes: readonly string[]
  readonly attribute: string
  readonly out: string
  readonly method: ShardMethod
  readonly parameters: { readonly [name: string]: number }
  readonly seed: number
  /** Of a single table; default: 250,000 rows a shard. */
  readonly shards?: number | undefined
  readonly ids?: string | undefined
  readonly idColumn?: string | undefined
  readonly tableIdColumn?: string | undefined
  readonly dimensions?: readonly string[] | undefined
  readonly scale?: number | undefined
  readonly zeroPoint?: number | undefined
  readonly key?: string | undefined
  readonly byPosition?: boolean | undefined
  readonly missing?: readonly string[] | undefined
  readonly merge?: ReadonlyMap<string, string> | undefined
  /** File for the fit of a closed form. */
  readonly fit?: string | undefined
  readonly force: boolean
}

/** A run that could start. */
export interface PlannedRun {
  readonly plan: ShardPlan
  /** The folder holds this very run. */
  readonly resumed: boolean
  /** Open as long as `use` is at work. */
  readonly readers: readonly TableReader[]
  /** Class of each row, by shard. */
  readonly codes: readonly Int32Array[]
  readonly idsOf: (table: number) => readonly string[]
}

/** Rows of a shard unless asked otherwise: 61 MiB at 64 dimensions. */
const rowsPerShard = 250_000
/** Rows whose mean is the centre that moments are summed about. */
const centreRows = 4096

/**
 * Writes the plan and the labels of a run into the folder `out`. A folder that holds the same plan is left as it is:
 * its run goes on.
 * @throws IndistinctError 'usage', 'bad-data' or 'file'.
 */
export function prepareShards(options: PrepareOptions, log: Log): Promise<Pick<PlannedRun, 'plan' | 'resumed'>> {
  const { out, force } = options
  return planShards(options, log, async ({ plan, codes, idsOf }) => {
    // Two runs that find the folder empty must not mix their labels.
    const release = await takeLock(join(out, '.preparing'), {
      onWait: (text) => log.info(`${out} is being prepared already: ${text}`),
    })
    try {
      const resumed = isResumed(plan, options)
      if (resumed) return { plan, resumed }
      if (force)
        for (const path of [layout.manifest(out), layout.plan(out), layout.work(out)])
          rmSync(path, { recursive: true, force: true })
      codes.forEach((own, s) => writeShardLabels(out, s, own))
      for (const { whole, output, from, to } of plan.shards)
        if (!whole) writeIds(join(out, `${output}.ids.csv`), idsOf(0).slice(from, to))
      writeFileAtomic(layout.plan(out), textOf(plan))
      return { plan, resumed }
    } finally {
      release()
    }
  })
}

/**
 * Whether the folder holds this very run. @throws IndistinctError 'usage' where it holds another, or files of ours are
 * inputs.
 */
function isResumed(plan: ShardPlan, { tables, attributes, ids, out, fit, force }: PrepareOptions): boolean {
  const there = existsSync(layout.plan(out))
  if (there && !force && readFileSync(layout.plan(out), 'utf8') === textOf(plan)) return true
  if (there && !force)
    throw usageError(
      `${out} holds another run, or this one with other files or options; name another folder, or start anew ` +
        'with --force',
    )
  const outputs = plan.shards.flatMap(({ output, whole }) => [
    join(out, output),
    ...(whole ? [] : [join(out, `${output}.ids.csv`)]),
  ])
  if (!force)
    for (const path of [layout.manifest(out), ...outputs])
      if (existsSync(path))
        throw usageError(`${path} is there already; name another folder, or replace it with --force`)
  checkOutputs(
    [layout.plan(out), layout.manifest(out), ...outputs, ...(fit === undefined ? [] : [fit])],
    [...tables, ...attributes, ids],
    force,
  )
  return false
}

const textOf = (plan: ShardPlan): string => jsonText(plan, 2)

/**
 * Opens tables, joins labels, and gives `use` the run that they make; nothing is written.
 * @throws IndistinctError 'usage', 'bad-data' or 'file', also where the folder holds another run.
 */
export async function planShards<T>(
  options: PrepareOptions,
  log: Log,
  use: (run: PlannedRun) => T | Promise<T>,
): Promise<T> {
  const { tables, attributes, fit } = options
  if (attributes.length !== 1 && attributes.length !== tables.length)
    throw usageError(
      `--attributes: expected one file, or one for each of ${tables.length} tables, got ${attributes.length}`,
    )
  if (tables.length > 1 && options.shards !== undefined)
    throw usageError('--shards: several tables are a shard each; leave it out, or name one table')
  const read = readingOf(options)
  const readers: TableReader[] = []
  try {
    const folder = tables.find((path) => isFolder(path))
    if (folder !== undefined)
      throw usageError(`${folder} is a folder; name its parts, each of which is a shard: ${join(folder, '*.parquet')}`)
    checkOnceEach(tables)
    for (const path of tables) readers.push(openTable(path, read))
    const shards = plannedShards(readers, options.shards)
    for (const warning of columnWarnings(readers)) log.warn(warning)
    const rows = readers.reduce((sum, reader) => sum + reader.rows, 0)
    const named =
      options.ids === undefined ? undefined : await readIds(options.ids, options.tableIdColumn ?? options.idColumn)
    if (named && named.length !== rows)
      throw badData(
        `${options.ids}: expected ${rows} ids, one for each row of ${tables.join(', ')}, got ${named.length}`,
      )
    const idsOf = tableIds(readers, named, await idsBeside(readers, named))
    const joined = await joinShardLabels(readers, shards, idsOf, options)
    warnOf(joined, rows, options, log)
    const plan: ShardPlan = {
      schema: 'indistinct/shard-plan/1',
      method: options.method,
      parameters: options.parameters,
      seed: options.seed,
      attribute: { name: options.attribute, classes: joined.classes, missing: joined.missing, joinedBy: joined.by },
      attributes: joined.files,
      dimensions: readers[0]!.cols,
      ...(readers[0]!.dimensions && { columns: readers[0]!.dimensions }),
      read,
      inputs: tables.map((path) => {
        const { size, mtimeMs } = statSync(path)
        return { path: realpathSync(path), bytes: size, modified: mtimeMs }
      }),
      centre: [...centreOf(readers[0]!)],
      fit: fit === undefined ? null : resolve(fit),
      engine: process.versions.v8,
      shards,
    }
    for (const note of shardNotes(plan, readers, joined.codes)) log.warn(note)
    const resumed = isResumed(plan, options)
    return await use({ plan, resumed, readers, codes: joined.codes, idsOf: (table) => idsOf(table).read().ids })
  } finally {
    for (const reader of readers) reader.close()
  }
}

function readingOf(options: PrepareOptions): ShardPlan['read'] {
  return {
    ...(options.key !== undefined && { key: options.key }),
    ...(options.tableIdColumn !== undefined && { idColumn: options.tableIdColumn }),
    ...(options.dimensions && { dimensions: options.dimensions }),
    labels: [options.attribute],
    ...(options.scale !== undefined && { scale: options.scale }),
    ...(options.zeroPoint !== undefined && { zeroPoint: options.zeroPoint }),
  }
}

function warnOf(joined: JoinedShards, rows: number, { attribute, attributes, tables }: PrepareOptions, log: Log): void {
  for (const warning of joined.warnings) log.warn(warning)
  for (const warning of spellingWarnings(attribute, joined.classes)) log.warn(warning)
  if (joined.missing > 0) log.warn(`${joined.missing} of ${counted(rows, 'user')} without a label: never moved`)
  if (joined.unmatched > 0)
    log.warn(`${counted(joined.unmatched, 'user')} of ${attributes.join(', ')} not in ${tables.join(', ')}: ignored`)
}

/** @throws IndistinctError 'bad-data' where columns of a table are those of the first in another order, or some are. */
function columnWarnings([first, ...others]: readonly TableReader[]): string[] {
  const named = ({ path, dimensions }: TableReader): NamedColumns => ({ path, names: dimensions })
  return others.flatMap((other) => sameColumns(named(other), named(first!)))
}

function plannedShards(readers: readonly TableReader[], count: number | undefined): PlannedShard[] {
  const { path, rows, cols } = readers[0]!
  for (const reader of readers)
    if (reader.cols !== cols)
      throw badData(`${reader.path}: expected ${counted(cols, 'dimension')} as in ${path}, got ${reader.cols}`)
  if (readers.length > 1) {
    const names = readers.map((reader) => basename(reader.path))
    const twice = names.find((name, at) => names.indexOf(name) < at)
    if (twice !== undefined)
      throw usageError(`expected tables of different names, since results are named alike, got ${twice} twice`)
    let firstRow = 0
    return readers.map((reader, input) => {
      firstRow += reader.rows
      return { input, from: 0, to: reader.rows, firstRow: firstRow - reader.rows, whole: true, output: names[input]! }
    })
  }
  const shards = count ?? Math.ceil(rows / rowsPerShard)
  if (shards > rows)
    throw usageError(`--shards: expected at most one for each of ${counted(rows, 'row')}, got ${shards}`)
  const stem = basename(path, extname(path))
  return Array.from({ length: shards }, (_, s) => {
    const [from, to] = [Math.floor((s * rows) / shards), Math.floor(((s + 1) * rows) / shards)]
    return {
      input: 0,
      from,
      to,
      firstRow: from,
      whole: false,
      output: `${stem}-${String(s).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}.npy`,
    }
  })
}

/** Ids that lie beside tables without ids, by table. */
async function idsBeside(
  readers: readonly TableReader[],
  named: readonly string[] | undefined,
): Promise<(string[] | undefined)[]> {
  const beside: (string[] | undefined)[] = []
  for (const { path, rows, format, container } of readers) {
    const bare = format === 'npy' || container?.hasIds === false
    beside.push(named || !bare ? undefined : await readIdsBeside(path, rows))
  }
  return beside
}

/**
 * Ids of each table, the last one's kept: those of `named`, the file's own or those beside it, or row numbers through
 * all tables.
 */
function tableIds(
  readers: readonly TableReader[],
  named: readonly string[] | undefined,
  beside: readonly (readonly string[] | undefined)[],
): (table: number) => ShardIds {
  let last: { readonly table: number; readonly side: ReadIds } | undefined
  const read = (table: number): ReadIds => {
    const reader = readers[table]!
    const first = readers.slice(0, table).reduce((sum, { rows }) => sum + rows, 0)
    const given = named?.slice(first, first + reader.rows) ?? beside[table]
    if (given) return { ids: given, maybeIds: [], notes: [] }
    const { ids, maybeIds = [], notes } = readerSide(reader)
    return { ids: ids ?? Array.from({ length: reader.rows }, (_, i) => String(first + i)), maybeIds, notes }
  }
  return (table) => ({
    own: named !== undefined || beside[table] !== undefined || hasOwnIds(readers[table]!),
    read() {
      if (last?.table !== table) last = { table, side: read(table) }
      return last.side
    },
  })
}

function centreOf(reader: TableReader): Float64Array {
  const rows = Math.min(centreRows, reader.rows)
  const block = new Float32Array(rows * reader.cols)
  reader.readRows(0, rows, block)
  const centre = new Float64Array(reader.cols)
  for (let p = 0; p < block.length; p++) centre[p % reader.cols]! += block[p]! / rows
  return centre
}

function writeIds(path: string, ids: Iterable<string>): void {
  const file = createFile(path)
  let text = 'id\n'
  for (const id of ids) {
    text += `${/[",\r\n]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id}\n`
    if (text.length > 1 << 20) {
      file.write(Buffer.from(text))
      text = ''
    }
  }
  file.write(Buffer.from(text))
  file.stage().commit()
}
