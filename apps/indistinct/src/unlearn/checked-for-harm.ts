/** @file New tables, once it is known that they do not give away more than those before. */

import { sideBySide } from '@indistinct/core'
import type { ChangedTable } from '../audit/before-and-after.ts'
import { asItWas, checkHarm, harmRefused, nothingStandsOut, type HarmSelfCheck } from '../audit/harm-self-check.ts'
import { labelsTarget } from '../audit/attack-targets.ts'
import type { Log } from '../terminal/log.ts'
import { newTables, type NewTable } from './new-tables.ts'
import { keptByChance } from './relabelling.ts'
import type { UnlearnInputs } from './unlearn-inputs.ts'
import { smoothedBy } from './unlearn-request.ts'
import type { Unlearning } from './unlearning.ts'

export interface CheckedTables {
  readonly tables: readonly NewTable[]
  /** All of them side by side, where there are several. */
  readonly joined?: ChangedTable | undefined
  readonly harm: HarmSelfCheck
}

/**
 * What is to be written; one table in which nothing stood out before is written as it was, unless it was to be
 * smoothed.
 * @throws WouldHarmError where it gives away more than before, unless --force is there.
 */
export async function checkedForHarm(read: UnlearnInputs, { results }: Unlearning, log: Log): Promise<CheckedTables> {
  const { request, inputs, extras } = read
  const { labels } = inputs
  const tables = newTables(read, results)
  const joined = read.joined && {
    name: read.joined.name,
    before: read.joined.matrix,
    after: sideBySide(tables.map(({ after }) => after)),
  }
  const attributes = { [labelsTarget(inputs)]: labels, ...extras.also }
  const harm = await checkHarm([...tables, ...(joined ? [joined] : [])], attributes, request.seed, log)
  const [before, first] = [read.tables[0]!.matrix, results[0]!]
  // A fit maps other users as these were moved, and must not be of moves that were taken back.
  const { fit, update, unlabelled } = request
  const alone = !joined && fit === undefined && update === undefined && unlabelled === 'leave'
  if (alone && smoothedBy(request) === 0 && nothingStandsOut(before, first, labels, harm, request.seed)) {
    const none = { parts: [], unchecked: [], worse: false, standsOut: false }
    return { tables: newTables(read, [asItWas(before, first)]), harm: none }
  }
  if (!harm.worse) return { tables, joined, harm }
  if (first.method === 'relabel') return { tables, joined, harm: keptByChance(harm) }
  const refusal = harmRefused(harm, first.method)
  if (!request.force) throw refusal
  log.warn(refusal.message.replace(', and nothing was written', '; --force writes it all the same'))
  return { tables: tables.map(givingAwayMore), joined, harm }
}

function givingAwayMore(table: NewTable): NewTable {
  const { result } = table
  return {
    ...table,
    result: { ...result, parameters: { ...result.parameters, outcome: 'gives away more than before' } },
  }
}
