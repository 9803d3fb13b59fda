/** @file Everything that `compare` reads, joined and checked before a method runs. */

import type { Matrix } from '@indistinct/core'
import type { Estimate } from '@indistinct/report'
import type { AttackTarget } from '../audit/attack-target.ts'
import { attackTargets } from '../audit/attack-targets.ts'
import type { FileRecord } from '../inputs/file-record.ts'
import { rankingOf } from '../inputs/item-ranking.ts'
import { inputFiles, readTableInputs, type TableInputs } from '../inputs/table-inputs.ts'
import type { Log } from '../terminal/log.ts'
import type { CompareRequest } from './compare-request.ts'

export interface CompareInputs {
  readonly request: CompareRequest
  readonly inputs: TableInputs
  readonly targets: readonly AttackTarget[]
  /** NDCG@10 of recommending by these user vectors, where items were given. */
  readonly ndcg?: ((embedding: Matrix) => Estimate) | undefined
  /** The files that were read, by what they are. */
  readonly files: Readonly<Record<string, FileRecord>>
}

export async function readCompareInputs(request: CompareRequest, log: Log): Promise<CompareInputs> {
  const inputs = await readTableInputs(request, log)
  const { targets } = attackTargets(inputs, request.attackers)
  const ndcg = await rankingOf(request, inputs.table, request.table, log)
  return { request, inputs, targets, ndcg, files: inputFiles(request, inputs) }
}
