/** @file What `compare --dry-run` says. */

import { checkedClasses } from '@indistinct/unlearners'
import { planTargets } from '../audit/planned-attacks.ts'
import { inputFacts, inputSteps, type Plan } from '../outputs/dry-run.ts'
import type { CompareInputs } from './compare-inputs.ts'

/** @throws IndistinctError where methods would refuse the table. */
export function comparePlan({ request, inputs, targets, files }: CompareInputs): Plan {
  const { table, methods, seed, writes } = request
  checkedClasses('compare', inputs.table.matrix, inputs.labels)
  const { steps, attacks } = planTargets(inputs.table.matrix, targets, request)
  return {
    command: 'compare',
    steps: [...inputSteps(table, inputs), ...steps, `on the table as it is and after each of ${methods.join(', ')}`],
    facts: { ...inputFacts(inputs), methods: [...methods], attacks, seed, input: { ...files } },
    writes,
  }
}
