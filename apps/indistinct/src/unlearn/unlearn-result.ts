/** @file The result of `unlearn`: the record that sidecars and --json have, and the same in words. */

import { counted, type Json, type StagedFile } from '@indistinct/core'
import type { UpdatedTable } from '@indistinct/unlearners'
import { attackVersions } from '../audit/audit-report.ts'
import { beforeAndAfterJson, beforeAndAfterText, type ChangedTable } from '../audit/before-and-after.ts'
import { harmJson, harmLines } from '../audit/harm-self-check.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { attributeSummary, labelLine } from '../inputs/table-inputs.ts'
import { printable } from '../terminal/text-table.ts'
import { outcomeText } from './outcome-text.ts'
import { versions } from '../outputs/provenance.ts'
import { changeJson, changeText } from './table-change.ts'
import { filesBeside } from './unlearn-request.ts'
import type { UnlearnedTables } from './unlearned-tables.ts'

/** The files of one table that were written, by what they are. */
export type Outputs = Readonly<Record<string, FileRecord>>
type JsonRecord = { readonly [name: string]: Json }

/** What the sidecar of table `at` says beside the attacks. */
function recordOf(
  { request, inputs, extras, made, audits, harm, scope }: UnlearnedTables,
  at: number,
  output: Outputs,
): JsonRecord {
  const { table, result, before, after, change, input } = made[at]!
  return {
    schema: 'indistinct/unlearn/1',
    method: result.method,
    parameters: result.parameters,
    passes: result.passes,
    seed: request.seed,
    attribute: attributeSummary(inputs) as unknown as Json,
    ...(extras.summaries.length > 0 && { also: [...extras.summaries] }),
    scope,
    rows: after.rows,
    dimensions: after.cols,
    dtype: table.dtype,
    moved: countMoved(before, after),
    unlabelled: request.unlabelled,
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

/** The sidecar of table `at`. */
export function sidecarJson(unlearning: UnlearnedTables, at: number, output: Outputs): JsonRecord {
  return withAttacks(recordOf(unlearning, at, output), unlearning)
}

/** The result for --json: the sidecar of one table; of several those of each, with the attacks once. */
export function resultJson(unlearning: UnlearnedTables, outputs: readonly Outputs[]): JsonRecord {
  const records = outputs.map((output, at) => recordOf(unlearning, at, output))
  const tables = unlearning.made.map(({ name }, at) => ({ table: name, ...records[at]! }))
  return withAttacks(records.length === 1 ? records[0]! : { schema: 'indistinct/unlearn-tables/1', tables }, unlearning)
}

/** The result in words, and the files that were written. */
export function resultText(unlearning: UnlearnedTables, files: readonly StagedFile[]): string {
  const { request, inputs, extras, made, audits, harm, scope, updated } = unlearning
  const labels = [labelLine(attributeSummary(inputs), inputs.unmatched), ...extras.lines, scope].map(
    (line) => `${printable(line)}\n`,
  )
  const each = made.map(({ name, result, before, after, change }) => {
    const passes = counted(result.passes, 'pass')
    const { derived, explained } = result.parameters
    const how = Array.isArray(derived)
      ? `, a linear function of ${derived.join(', ')} with ${(100 * Number(explained)).toFixed(1)} % of its variance`
      : outcomeText(result.parameters)
    const title = made.length > 1 ? `${name}: ` : ''
    return (
      `${title}${result.method}: ${countMoved(before, after)} of ${counted(before.rows, 'user')} moved, ` +
      `${passes}${how}\n${updated ? updateText(updated) : ''}${changeText(change)}`
    )
  })
  const found = harmLines(harm).map((line) => `${line}\n`)
  const listed = [...files.map(({ path, sha256 }) => `${path}  sha256 ${sha256}`), ...filesBeside(request)]
  return [...labels, ...each, ...found, audits ? beforeAndAfterText(audits) : '', `${listed.join('\n')}\n`].join('')
}

/** What became of users of an earlier fit. */
function updateText({ kept, mapped, original, refit }: UpdatedTable): string {
  const again = 'unlearn the whole table again'
  const due = refit.due ? 'unlearning the whole table again is due' : `no need to ${again} shows`
  const judged = refit.pairs.length > 0 ? due : `whether to ${again} is not judged`
  return (
    `${kept} kept their rows, ${mapped} ${mapped === 1 ? 'was' : 'were'} mapped, ${original} have their ` +
    `original ones; ${judged}\n`
  )
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
