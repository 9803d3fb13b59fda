/** @file Every method on the table that was read, each attacked, with progress. */

import { counted } from '@indistinct/core'
import { basename } from 'node:path'
import type { ComparisonData } from '@indistinct/report'
import { attackLabels } from '../audit/run-attacks.ts'
import { attributeSummary, reportHashes } from '../inputs/table-inputs.ts'
import type { Log } from '../terminal/log.ts'
import { commandLine, versions } from '../outputs/provenance.ts'
import { compareLine } from './compare-cost.ts'
import type { CompareInputs } from './compare-inputs.ts'
import { runLadder } from './ladder.ts'

export interface Compared extends CompareInputs {
  /** The rows, and what the report says of them. */
  readonly data: ComparisonData
}

export async function comparedMethods(read: CompareInputs, log: Log): Promise<Compared> {
  const { request, inputs, ndcg, files } = read
  const { methods, seed, attribute, table } = request
  const line = compareLine(read)
  if (line !== undefined) log.info(`compare: ${line}`)
  let progress: ReturnType<Log['progress']> | undefined
  const rows = await runLadder(inputs.table.matrix, inputs.labels, {
    methods,
    seed,
    attack: (embedding, name) => {
      progress?.end()
      const run = { battery: request, log, label: `audit of ${name}` }
      return attackLabels(embedding, inputs.column.name, inputs.labels, run)
    },
    onMethod: (name) => void (progress = log.progress(name)),
    onPass: ({ pass, loss }) => progress?.update(pass, undefined, `loss ${loss.toPrecision(3)}`),
    ...(ndcg && { ndcg }),
  }).finally(() => progress?.end())
  const { rows: users, cols } = inputs.table.matrix
  const data = {
    title: `Methods against ${attribute} in ${basename(table)}`,
    subject: `${counted(users, 'user')}, K = ${cols}`,
    attribute: attributeSummary(inputs),
    warnings: inputs.warnings,
    rows,
    neighbours: Math.min(10, users - 1),
    provenance: { seed, command: commandLine(), hashes: reportHashes(files), versions: versions() },
  }
  return { ...read, data }
}
