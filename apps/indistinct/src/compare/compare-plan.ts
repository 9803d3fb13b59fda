/** @file What `compare --dry-run` says. */

import { checkedClasses } from '@indistinct/unlearners'
import { planTargets } from '../audit/planned-attacks.ts'
import { inputFacts, inputSteps, type Plan } from '../outputs/dry-run.ts'
import { about } from '../terminal/wall-clock.ts'
import { compareStages } from './compare-cost.ts'
import type { CompareInputs } from './compare-inputs.ts'

/** @throws IndistinctError where methods would refuse the table. */
export function comparePlan(read: CompareInputs): Plan {
  const { request, inputs, targets, files } = read
  const { table, methods, seed, writes } = request
  checkedClasses('compare', inputs.table.matrix, inputs.labels)
  const { steps, attacks } = planTargets(inputs.table.matrix, targets, request)
  const seconds = compareStages(read).reduce((sum, stage) => sum + stage.seconds, 0)
  return {
    command: 'compare',
    steps: [
      ...inputSteps(table, inputs),
      ...steps,
      `on the table as it is and after each of ${methods.join(', ')}: ${about(seconds)} in all`,
    ],
    facts: {
      ...inputFacts(inputs),
      methods: [...methods],
      attacks,
      seconds: Number(seconds.toPrecision(2)),
      seed,
      input: { ...files },
    },
    writes,
  }
}
