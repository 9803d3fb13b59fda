/** @file Runs the attacks that the user chose on one table, with progress. */

import { counted, usageError, type Labels, type Matrix } from '@indistinct/core'
import { audit, auditRegression, foreseeAudit, type AuditResult, type ForeseenAudit } from '@indistinct/attackers'
import type { Log } from '../terminal/log.ts'
import { countOf, grouped } from '../terminal/text-table.ts'
import { about } from '../terminal/wall-clock.ts'
import { attackOptions, chosenAttackers, chosenRegressors, type SeededBattery } from './attack-battery.ts'
import type { AttackTarget, TargetAudit } from './attack-target.ts'

export interface AttackRun {
  readonly battery: SeededBattery
  readonly log: Log
  /** What the audit is called where progress is shown. */
  readonly label: string
  /**
   * Audits that are judged together, of which this is one: a budget is shared, and each runs all its relabellings.
   * Default 1.
   */
  readonly parts?: number
}

/** Runs the chosen attackers of labels on `embedding` (N, K). */
export function attackLabels(
  embedding: Matrix,
  attribute: string,
  labels: Labels,
  run: AttackRun,
): Promise<AuditResult> {
  return attackTarget(embedding, { attribute, labels }, run) as Promise<AuditResult>
}

/** Runs the chosen attackers of labels or numbers on `embedding` (N, K). Long work says first how long it takes. */
export async function attackTarget(
  embedding: Matrix,
  target: AttackTarget,
  { battery, log, label, parts = 1 }: AttackRun,
): Promise<TargetAudit> {
  const options = {
    ...attackOptions(target, battery),
    ...(parts > 1 && { sequential: false }),
    ...(battery.budget !== undefined && { budget: battery.budget / parts }),
  }
  if ('values' in target && battery.budget !== undefined)
    throw usageError('--budget: it is for attacks on labels; leave out --continuous, or the budget')
  const chosen = { ...options, ...chosenAttackers(battery) }
  if (!('values' in target)) {
    const line = foreseenLine(foreseeAudit(embedding, target.labels, chosen))
    if (line !== undefined) log.info(`${label}: ${line}`)
  }
  const progress = log.progress(label)
  const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
    progress.update(done / total, 1)
  try {
    if ('values' in target)
      return await auditRegression(embedding, target.values, { ...options, ...chosenRegressors(battery), onProgress })
    return await audit(embedding, target.labels, {
      ...chosen,
      onProgress,
      ...(log.scored && { onScored: (attack) => log.scored!(label, attack) }),
    })
  } finally {
    progress.end()
  }
}

/** Seconds of work from which it is worth a line. */
const worthALine = 5

/** What an audit will take and can see; nothing of short ones that leave nothing out. */
function foreseenLine({
  attacks,
  notRun,
  seconds,
  users,
  labelled,
  smallestDetectable,
}: ForeseenAudit): string | undefined {
  if (seconds < worthALine && users === labelled && notRun.length === 0) return undefined
  const drawn =
    users < labelled ? `${grouped(users)} of ${countOf(labelled, 'user')}, drawn by the seed` : countOf(users, 'user')
  const left = notRun.length > 0 ? ` (${notRun.length} left out by --budget)` : ''
  return (
    `a leak shows from a folded AUC of about ${smallestDetectable.toFixed(3)}; ` +
    `${counted(attacks.length, 'attack')}${left} on ${drawn}, ${about(seconds)}`
  )
}
