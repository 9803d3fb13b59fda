/** @file What `unlearn` made of its tables, with all that is said of it. */

import type { Labels } from '@indistinct/core'
import { basename } from '@indistinct/core/platform'
import type { FilingData } from '@indistinct/report'
import {
  classDifferences,
  type ClassDifference,
  type FittedUnlearner,
  type UnlearnerName,
  type UpdatedTable,
} from '@indistinct/unlearners'
import type { BeforeAndAfter, ChangedTable } from '../audit/before-and-after.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { namesOfDimensions } from '../inputs/same-columns.ts'
import { inputFiles } from '../inputs/table-inputs.ts'
import type { Log } from '../terminal/log.ts'
import type { CheckedTables } from './checked-for-harm.ts'
import { fitText } from './fit-file.ts'
import type { NewTable } from './new-tables.ts'
import { outcomeWarning, residualWarning } from './outcome-text.ts'
import { tableChange, type TableChange } from './table-change.ts'
import { judgedLabels } from './updated-by-fit.ts'
import type { UnlearnInputs } from './unlearn-inputs.ts'
import { smoothedBy } from './unlearn-request.ts'
import { scopeOfUnlearning } from './unlearn-scope.ts'
import type { Unlearning } from './unlearning.ts'
import { usersForColumns } from './users-a-column.ts'

export interface UnlearnedTable extends NewTable {
  readonly change: TableChange
  /** Files of this table alone that went in, by what they are. */
  readonly input: Readonly<Record<string, FileRecord>>
}

export interface UnlearnedTables
  extends Pick<UnlearnInputs, 'request' | 'inputs' | 'extras'>, Pick<CheckedTables, 'joined' | 'harm'> {
  readonly made: readonly UnlearnedTable[]
  readonly audits?: BeforeAndAfter | undefined
  readonly filing?: FilingData | undefined
  /** From whom the method hides, and from whom not. */
  readonly scope: string
  /** The content of the file of --fit. */
  readonly fit?: string | undefined
  /** Of an update. */
  readonly updated?: UpdatedTable | undefined
}

/** What files, records and words are made of; warns of what a reader of the result should know. */
export function unlearnedTables(
  { request, inputs: before, extras }: UnlearnInputs,
  { results, fitted, updated }: Unlearning,
  { tables, joined, harm }: CheckedTables,
  log: Log,
): UnlearnedTables {
  const notLanded = results.flatMap(
    (result, t) => outcomeWarning(tables.length > 1 ? `${tables[t]!.name}: ` : '', result) ?? [],
  )
  const ofFit = request.fit !== undefined && fitted ? residualWarning(request.fit, fitted) : []
  const notes = [...notLanded, ...ofFit, ...tables.flatMap((table) => table.notes)]
  for (const note of notes) log.warn(note)
  const inputs = { ...before, warnings: [...before.warnings, ...notes] }
  const files = inputFiles(request, inputs)
  const { kept } = request
  const method = tables[0]!.result.method as UnlearnerName
  return {
    request,
    inputs,
    extras,
    fit: request.fit !== undefined && fitted ? fitOf(fitted, { request, inputs, extras }, tables[0]!) : undefined,
    made: tables.map((table) => ({
      ...table,
      change: tableChange(table.before, table.after, inputs.labels, request.seed),
      input: {
        ...files,
        table: { file: basename(table.path), sha256: table.source.source!.sha256 },
        ...extras.files,
      },
    })),
    joined,
    harm,
    scope: scopeOfUnlearning(
      [request.attribute, ...Object.keys(extras.also ?? {})],
      method,
      kept
        ? { users: kept.users ?? Infinity, columns: kept.fitted.columns }
        : usersForColumns(
            tables.map((table) => table.before),
            inputs.labels,
          ),
      smoothedBy(request),
    ),
    updated,
  }
}

/** The file that --update and --draw read. */
function fitOf(
  fitted: FittedUnlearner,
  { request, inputs, extras }: Pick<UnlearnInputs, 'request' | 'inputs' | 'extras'>,
  { after }: NewTable,
): string {
  const { seed, continuous } = request
  const left = (labels: Labels): ClassDifference[] => classDifferences(after, labels, { seed })
  const also = Object.entries(extras.also ?? {}).map(([name, labels]) => [name, left(labels)] as const)
  return fitText({
    fitted,
    attribute: inputs.column.name,
    reference: left(judgedLabels(inputs)),
    users: inputs.labelled,
    ...(also.length > 0 && { also: Object.fromEntries(also) }),
    ...(continuous && { continuous }),
    dimensions: namesOfDimensions(inputs.table),
    ...(fitted.map.kind === 'dealt' && { ids: inputs.table.ids, named: inputs.table.idColumn !== undefined }),
  })
}

/** The new tables, and where there are several all of them side by side. */
export function allTables({ made, joined }: UnlearnedTables): ChangedTable[] {
  return [...made, ...(joined ? [joined] : [])]
}
