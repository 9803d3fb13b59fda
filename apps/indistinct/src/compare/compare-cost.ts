/** @file How long `compare` will take: every method, what it moved, and an audit of the table before and after each. */

import { IndistinctError } from '@indistinct/core'
import { unlearners } from '@indistinct/unlearners'
import { targetsSeconds } from '../audit/planned-attacks.ts'
import { stagesLine, type WorkStage } from '../terminal/work-stages.ts'
import { methodSeconds } from '../unlearn/unlearn-cost.ts'
import type { CompareInputs } from './compare-inputs.ts'

/** Processor seconds of all methods, and of all audits. */
export function compareStages({ request, inputs, targets }: CompareInputs): WorkStage[] {
  const { methods } = request
  const { labels, table } = inputs
  const { rows: users, cols: dimensions } = table.matrix
  const ofMethods = methods.reduce((sum, method) => {
    const { steps } = unlearners[method].defaults as { readonly steps?: unknown }
    const shape = { users, dimensions, classes: labels.classes.length, ...(typeof steps === 'number' && { steps }) }
    return sum + methodSeconds(method, shape)
  }, 0)
  // The nearest users before and after, of at most 1,000.
  const ofChanges = methods.length * 7.5e-9 * Math.min(1000, users) * users * dimensions
  return [
    { name: 'methods', seconds: ofMethods + ofChanges },
    { name: 'audits', seconds: (1 + methods.length) * targetsSeconds(table.matrix, targets, request) },
  ]
}

/** The stages in one line; nothing of short work, or of a table that attacks refuse, which its rows will say. */
export function compareLine(read: CompareInputs): string | undefined {
  try {
    return stagesLine(compareStages(read))
  } catch (error) {
    if (error instanceof IndistinctError && error.code === 'bad-data') return undefined
    throw error
  }
}
