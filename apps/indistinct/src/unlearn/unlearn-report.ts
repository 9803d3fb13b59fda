/** @file The report of `unlearn`. */

import { counted, type Matrix } from '@indistinct/core'
import { lengthFifths } from '@indistinct/attackers'
import { basename } from '@indistinct/core/platform'
import { mapUsers, tellingDimensions, verdictOf, type ReportData } from '@indistinct/report'
import type { Unlearned } from '@indistinct/unlearners'
import { attackVersions, predictions, severalSections } from '../audit/audit-report.ts'
import { sectionsOf } from '../audit/before-and-after.ts'
import { exposed, labelGroups } from '../audit/exposed-users.ts'
import { harmLines } from '../audit/harm-self-check.ts'
import { exactLayer, layersOf, unbounded } from '../certify/layers.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { attributeSummary, reportHashes, type TableInputs } from '../inputs/table-inputs.ts'
import { commandLine, versions } from '../outputs/provenance.ts'
import { tableChange } from './table-change.ts'
import type { Outputs } from './unlearn-result.ts'
import type { UnlearnedTable, UnlearnedTables } from './unlearned-tables.ts'

/** A secret draw is exact; of other methods nothing is proved. */
function exactOrNot({ method, parameters }: Unlearned, { column }: TableInputs): string[] {
  return method === 'relabel' && parameters['drawSeed'] === 'secret' ? exactLayer(column.name) : [unbounded]
}

/** All attacks; pictures of the table that gave most away, or of the first. */
export function unlearnReport(
  { request: { seed }, inputs, extras, made, joined, audits, harm, scope, filing }: UnlearnedTables,
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
  const beforeOf = (table: string): Matrix =>
    [...made, ...(joined ? [joined] : [])].find((each) => each.name === table)!.before
  const [{ result, path }] = made as [UnlearnedTable]
  const several = made.length > 1
  return {
    title: `Unlearning of ${inputs.column.name} in ${several ? `${made.length} tables` : basename(path)}`,
    subject:
      `${counted(before.rows, 'user')}, ` +
      `${several ? made.map((each) => `${each.name} (K = ${each.before.cols})`).join(', ') : `K = ${before.cols}`}`,
    attribute: attributeSummary(inputs),
    ...(extras.also && { also: Object.keys(extras.also) }),
    warnings: inputs.warnings,
    ...parts,
    ...(sections && exposed(sections, (table) => [...lengthFifths(beforeOf(table)), ...labelGroups(extras.also)])),
    layers: layersOf(exactOrNot(result, inputs), [...harmLines(harm), ...(parts ? [verdictOf(parts).sentence] : [])]),
    limits: [
      scope,
      ...harmLines(harm),
      ...(parts?.limits ?? []),
      ...(several ? [`Figures of dimensions, users and distances show ${name}.`] : []),
    ],
    histograms: tellingDimensions(before, after, inputs.labels),
    scatter: mapUsers(before, after, inputs.labels, { seed, ...(sections && predictions(sections, name, inputs)) }),
    ...change,
    ...(filing && { filing }),
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

/** Files by what they are: "output table 2". */
function prefixed(prefix: string, of: readonly Outputs[]): [string, FileRecord][] {
  return of.flatMap((files, at) =>
    Object.entries(files).map(([role, file]): [string, FileRecord] => [
      `${prefix} ${role}${role === 'table' && of.length > 1 ? ` ${at + 1}` : ''}`,
      file,
    ]),
  )
}
