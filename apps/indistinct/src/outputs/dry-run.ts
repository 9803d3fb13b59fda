/** @file What --dry-run says: what would be done, and the files that would be written. */

import { counted, jsonText, type Json } from '@indistinct/core'
import { inGroup } from '../terminal/command-help.ts'
import type { Session } from '../terminal/session.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import { attributeSummary, labelLine } from '../inputs/table-inputs.ts'
import { countOf, printable } from '../terminal/text-table.ts'

export const dryRunOption = inGroup('Output', {
  'dry-run': {
    describe: 'read and check everything, say what would be done and written, and write nothing',
    type: 'boolean',
    default: false,
  },
} as const)

export interface DryRunArguments {
  readonly 'dry-run': boolean
}

export interface Plan {
  readonly command: string
  /** What was done to find out, where that is less than to read and check everything. */
  readonly checked?: string
  /** What would be done, a line each. */
  readonly steps: readonly string[]
  /** The same and more, for --json. */
  readonly facts: { readonly [name: string]: Json }
  /** Paths of files that would be written. */
  readonly writes: readonly string[]
}

/** Prints the plan as the result. */
export function showPlan(
  { command, checked = 'everything was read and checked', steps, facts, writes }: Plan,
  json: boolean,
  session: Session,
): void {
  if (json)
    return session.result(jsonText({ schema: 'indistinct/dry-run/1', command, ...facts, writes: [...writes] }, 2))
  const files = writes.length === 0 ? ['would write no file'] : ['would write', ...writes.map((path) => `  ${path}`)]
  session.result(
    [`dry run of ${command}: ${checked}, nothing was written`, ...steps, ...files]
      .map((line) => `${printable(line)}\n`)
      .join(''),
  )
}

/** Users, dimensions and labels, as a line of a plan each. */
export function inputSteps(path: string, inputs: TableInputs): string[] {
  const {
    table: { matrix, dtype },
    unmatched,
  } = inputs
  return [
    `${path}: ${countOf(matrix.rows, 'user')}, ${counted(matrix.cols, 'dimension')}, ${dtype}`,
    labelLine(attributeSummary(inputs), unmatched),
  ]
}

/** The same for --json. */
export function inputFacts(inputs: TableInputs): { readonly [name: string]: Json } {
  const {
    table: { matrix, dtype },
    unmatched,
    warnings,
  } = inputs
  return {
    rows: matrix.rows,
    dimensions: matrix.cols,
    dtype,
    attribute: attributeSummary(inputs) as unknown as Json,
    unmatched,
    warnings,
  }
}
