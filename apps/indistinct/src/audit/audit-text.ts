/** @file An audit as text on stdout: the verdict, a row for every attack, and how to read the rows. */

import { counted } from '@indistinct/core'
import { output } from '#system'
import { smallestCorrectedP, type AuditResult } from '@indistinct/attackers'
import { emphasised } from '../terminal/log.ts'
import { countOf, grouped, printable } from '../terminal/text-table.ts'
import { isRegression } from './attack-target.ts'
import { attackTables, ratesOf } from './attack-tables.ts'
import type { Judged } from './attacked-parts.ts'
import type { GateOutcome } from './audited.ts'
import { partTitles, type PartAudit } from './joint-verdict.ts'

type Result = PartAudit['result']

/** @param labels lines that say which labels there are, and of how many users */
export function auditText(
  judged: Judged & { readonly gate?: GateOutcome | undefined },
  labels: readonly string[] = [],
): string {
  const { parts, joint, gate } = judged
  const { titles } = partTitles(parts)
  const lines = [
    emphasised('bold', printable(joint.verdict), output),
    ...(parts.length > 1 ? parts.map(({ result }, t) => printable(`${titles[t]}: ${result.verdict}`)) : []),
    ...(gate ? [gateLine(gate)] : []),
    ...labels.map(printable),
  ]
  return `${lines.join('\n')}\n\n${attackTables(judged).join('\n')}\n${notes(judged).map(printable).join('\n')}\n`
}

function gateLine({ limit, upperBound, passed, adds }: GateOutcome): string {
  return (
    `Gate ${passed ? 'passed' : 'failed'}: the upper bound of the worst attacker's folded AUC, ` +
    `${upperBound.toFixed(3)}, is ${upperBound <= limit ? 'not above' : 'above'} ${limit}` +
    `${adds ? ', and the table adds to what the attacker holds' : ''}.`
  )
}

/** What the rows mean, and what they leave out. */
function notes(judged: Judged): string[] {
  const { parts } = judged
  const { titles } = partTitles(parts)
  const named = titles.map((title) => (parts.length > 1 ? `, ${title}` : ''))
  const results = parts.map(({ result }) => result)
  const least = smallestCorrectedP(results.flatMap(({ attacks }) => [...attacks]))
  const count = results.reduce((sum, { attacks }) => sum + attacks.length, 0)
  const numbers = results.some((result) => isRegression(result) && result.attacks.length > 0)
  const rates =
    ratesOf(judged).length > 0 || !numbers ? ' TPR: users of the second label found at so many false positives.' : ''
  return [
    ...results.flatMap((result, t) => togetherNotes(result, named[t]!)),
    ...(numbers
      ? [
          'AUC of a number: of two users whose values differ, how often the higher one is predicted higher, one ' +
            'half by chance. R^2 is below 0 by chance, Spearman 0.',
        ]
      : []),
    ...results.flatMap((result, t) => leftOutNotes(result, named[t]!)),
    'Brackets are 95 % intervals. p is of a permutation test of the AUC, with attackers fitted again under each ' +
      'relabelling where it says so; corrected',
    `for ${counted(count, 'attack')} (maximum statistic over one set of relabellings, which can show as little as ` +
      `${least.toPrecision(1)}), q after Benjamini and Hochberg.${rates}`,
  ]
}

/** What the attacks of one part say together. */
function togetherNotes(result: Result, named: string): string[] {
  const { simultaneous, attacks } = result
  return [
    ...(isRegression(result) ? [] : [mmdNote(result.twoSample, named)]),
    `Worst folded AUC${named}, by ` +
      `${attacks.length === 1 ? 'its interval' : `intervals that cover all ${attacks.length} attacks at once`}: ` +
      `${simultaneous.lower.toFixed(3)} to ${simultaneous.upper.toFixed(3)}.`,
  ]
}

/** Users and attacks that were left out. */
function leftOutNotes(result: Result, named: string): string[] {
  if (isRegression(result)) return []
  const { drawnOf, labelled, notRun = [] } = result
  const left = notRun.map(({ attacker, protocol, input }) => `${attacker} on ${input} input (${protocol})`)
  return [
    ...(drawnOf === undefined
      ? []
      : [`Attacked${named}: ${grouped(labelled)} of ${countOf(drawnOf, 'user')} with a label, drawn by the seed.`]),
    ...(notRun.length === 0 ? [] : [`Not run${named}, for want of budget: ${left.join(', ')}.`]),
  ]
}

function mmdNote({ value, chance, p, users, kernel }: AuditResult['twoSample'], named: string): string {
  return (
    `MMD between labels${named}: ${value.toPrecision(3)}, ${chance.toPrecision(3)} by chance, permutation p ` +
    `${p.toFixed(3)} (${counted(users, 'user')}, ${kernel === 'exact' ? 'exact kernel' : kernel}).`
  )
}
