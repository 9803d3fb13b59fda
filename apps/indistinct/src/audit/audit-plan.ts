/** @file What `audit --dry-run` says. */

import { counted } from '@indistinct/core'
import { inputFacts, inputSteps, type Plan } from '../outputs/dry-run.ts'
import { planTargets } from './planned-attacks.ts'
import type { AuditInputs } from './audit-inputs.ts'

export function auditPlan({ request, inputs, tables, also, targets, files }: AuditInputs): Plan {
  const { steps, attacks } = planTargets(tables[0]!.matrix, targets, request)
  const named = tables.map(({ name, matrix }) => `${name} (${counted(matrix.cols, 'dimension')})`)
  return {
    command: 'audit',
    steps: [
      ...inputSteps(request.table, inputs),
      ...steps,
      ...(tables.length > 1 ? [`on each of ${named.join(', ')}`] : []),
    ],
    facts: {
      ...inputFacts(inputs),
      ...(also && { also: [...also.summaries] }),
      tables: tables.map(({ name }) => name),
      attacks,
      seed: request.seed,
      input: { ...files },
    },
    writes: request.report === undefined ? [] : [request.report],
  }
}
