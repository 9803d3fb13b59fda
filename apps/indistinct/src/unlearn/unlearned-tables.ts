/**
 * @file What `unlearn` made of its tables, told and written: records, report and result, and files that appear together
 * or not at all.
 */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import {
  badData,
  canonicalJson,
  commitFiles,
  fileError,
  sha256,
  stageFile,
  type Json,
  type StagedFile,
} from '@indistinct/core'
import { stageTable, type EmbeddingTable } from '@indistinct/embeddings'
import { mapUsers, reportHtml, tellingDimensions, type ReportData } from '@indistinct/report'
import { makeDelta, type Unlearned } from '@indistinct/unlearners'
import { attackVersions, predictions, severalSections } from '../audit/audit-report.ts'
import {
  beforeAndAfterJson,
  beforeAndAfterText,
  sectionsOf,
  type BeforeAndAfter,
  type ChangedTable,
} from '../audit/before-and-after.ts'
import { exactLayer, layersOf, unbounded } from '../certify/layers.ts'
import { outcomeText } from './outcome-text.ts'
import { harmJson, harmLines, type HarmSelfCheck } from '../audit/harm-self-check.ts'
import { commandLine, versions } from './provenance.ts'
import { writingFiles } from '../terminal/signals.ts'
import { attributeSummary, labelLine, reportHashes, type TableInputs } from '../inputs/table-inputs.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { printable } from '../terminal/text-table.ts'
import { changeJson, changeText, tableChange, type TableChange } from './table-change.ts'

export interface UnlearnedTable extends ChangedTable {
  readonly path: string
  readonly out: string
  /** As it is written: users in the order of its own file. */
  readonly table: EmbeddingTable
  readonly result: Unlearned
  readonly change: TableChange
  /** Files of this table alone that went in, by what they are. */
  readonly input: Readonly<Record<string, FileRecord>>
}

export interface UnlearnedTables {
  readonly inputs: TableInputs
  readonly made: readonly UnlearnedTable[]
  /** All tables joined, where there are several. */
  readonly joined?: ChangedTable
  readonly audits?: BeforeAndAfter
  readonly harm: HarmSelfCheck
  readonly seed: number
  readonly unlabelled: 'leave' | 'map'
  /** Summaries of further attributes that are hidden. */
  readonly also: readonly Json[]
  /** Their labels and counts, in words. */
  readonly alsoLines: readonly string[]
  /** From whom the method hides, and from whom not. */
  readonly scope: string
}

type Outputs = Readonly<Record<string, FileRecord>>
type JsonRecord = { readonly [name: string]: Json }

/** What the sidecar of table `at` says beside the attacks. */
function recordOf(
  { inputs, made, audits, harm, seed, unlabelled, also, scope }: UnlearnedTables,
  at: number,
  output: Outputs,
): JsonRecord {
  const { table, result, before, after, change, input } = made[at]!
  return {
    schema: 'indistinct/unlearn/1',
    method: result.method,
    parameters: result.parameters,
    passes: result.passes,
    seed,
    attribute: attributeSummary(inputs) as unknown as Json,
    ...(also.length > 0 && { also: [...also] }),
    scope,
    rows: after.rows,
    dimensions: after.cols,
    dtype: table.dtype,
    moved: countMoved(before, after),
    unlabelled,
    ...changeJson(change),
    harm: harmJson(harm),
    unmatched: inputs.unmatched,
    warnings: inputs.warnings,
    input,
    ...(made.length > 1 && { beside: made.filter((_, other) => other !== at).map((each) => each.input['table']!) }),
    output,
    versions: { ...versions(), ...(audits && attackVersions(audits.before.parts)) },
  }
}

function withAttacks(record: JsonRecord, { audits }: UnlearnedTables): JsonRecord {
  return audits ? { ...record, audit: beforeAndAfterJson(audits) } : record
}

/** The result for --json: the sidecar of one table; of several those of each, with the attacks once. */
export function resultJson(unlearning: UnlearnedTables, outputs: readonly Outputs[]): JsonRecord {
  const records = outputs.map((output, at) => recordOf(unlearning, at, output))
  const tables = unlearning.made.map(({ name }, at) => ({ table: name, ...records[at]! }))
  return withAttacks(records.length === 1 ? records[0]! : { schema: 'indistinct/unlearn-tables/1', tables }, unlearning)
}

/** The result in words; `update` says what became of users of an earlier fit. */
export function resultText({ inputs, made, audits, harm, alsoLines, scope }: UnlearnedTables, update: string): string {
  const labels = [labelLine(attributeSummary(inputs), inputs.unmatched), ...alsoLines, scope].map(
    (line) => `${printable(line)}\n`,
  )
  const each = made.map(({ name, result, before, after, change }) => {
    const passes = result.passes === 1 ? '1 pass' : `${result.passes} passes`
    const { derived, explained } = result.parameters
    const how = Array.isArray(derived)
      ? `, a linear function of ${derived.join(', ')} with ${(100 * Number(explained)).toFixed(1)} % of its variance`
      : outcomeText(result.parameters)
    const title = made.length > 1 ? `${name}: ` : ''
    return (
      `${title}${result.method}: ${countMoved(before, after)} of ${before.rows} users moved, ` +
      `${passes}${how}\n${update}${changeText(change)}`
    )
  })
  const found = harmLines(harm).map((line) => `${line}\n`)
  return `${labels.join('')}${each.join('')}${found.join('')}${audits ? beforeAndAfterText(audits) : ''}`
}

export interface FilesToWrite {
  readonly report: string
  readonly force: boolean
  /** Where what brings the original back goes; of one table alone, as is the fit. */
  readonly delta?: string | undefined
  readonly fit?: { readonly path: string; readonly text: string } | undefined
}

/** A fit can undo the unlearning, or is the draw itself: nobody else is to read it. */
const ownersOnly = 0o600

/**
 * Writes tables, sidecars, the report and what else was asked for. All files are complete before the first gets its
 * name, and tables get it last: a failure half way leaves what was there. Returns the tables' files, and each table's
 * for the result.
 */
export async function writeUnlearned(
  unlearning: UnlearnedTables,
  { report, force, delta, fit }: FilesToWrite,
): Promise<{ files: readonly StagedFile[]; outputs: readonly Outputs[] }> {
  return writingFiles(async () => {
    const files: StagedFile[] = []
    const beside: StagedFile[] = []
    const stage = (path: string, content: string | Uint8Array, mode?: number): FileRecord => {
      const file = stageFile(path, content, { replace: force, mode })
      beside.push(file)
      return fileRecord(file)
    }
    try {
      const outputs = unlearning.made.map(({ path, out, table, input }, at) => {
        const staged = stageTable(out, table, { force })
        files.push(...staged)
        const roles = ['table', 'ids']
        const output: Record<string, FileRecord> = Object.fromEntries(
          staged.map((file, f) => [roles[f]!, fileRecord(file)]),
        )
        if (delta !== undefined)
          output['delta'] = stage(delta, deltaOf(path, input['table']!.sha256, staged[0]!.temporary))
        if (fit !== undefined) output['fit'] = stage(fit.path, fit.text, ownersOnly)
        stage(`${out}.json`, `${canonicalJson(withAttacks(recordOf(unlearning, at, output), unlearning), 2)}\n`)
        return output
      })
      stage(report, reportHtml(reportOf(unlearning, outputs)))
      commitFiles([...beside, ...[...files].reverse()])
      return { files, outputs }
    } finally {
      for (const file of [...files, ...beside]) file.discard()
    }
  })
}

/** What brings back the bytes of the table that was read from `path`. */
function deltaOf(path: string, digest: string, unlearned: string): Uint8Array {
  const original = bytesOf(path)
  if (sha256(original) !== digest) throw badData(`${path}: the file changed while it was being unlearned; run again`)
  return makeDelta(original, bytesOf(unlearned))
}

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
}

function fileRecord({ path, sha256 }: StagedFile): FileRecord {
  return { file: basename(path), sha256 }
}

function countMoved(before: ChangedTable['before'], after: ChangedTable['after']): number {
  const { rows, cols, data } = before
  let moved = 0
  for (let i = 0; i < rows; i++) {
    let j = 0
    while (j < cols && data[i * cols + j] === after.data[i * cols + j]) j++
    if (j < cols) moved++
  }
  return moved
}

/** A secret draw is exact; of other methods nothing is proved. */
function exactOrNot({ method, parameters }: Unlearned, { column }: TableInputs): string[] {
  return method === 'relabel' && parameters['drawSeed'] === 'secret' ? exactLayer(column.name) : [unbounded]
}

/** All attacks; pictures of the table that gave most away, or of the first. */
function reportOf(
  { inputs, made, joined, audits, harm, seed, scope }: UnlearnedTables,
  outputs: readonly Outputs[],
): ReportData {
  const sections = audits && sectionsOf(audits)
  const parts = sections && severalSections(sections)
  const strongest = audits?.before.joint.strongest.table
  const shown =
    joined?.name === strongest && joined
      ? { ...joined, change: tableChange(joined.before, joined.after, inputs.labels, seed) }
      : (made.find(({ name }) => name === strongest) ?? made[0]!)
  const { name, before, after, change } = shown
  const [{ result, path }] = made as [UnlearnedTable]
  const several = made.length > 1
  const prefixed = (prefix: string, of: readonly Outputs[]): [string, FileRecord][] =>
    of.flatMap((files, at) =>
      Object.entries(files).map(([role, file]): [string, FileRecord] => [
        `${prefix} ${role}${role === 'table' && several ? ` ${at + 1}` : ''}`,
        file,
      ]),
    )
  return {
    title: `Unlearning of ${inputs.column.name} in ${several ? `${made.length} tables` : basename(path)}`,
    subject:
      `${before.rows} users, ` +
      `${several ? made.map((each) => `${each.name} (K = ${each.before.cols})`).join(', ') : `K = ${before.cols}`}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    ...parts,
    layers: layersOf(exactOrNot(result, inputs), [...harmLines(harm), ...(audits ? [audits.after.joint.verdict] : [])]),
    limits: [
      scope,
      ...harmLines(harm),
      ...(parts?.limits ?? []),
      ...(several ? [`Figures of dimensions, users and distances show ${name}.`] : []),
    ],
    histograms: tellingDimensions(before, after, inputs.labels),
    scatter: mapUsers(before, after, inputs.labels, { seed, ...(sections && predictions(sections, name, inputs)) }),
    ...change,
    provenance: {
      method: result.method,
      parameters: several
        ? Object.fromEntries(made.map((each) => [each.name, each.result.parameters]))
        : result.parameters,
      seed,
      command: commandLine(),
      hashes: reportHashes(
        Object.fromEntries([
          ...prefixed(
            'input',
            made.map(({ input }) => input),
          ),
          ...prefixed('output', outputs),
        ]),
      ),
      versions: { ...versions(), ...(audits && attackVersions(audits.before.parts)) },
      facts: { passes: several ? made.map((each) => `${each.name}: ${each.result.passes}`).join(', ') : result.passes },
    },
  }
}
