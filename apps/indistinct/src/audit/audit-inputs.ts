/** @file Everything that `audit` reads, joined and checked before anything is attacked. */

import { readAlso, type AlsoAttributes } from '../inputs/also-attributes.ts'
import { auditedTables, type AuditedTable } from '../inputs/audited-tables.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { inputFiles, readTableInputs, type TableInputs } from '../inputs/table-inputs.ts'
import type { Log } from '../terminal/log.ts'
import type { AttackTarget } from './attack-target.ts'
import { attackTargets } from './attack-targets.ts'
import type { AuditRequest } from './audit-request.ts'
import { readHeld, type HeldFile } from './held-by-attacker.ts'

export interface AuditInputs {
  readonly request: AuditRequest
  /** The first table and the labels; warnings are of everything. */
  readonly inputs: TableInputs
  /** Each table, and all of them joined where there are several. */
  readonly tables: readonly AuditedTable[]
  readonly also?: AlsoAttributes | undefined
  readonly targets: readonly AttackTarget[]
  /** What the attacker holds beside the tables. */
  readonly held: readonly HeldFile[]
  /** The files that were read, by what they are. */
  readonly files: Readonly<Record<string, FileRecord>>
}

/**
 * Reads what `request` names, and warns of it.
 * @throws IndistinctError where files do not fit together.
 */
export async function readAuditInputs(request: AuditRequest, log: Log): Promise<AuditInputs> {
  const inputs = await readTableInputs(request, log)
  const read = await auditedTables(inputs, request.tables, request)
  const also = request.also && (await readAlso(request, request.also, inputs))
  const attacked = attackTargets(inputs, request.attackers, also?.labels)
  const held = await readHeld(request, inputs.table, request.table)
  const warnings = [
    ...read.warnings,
    ...(also?.warnings ?? []),
    ...attacked.warnings,
    ...held.flatMap((each) => each.warnings),
  ]
  for (const warning of warnings) log.warn(warning)
  return {
    request,
    inputs: { ...inputs, warnings: [...inputs.warnings, ...warnings] },
    tables: read.tables,
    also,
    targets: attacked.targets,
    held,
    files: {
      ...inputFiles(request, inputs),
      ...read.files,
      ...Object.fromEntries(held.map(({ record }, at) => [`with ${at + 1}`, record])),
    },
  }
}
