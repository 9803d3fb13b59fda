/**
 * @file What may be said about a leak, and no more: findings are those of the attacks that were run; "no leak above d"
 * needs every upper bound at or below d; a large p is never counted as evidence.
 */

import { checkOptions, counted } from '@indistinct/core'
import { estimateText, fixed } from './charts/format-number.ts'
import { reportKinds } from './check-report.ts'
import { attackName, foldedAuc, smallestLeak } from './leak.ts'
import type { AttackRow, Estimate, ReportData } from './report-data.ts'

export interface Verdict {
  /**
   * 'leak': some attack is proven. 'bounded': no leak above the gate. 'undecided': neither. 'not-measured': no
   * attack was scored. A leak that is proven to be at or below the gate is 'bounded' and named in the sentence.
   */
  readonly status: 'leak' | 'bounded' | 'undecided' | 'not-measured'
  /** The finding in one sentence. */
  readonly sentence: string
  /** What qualifies it. */
  readonly details: readonly string[]
  /** The attack with the largest folded AUC, after unlearning where that was measured. */
  readonly worst?: { readonly row: AttackRow; readonly folded: Estimate }
}

interface Scored {
  readonly row: AttackRow
  readonly folded: Estimate
  /** By the corrected p where there is one, else by an interval above 0.5. */
  readonly proven: boolean
  readonly corrected: boolean
}

/**
 * Judges the attacks of `data` after unlearning, or before where nothing was unlearned. Other fields of a report are
 * not looked at.
 * @throws RangeError on fields that no report has: a misspelt gate would be none.
 */
export function verdictOf(data: Pick<ReportData, 'attacks' | 'gate' | 'margin' | 'smallestLeak'>): Verdict {
  checkOptions<Partial<ReportData>>('verdictOf', data, reportKinds)
  const rows = data.attacks ?? []
  const unlearned = rows.some((row) => row.after)
  const judged = scored(rows, unlearned ? 'after' : 'before')
  if (judged.length === 0) {
    return { status: 'not-measured', sentence: 'No attack was scored, so nothing is known about a leak.', details: [] }
  }
  const worst = largest(judged, ({ folded }) => folded.value)
  const details: string[] = []
  if (unlearned) {
    const before = scored(rows, 'before')
    if (before.length > 0) {
      const first = largest(before, ({ folded }) => folded.value)
      details.push(
        `The largest folded AUC was ${estimateText(first.folded, 3)} before unlearning, by ` +
          `${attackName(first.row)}; it is ${estimateText(worst.folded, 3)} after, by ${attackName(worst.row)}.` +
          (worst.folded.value > first.folded.value ? ' Unlearning did not lower it.' : ''),
      )
    }
  }
  const proven = judged.filter((each) => each.proven).length
  if (proven > 0 && judged.length > 1) {
    details.push(
      judged.every((each) => each.corrected)
        ? `${proven} of ${judged.length} attacks ${proven === 1 ? 'stands' : 'stand'} out at 5\u00a0% after ` +
            `correction for all of them.`
        : `${proven} of ${judged.length} attacks ${proven === 1 ? 'has its' : 'have their'} whole interval ` +
            `above 0.5; without any leak about one ` +
            'in 40 would.',
    )
  }
  const missing = rows.length - judged.length
  if (missing > 0)
    details.push(`${missing} of ${counted(rows.length, 'attack')} could not be scored: no part of this finding.`)
  const shown = data.smallestLeak ?? smallestLeakOf(judged)
  if (shown !== undefined) {
    details.push(
      'The smallest leak that this sample could have shown is an AUC of ' +
        `${fixed(shown, 3)}${data.smallestLeak === undefined ? ' (5\u00a0% test, 80\u00a0% power)' : ''}; a ` +
        'smaller one may well have gone unseen.',
    )
  }
  if (judged.some(({ row }) => (unlearned ? row.after : row.before)?.p !== undefined)) {
    details.push('A large p is no evidence of safety: it says that chance could explain the figure, not that it does.')
  }
  return { ...finding(judged, worst, limitOf(data)), details, worst }
}

/** The folded AUC that the verdict is asked about: the gate, else one half and the margin that was stated. */
export function limitOf({ gate, margin }: Pick<ReportData, 'gate' | 'margin'>): number | undefined {
  return gate ?? (margin === undefined ? undefined : 0.5 + margin)
}

function finding(
  judged: readonly Scored[],
  worst: Scored,
  gate: number | undefined,
): Pick<Verdict, 'status' | 'sentence'> {
  const bounds = judged.filter(({ folded }) => folded.high !== undefined)
  const proven = judged.filter((each) => each.proven)
  const reached = `${attackName(worst.row)} reached a folded AUC of ${estimateText(worst.folded, 3)}`
  if (bounds.length < judged.length) {
    return proven.length > 0
      ? { status: 'leak', sentence: `The attacks we ran found a leak: ${reached}.` }
      : {
          status: 'undecided',
          sentence:
            'The attacks we ran found no upper bound for the leak, since not all of them have intervals: ' +
            `${reached}.`,
        }
  }
  const top = largest(bounds, ({ folded }) => folded.high!)
  const ceiling = `${fixed(top.folded.high!, 3)} (${attackName(top.row)})`
  if (gate !== undefined && top.folded.high! <= gate) {
    const bounded = `The attacks we ran found no leak above ${fixed(gate, 3)}: the highest upper bound is ${ceiling}.`
    return {
      status: 'bounded',
      sentence: proven.length > 0 ? `${bounded} They did find a smaller one: ${provenName(proven)}.` : bounded,
    }
  }
  if (proven.length > 0) return { status: 'leak', sentence: `The attacks we ran found a leak: ${provenName(proven)}.` }
  const open =
    gate === undefined
      ? `their intervals allow a leak of up to ${ceiling}`
      : `they do not rule out one above ${fixed(gate, 3)}, since their intervals reach up to ${ceiling}`
  return {
    status: 'undecided',
    sentence: `The attacks we ran cannot tell whether there is a leak: ${reached}, which chance could explain, and \
${open}.`,
  }
}

/** The strongest of the proven attacks; another one may have a larger figure and a wider interval. */
function provenName(proven: readonly Scored[]): string {
  const strongest = largest(proven, ({ folded }) => folded.value)
  return `${attackName(strongest.row)} reached a folded AUC of ${estimateText(strongest.folded, 3)}`
}

function scored(rows: readonly AttackRow[], phase: 'before' | 'after'): Scored[] {
  const out: Scored[] = []
  for (const row of rows) {
    const figures = row[phase]
    if (!figures) continue
    const folded = foldedAuc(figures)
    const corrected = figures.correctedP !== undefined
    out.push({
      row,
      folded,
      corrected,
      proven: corrected ? figures.correctedP <= 0.05 : folded.low !== undefined && folded.low > 0.5,
    })
  }
  return out
}

/** The smallest leak that the best-sampled attack could have shown, or `undefined` where no sample size is known. */
function smallestLeakOf(judged: readonly Scored[]): number | undefined {
  const leaks: number[] = []
  for (const { row } of judged)
    if (row.scored && row.scored[0] > 0 && row.scored[1] > 0) leaks.push(smallestLeak(row.scored[0], row.scored[1]))
  return leaks.length > 0 ? Math.min(...leaks) : undefined
}

function largest<T>(values: readonly T[], of: (value: T) => number): T {
  return values.reduce((best, value) => (of(value) > of(best) ? value : best))
}
