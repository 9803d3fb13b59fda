/**
 * @file Closed forms on tables larger than memory: moments of the classes in one pass over the file, their maps, and a
 * second pass that writes each row by its map. What is held is a block of rows, a code a row, and the file's own ids.
 */

import { abortable } from '#signals'
import { badData, classCounts, commitFiles, counted, jsonText, stageFile, type Json } from '@indistinct/core'
import { basename } from '@indistinct/core/platform'
import {
  createTable,
  dtypeName,
  readerSide,
  readLabelCodes,
  type LabelCodes,
  type TableReader,
} from '@indistinct/embeddings'
import {
  streamAffine,
  streamClassMoments,
  watchDimensions,
  watchLengths,
  watchRows,
} from '@indistinct/embeddings/stream'
import type { AttributeSummary } from '@indistinct/report'
import type { FileRecord } from '../inputs/file-record.ts'
import { labelNamesOf } from '../inputs/merge-labels.ts'
import { seenTelling } from '../inputs/telling-dimensions.ts'
import { classWarnings, columnWarnings, labelLine, labelWarnings } from '../inputs/table-inputs.ts'
import type { Log } from '../terminal/log.ts'
import type { Session } from '../terminal/session.ts'
import { countOf, grouped, printable } from '../terminal/text-table.ts'
import { showPlan, type Plan } from '../outputs/dry-run.ts'
import { versions } from '../outputs/provenance.ts'
import { spreadOf, streamedMaps, type StreamedMaps } from './streamed-maps.ts'
import { sidecarOf, type UnlearnRequest } from './unlearn-request.ts'
import { scopeOfUnlearning, uncheckedLine } from './unlearn-scope.ts'
import { tooFewUsers, usersForColumns } from './users-a-column.ts'
import { notesOnLengths } from './written-table.ts'

/** The opened table and the labels of its rows. */
interface StreamedInputs {
  readonly request: UnlearnRequest
  readonly table: TableReader
  readonly found: LabelCodes
  readonly attribute: AttributeSummary
  readonly warnings: readonly string[]
}

/** Unlearns `table`, and writes the new one and its JSON sidecar; closes it. */
export async function unlearnStreamed(request: UnlearnRequest, table: TableReader, session: Session): Promise<void> {
  try {
    const read = await readLabels(request, table, session.log)
    if (request['dry-run']) return showPlan(planOf(read), request.json, session)
    const input = {
      table: { file: basename(request.table), sha256: table.sha256() },
      attributes: { file: basename(request.attributes), sha256: read.found.sha256 },
    }
    await abortable(async (signal) => {
      const written = await unlearnedRows(read, passes(table, session.log, signal), session.log)
      const record = commit(read, written, input)
      session.result(request.json ? record : resultText(read, written))
    })
  } finally {
    table.close()
  }
}

async function readLabels(request: UnlearnRequest, table: TableReader, log: Log): Promise<StreamedInputs> {
  const side = readerSide(table)
  const found = await readLabelCodes(request.attributes, request.attribute, table.rows, {
    ...labelNamesOf(request),
    idColumn: request['id-column'],
    byPosition: request['by-position'],
    ids: side.ids,
    maybeIds: side.maybeIds,
    cols: table.cols,
    table: request.table,
  })
  const { labels } = found
  const fewUsers = tooFewUsers(request.method, usersForColumns([table], labels), request.force)
  const warnings = [
    ...(found.by === 'id' ? side.notes : []),
    ...found.warnings,
    ...labelWarnings(request, found),
    ...classWarnings(request.attribute, labels),
    ...columnWarnings(request.table, table.beside(), request.attribute),
    ...fewUsers,
  ]
  for (const warning of warnings) log.warn(warning)
  const counts = classCounts(labels)
  const classes = labels.classes.map((name, c) => ({ name, users: counts[c]! }))
  const attribute = { name: request.attribute, classes, missing: found.missing, joinedBy: found.by }
  return { request, table, found, attribute, warnings }
}

function planOf({ request, table, found, attribute, warnings }: StreamedInputs): Plan {
  const { rows, cols, dtype } = table
  const { method, out } = request
  return {
    command: 'unlearn',
    checked: 'labels were joined',
    steps: [
      `${request.table}: ${countOf(rows, 'user')}, ${counted(cols, 'dimension')}, ${dtype}, read and written ` +
        `block by block`,
      labelLine(attribute, found.unmatched),
      method,
    ],
    facts: {
      rows,
      dimensions: cols,
      dtype,
      attribute: attribute as unknown as Json,
      unmatched: found.unmatched,
      method,
      streamed: true,
      warnings,
    },
    writes: [out, sidecarOf(out)],
  }
}

interface PassOptions {
  readonly signal: AbortSignal
  readonly onRows: (rows: number) => void
}

type Passes = <T>(label: string, work: (options: PassOptions) => Promise<T>) => Promise<T>

/** Runs passes over `table` that show how far they are, and end with `signal`. */
function passes({ rows }: TableReader, log: Log, signal: AbortSignal): Passes {
  return async (label, work) => {
    const progress = log.progress(label)
    try {
      return await work({ signal, onRows: (done) => progress.update(done, rows) })
    } finally {
      progress.end()
    }
  }
}

/** The new rows in a file that has no name yet. */
interface WrittenRows extends Awaited<ReturnType<typeof streamAffine>> {
  readonly parameters: StreamedMaps['parameters']
  /** The unit in which distances are told. */
  readonly spread: number
  readonly notes: readonly string[]
}

async function unlearnedRows({ request, table, found }: StreamedInputs, pass: Passes, log: Log): Promise<WrittenRows> {
  const { rows, cols } = table
  const { labels } = found
  const { method, out, force, lengths } = request
  const dimensions = watchDimensions(table)
  const telling = seenTelling(cols, labels)
  const watched = watchLengths(watchRows(dimensions.watch(table), telling.see))
  const everyone = await pass('reading moments', (options) => streamClassMoments(watched.table, labels, options))
  const length = watched.length()
  // Told before the second pass, which may take long.
  const ofDimensions = [...dimensions.notes(), ...telling.warnings(request.table, table.dimensions, request.attribute)]
  for (const each of ofDimensions) log.warn(each)
  const moments = everyone.slice(0, labels.classes.length)
  if (spreadOf(moments) === 0)
    throw badData(
      `${request.table}: expected users that differ, got ${found.labelled} equal rows; this table holds nothing to ` +
        'unlearn',
    )
  const { maps, unlabelled, parameters } = streamedMaps(method, moments, request.parameters)
  const output = createTable(out, { rows, cols, like: table, force })
  const written = await pass(`writing ${out}`, (options) =>
    streamAffine(table, output, labels, maps, {
      ...options,
      ...(request.unlabelled === 'map' && { unlabelled }),
      ...(lengths === 'keep' && { length }),
    }),
  )
  const notes = [
    ...(length ? notesOnLengths(request.table, length, lengths) : []),
    ...notesOnValues(request, table, written.clipped),
  ]
  for (const note of notes) log.warn(note)
  return { ...written, parameters, spread: spreadOf(everyone), notes: [...ofDimensions, ...notes] }
}

function notesOnValues(
  { table: path, out }: UnlearnRequest,
  { layout, dtype }: TableReader,
  clipped: number,
): string[] {
  const rounded = dtype !== 'f4' && dtype !== 'f8'
  return [
    ...(layout?.fortran
      ? [`${out}: rows are written one after another, where ${path} has columns (Fortran order)`]
      : []),
    ...(rounded ? [`${out}: values that moved were rounded to ${dtypeName(dtype)}, the type of the table`] : []),
    ...(clipped > 0
      ? [
          `${out}: ${countOf(clipped, 'value')} lay beyond the range of ${dtypeName(dtype)} and were set to the ` +
            `end of it`,
        ]
      : []),
  ]
}

/** Gives the table and its sidecar their names; the sidecar's text. */
function commit(read: StreamedInputs, written: WrittenRows, input: Record<string, FileRecord>): string {
  const { out, force } = read.request
  const files = [written.file]
  try {
    const record = jsonText(recordOf(read, written, input), 2)
    files.unshift(stageFile(sidecarOf(out), record, { replace: force }))
    commitFiles(files)
    return record
  } finally {
    for (const each of files) each.discard()
  }
}

function recordOf(
  { request, table, found, attribute, warnings }: StreamedInputs,
  { file, moved, rmsChange, parameters, spread, notes }: WrittenRows,
  input: Record<string, FileRecord>,
): { readonly [name: string]: Json } {
  const { rows, cols, dtype } = table
  const { method, seed, unlabelled } = request
  return {
    schema: 'indistinct/unlearn/1',
    method,
    parameters,
    passes: 1,
    seed,
    attribute: attribute as unknown as Json,
    rows,
    dimensions: cols,
    dtype,
    moved,
    unlabelled,
    streamed: true,
    scope: scopeOfUnlearning([request.attribute], method, usersForColumns([table], found.labels)),
    displacement: { unit: 'spread', spread, rootMeanSquare: rmsChange / spread },
    harm: { checked: false, words: [uncheckedLine] },
    unmatched: found.unmatched,
    warnings: [...warnings, ...notes],
    input,
    output: { table: { file: basename(request.out), sha256: file.sha256 } },
    versions: versions(),
  }
}

function resultText({ request, table, found, attribute }: StreamedInputs, written: WrittenRows): string {
  const { out, method } = request
  const { file, moved, rmsChange, spread } = written
  const lines = [
    printable(labelLine(attribute, found.unmatched)),
    printable(scopeOfUnlearning([request.attribute], method, usersForColumns([table], found.labels))),
    `${method}: ${grouped(moved)} of ${countOf(table.rows, 'user')} moved, ` +
      `by ${(rmsChange / spread).toPrecision(3)} of the table's spread in root mean square`,
    uncheckedLine,
    `${out}  sha256 ${file.sha256}`,
    sidecarOf(out),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
