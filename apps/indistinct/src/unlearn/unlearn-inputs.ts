/** @file Everything that `unlearn` reads, joined and checked before anything is moved. */

import { usageError } from '@indistinct/core'
import { tableFiles, type EmbeddingTable } from '@indistinct/embeddings'
import type { AttackTarget } from '../audit/attack-target.ts'
import { attackTargets } from '../audit/attack-targets.ts'
import { auditedTables, type AuditedTable } from '../inputs/audited-tables.ts'
import { readTableInputs, type TableInputs } from '../inputs/table-inputs.ts'
import type { Log } from '../terminal/log.ts'
import { readFlowExtras, type FlowExtras } from './flow-extras.ts'
import { checkOutputs } from '../outputs/output-files.ts'
import { openFit, type OpenedFit } from './opened-fit.ts'
import { earlierDraw, relabelWarnings } from './relabelling.ts'
import { filesBeside, leastLabels, smoothedBy, type UnlearnRequest } from './unlearn-request.ts'
import { tooFewUsers, usersForColumns } from './users-a-column.ts'

/** A table with its users in the order of the first, and as its file has it. */
export interface ReadTable extends AuditedTable {
  readonly source: EmbeddingTable
  readonly path: string
  readonly out: string
}

export interface UnlearnInputs {
  readonly request: UnlearnRequest
  /** The first table and the labels; warnings are of everything. */
  readonly inputs: TableInputs
  readonly tables: readonly ReadTable[]
  /** All tables side by side, where there are several. */
  readonly joined?: AuditedTable | undefined
  readonly extras: FlowExtras
  /** What is attacked, where attacks were asked for. */
  readonly targets: readonly AttackTarget[]
  /** See `RelabelOptions.earlier`. */
  readonly earlier?: Int32Array | undefined
  /** Of an update. */
  readonly fit?: OpenedFit | undefined
  /** Whether the map is of too few users, and forced. */
  readonly followsLabels: boolean
}

/**
 * Reads what `request` names, and warns of it.
 * @throws IndistinctError where files do not fit together, or are in the way of what will be written.
 */
export async function readUnlearnInputs(request: UnlearnRequest, log: Log): Promise<UnlearnInputs> {
  const { outs, tables: paths } = request
  const inputs = await readTableInputs(request, log, leastLabels(request))
  const read = await auditedTables(inputs, paths, request)
  const extras = await readFlowExtras(request, inputs)
  const attacked = request.audit ? attackTargets(inputs, request.attackers, extras.also) : { targets: [], warnings: [] }
  const fit = request.kept && (await openFit(request, request.kept, inputs, extras))
  const draw = request.draw === undefined ? undefined : earlierDraw(request.draw, inputs)
  const matrices = read.tables.filter(({ source }) => source).map(({ matrix }) => matrix)
  const fewUsers =
    request.update === undefined
      ? tooFewUsers(request.method, usersForColumns(matrices, inputs.labels), request.force)
      : []
  const warnings = [
    ...read.warnings,
    ...fewUsers,
    ...extras.warnings,
    ...attacked.warnings,
    ...relabelWarnings(request),
    ...(draw?.warnings ?? []),
    ...(fit?.warnings ?? []),
  ]
  for (const warning of warnings) log.warn(warning)
  const others = inputs.table.matrix.rows - 1
  if (smoothedBy(request) > others)
    throw usageError(`--smooth: expected at most ${others}, since each row has so many others, got ${request.smooth!}`)
  const tables = read.tables.flatMap((table, t) =>
    table.source ? [{ ...table, source: table.source, path: paths[t]!, out: outs[t]! }] : [],
  )
  // What a table's format has no place for goes into a file of its own.
  const files = tables.flatMap(({ out, source }) => tableFiles(out, source))
  checkOutputs([...files, ...filesBeside(request)], request.reads, request.force)
  return {
    request,
    inputs: { ...inputs, warnings: [...inputs.warnings, ...warnings] },
    tables,
    joined: read.tables.find(({ source }) => !source),
    extras,
    targets: attacked.targets,
    earlier: draw?.earlier,
    fit,
    followsLabels: fewUsers.length > 0,
  }
}

/** Names of the tables of --derived. */
export function derivedNames({ request: { derived = [] }, tables }: UnlearnInputs): string[] {
  return derived.map((derivedPath) => tables.find(({ path }) => path === derivedPath)!.name)
}
