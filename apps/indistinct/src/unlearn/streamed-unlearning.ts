/**
 * @file Closed forms on tables larger than memory: moments of the classes in one pass over the file, their maps, and a
 * second pass that writes each row by its map. What is held is a block of rows, a code a row, and the file's own ids.
 */

import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import {
  badData,
  canonicalJson,
  classCounts,
  commitFiles,
  stageFile,
  usageError,
  type Json,
  type Labels,
  type StagedFile,
} from '@indistinct/core'
import {
  createTable,
  dtypeName,
  formatOf,
  idsBeside,
  inputFormat,
  isText,
  openTable,
  readLabelCodes,
  type LabelCodes,
  type TableReader,
} from '@indistinct/embeddings'
import {
  streamAffine,
  streamClassMoments,
  watchLengths,
  type StreamedMap,
  type StreamedMoments,
} from '@indistinct/embeddings/stream'
import {
  gaussianTransportMaps,
  leaceMap,
  meanMatchingMaps,
  unlearners,
  type UnlearnerName,
} from '@indistinct/unlearners'
import type { CommonArguments } from '../terminal/common-options.ts'
import type { FlowExtraArguments } from './flow-extras.ts'
import { uncheckedLine } from '../audit/unchecked-line.ts'
import { labelNamesOf } from '../inputs/merge-labels.ts'
import { checkOutputs } from './output-files.ts'
import { showPlan, type DryRunArguments } from './plan.ts'
import { versions } from './provenance.ts'
import type { Session } from '../terminal/session.ts'
import { abortable } from '../terminal/signals.ts'
import { readOptions } from '../terminal/read-options.ts'
import { classWarnings, labelLine, labelWarnings } from '../inputs/table-inputs.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { grouped, printable } from '../terminal/text-table.ts'
import type { Parameters } from './unlearning.ts'
import type { UnlearningArguments } from './unlearning-arguments.ts'
import { scopeOfUnlearning } from './unlearn-scope.ts'
import { notesOnLengths } from './written-table.ts'

export interface StreamingArguments extends UnlearningArguments, CommonArguments, DryRunArguments, FlowExtraArguments {
  readonly stream: 'auto' | 'always' | 'never'
  readonly out: string
  readonly report?: string | undefined
  readonly audit: boolean
  readonly force: boolean
}

/** Methods whose result is an affine map for each class, or one for everyone, by the moments of the classes alone. */
const streamedMethods: readonly UnlearnerName[] = ['mean-matching', 'leace', 'gaussian-transport']

/**
 * Bytes of float32 from which `auto` streams: below, a table is held in memory, and everything about it is reported.
 */
const streamedFrom = 2 ** 30

/**
 * The opened table where this run is to stream it, else undefined.
 * @throws IndistinctError 'usage' where --stream always cannot be.
 */
export function tableToStream(args: StreamingArguments): TableReader | undefined {
  if (args.stream === 'never') return undefined
  const reason = whyNot(args)
  if (args.stream === 'always' && reason !== undefined) throw usageError(`--stream always: ${reason}`)
  if (reason !== undefined) return undefined
  const table = openTable(args.table, readOptions(args))
  if (args.stream === 'always' || 4 * table.rows * table.cols >= streamedFrom) return table
  table.close()
  return undefined
}

/** What keeps a run from being streamed. */
function whyNot(args: StreamingArguments): string | undefined {
  if (!streamedMethods.includes(args.method))
    return `${args.method} holds the whole table; ${streamedMethods.join(', ')} do not`
  if (args.unlabelled === 'map' && args.method !== 'leace')
    return `--unlabelled map is for leace, which has one map for everyone`
  const flags = {
    delta: args.delta,
    fit: args.fit,
    update: args.update,
    ids: args.ids,
    report: args.report,
    audit: args.audit || undefined,
    also: args.also,
    items: args.items,
    continuous: args.continuous || undefined,
  }
  const given = Object.entries(flags).find(([, value]) => value !== undefined)
  if (given) return `--${given[0]} needs the whole table in memory`
  const beside = idsBeside(args.table)
  if (existsSync(beside)) return `ids in ${beside} need the whole table in memory`
  const [from, to] = [inputFormat(args.table), formatOf(args.out)]
  if (isText(from) || isText(to))
    return 'text is not read or written block by block; use .npy, .parquet or .safetensors'
  return from === to || from === 'npy' ? undefined : `a table read from ${from} is written to ${from}`
}

/** Unlearns `table`, and writes the new one and its JSON sidecar. */
export async function unlearnStreamed(
  args: StreamingArguments,
  table: TableReader,
  parameters: Parameters,
  session: Session,
): Promise<void> {
  const { rows, cols, dtype } = table
  const sidecar = `${args.out}.json`
  checkOutputs([args.out, sidecar], [args.table, args.attributes], args.force)
  try {
    const labels = await readLabelCodes(args.attributes, args.attribute, rows, {
      ...labelNamesOf(args),
      idColumn: args['id-column'],
      byPosition: args['by-position'],
      ids: table.readIds(),
      maybeIds: table.maybeIds(),
      table: args.table,
    })
    const warnings = [
      ...labels.warnings,
      ...labelWarnings(args, labels),
      ...classWarnings(args.attribute, labels.labels),
    ]
    for (const warning of warnings) session.log.warn(warning)
    const summary = {
      name: args.attribute,
      classes: classesOf(labels.labels),
      missing: labels.missing,
      joinedBy: labels.by,
    }
    if (args['dry-run']) {
      const steps = [
        `${args.table}: ${grouped(rows)} users, ${cols} dimensions, ${dtype}, read and written block by block`,
        labelLine(summary, labels.unmatched),
        args.method,
      ]
      const facts = {
        rows,
        dimensions: cols,
        dtype,
        attribute: summary,
        unmatched: labels.unmatched,
        method: args.method,
        streamed: true,
        warnings,
      }
      return showPlan(
        { command: 'unlearn', checked: 'labels were joined', steps, facts, writes: [args.out, sidecar] },
        args.json,
        session,
      )
    }
    const input = {
      table: { file: basename(args.table), sha256: table.sha256() },
      attributes: { file: basename(args.attributes), sha256: labels.sha256 },
    }
    await abortable((signal) =>
      streamed(args, table, labels, { parameters, input, sidecar, warnings, signal }, session),
    )
  } finally {
    table.close()
  }
}

interface Run {
  readonly parameters: Parameters
  readonly input: Record<string, FileRecord>
  readonly sidecar: string
  readonly warnings: readonly string[]
  readonly signal: AbortSignal
}

async function streamed(
  args: StreamingArguments,
  table: TableReader,
  found: LabelCodes,
  { parameters: given, input, sidecar, warnings, signal }: Run,
  session: Session,
): Promise<void> {
  const { rows, cols, dtype } = table
  const { labels } = found
  const pass = async <T>(
    label: string,
    work: (options: { signal: AbortSignal; onRows: (rows: number) => void }) => Promise<T>,
  ): Promise<T> => {
    const progress = session.log.progress(label)
    try {
      return await work({ signal, onRows: (done) => progress.update(done, rows) })
    } finally {
      progress.end()
    }
  }
  const watched = watchLengths(table)
  const everyone = await pass('reading moments', (options) => streamClassMoments(watched.table, labels, options))
  const length = watched.length()
  const moments = everyone.slice(0, labels.classes.length)
  const spread = spreadOf(everyone)
  if (spreadOf(moments) === 0)
    throw badData(
      `${args.table}: expected users that differ, got ${found.labelled} equal rows; this table holds nothing to ` +
        'unlearn',
    )
  const { maps, unlabelled, parameters } = mapsOf(args.method, moments, given)
  const output = createTable(args.out, { rows, cols, like: table, force: args.force })
  const { file, moved, rmsChange, clipped } = await pass(`writing ${args.out}`, (options) =>
    streamAffine(table, output, labels, maps, {
      ...options,
      ...(args.unlabelled === 'map' && { unlabelled }),
      ...(args.lengths === 'keep' && { length }),
    }),
  )
  const notes = [
    ...(length ? notesOnLengths(args.table, length, args.lengths) : []),
    ...(table.layout?.fortran
      ? [`${args.out}: rows are written one after another, where ${args.table} has columns (Fortran order)`]
      : []),
    ...(dtype === 'f4' || dtype === 'f8'
      ? []
      : [`${args.out}: values that moved were rounded to ${dtypeName(dtype)}, the type of the table`]),
    ...(clipped > 0
      ? [
          `${args.out}: ${grouped(clipped)} values lay beyond the range of ${dtypeName(dtype)} and were set to ` +
            'the end of it',
        ]
      : []),
  ]
  for (const note of notes) session.log.warn(note)
  const scope = scopeOfUnlearning([args.attribute], args.method)
  const beside: StagedFile[] = []
  try {
    const record = `${canonicalJson(
      {
        schema: 'indistinct/unlearn/1',
        method: args.method,
        parameters,
        passes: 1,
        seed: args.seed,
        attribute: {
          name: args.attribute,
          classes: classesOf(labels),
          missing: found.missing,
          joinedBy: found.by,
        } as unknown as Json,
        rows,
        dimensions: cols,
        dtype,
        moved,
        unlabelled: args.unlabelled,
        streamed: true,
        scope,
        displacement: { unit: 'spread', spread, rootMeanSquare: rmsChange / spread },
        harm: { checked: false, words: [uncheckedLine] },
        unmatched: found.unmatched,
        warnings: [...warnings, ...notes],
        input,
        output: { table: { file: basename(args.out), sha256: file.sha256 } },
        versions: versions(),
      },
      2,
    )}\n`
    beside.push(stageFile(sidecar, record, { replace: args.force }))
    commitFiles([...beside, file])
    if (args.json) session.result(record)
    else
      session.result(
        `${printable(labelLine({ name: args.attribute, classes: classesOf(labels), missing: found.missing, joinedBy: found.by }, found.unmatched))}\n${printable(scope)}\n${args.method}: ` +
          `${grouped(moved)} of ${grouped(rows)} users moved, by ${(rmsChange / spread).toPrecision(3)} of the ` +
          `table's spread in root mean square\n${uncheckedLine}\n${args.out}  sha256 ${file.sha256}\n${sidecar}\n`,
      )
  } finally {
    for (const each of [file, ...beside]) each.discard()
  }
}

/** The map of each class, and of users without one where the method has such a map. */
function mapsOf(
  method: UnlearnerName,
  moments: readonly StreamedMoments[],
  given: Parameters,
): { maps: readonly StreamedMap[]; unlabelled?: StreamedMap; parameters: { [name: string]: Json } } {
  if (method === 'mean-matching') return { maps: meanMatchingMaps(moments), parameters: {} }
  if (method === 'leace') {
    const { map, erased } = leaceMap(moments)
    return { maps: moments.map(() => map), unlabelled: map, parameters: { erased } }
  }
  const { maps, iterations } = gaussianTransportMaps(moments, given)
  return { maps, parameters: { ...unlearners[method].defaults, ...given, iterations } }
}

/** Square root of the total variance: the unit in which distances are told. */
function spreadOf(moments: readonly StreamedMoments[]): number {
  const count = moments.reduce((sum, each) => sum + each.count, 0)
  const K = moments[0]!.mean.length
  let variance = 0
  for (let k = 0; k < K; k++) {
    const mean = moments.reduce((sum, each) => sum + (each.count / count) * each.mean[k]!, 0)
    for (const each of moments)
      variance += (each.count / count) * (each.covariance[k * K + k]! + (each.mean[k]! - mean) ** 2)
  }
  return Math.sqrt(Math.max(0, variance))
}

function classesOf(labels: Labels): { [key: string]: Json; name: string; users: number }[] {
  const counts = classCounts(labels)
  return labels.classes.map((name, c) => ({ name, users: counts[c]! }))
}
