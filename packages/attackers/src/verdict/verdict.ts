/**
 * @file What a battery of attacks allows one to say. Never that a table is anonymous: only what these attacks found,
 * the bound that the worst of them gives, and the smallest leak that they could have found in this sample.
 *
 * - A leak is found when an attack stands out after correction for all of them, on all tables and of all attributes
 *   that were audited together. All of them share one set of relabellings, and are corrected by the step-down maximum:
 *   one family where attackers were fitted again under each relabelling, one where scores were held fixed. Where there
 *   are both, each has half of the 5 %. So the smallest corrected p is `smallestCorrectedP`, however many there are.
 * - `upperBound` is the largest upper end of the attacks' 95 % intervals. It bounds the folded AUC of the worst attack
 *   with at least 95 % confidence without any correction: it can only be too small when the interval of the one attack
 *   that truly is the worst is (an intersection-union test, Berger 1982). So "no attack above 1/2 + margin" may be said
 *   when it lies below that.
 * - Where neither holds, the sentence says that the attacks cannot tell, whatever their figures.
 * - `simultaneous` holds intervals that cover all attacks at once, wider by the critical value of the maximum: what is
 *   needed to single out an attack, such as the strongest one.
 */

import { checkOptions } from '@indistinct/core'
import {
  benjaminiHochberg,
  foldedInterval,
  logitInterval,
  smallestAdjusted,
  testsTogether,
  type TestsTogether,
} from '@indistinct/metrics'
import type { Deviations } from '../attack.ts'
import type { AttackResult } from '../attack-result.ts'
import type { ClassAuc } from '../protocols/attack-metrics.ts'

/** Which attack, without its scores. */
export interface AttackName {
  readonly attacker: string
  readonly protocol: string
  readonly input: string
}

export interface Simultaneous {
  /** Standard errors to either end of an interval that covers all attacks at once: the largest over attacks. */
  readonly critical: number
  /** Of the worst attack's folded AUC, by intervals that cover all attacks at once. */
  readonly lower: number
  readonly upper: number
}

export interface Verdict {
  /** Whether an attack was significant at 5 % after correction for all of them. */
  readonly leak: boolean
  /** Whether `upperBound` lies below 1/2 + margin: no attack of the battery above it. */
  readonly equivalent: boolean
  readonly margin: number
  /** The attack with the largest upper bound of the folded AUC. A gate compares `upperBound`. */
  readonly worst: AttackName
  readonly upperBound: number
  readonly simultaneous: Simultaneous
  /** The attack with the largest folded AUC among the significant ones, or among all where none is. */
  readonly strongest: AttackName
  /** p of each attack corrected for all that were judged together, in the attacks' order. */
  readonly correctedP: readonly number[]
  /** Benjamini-Hochberg q of each attack, in the attacks' order. */
  readonly q: readonly number[]
  /** Smallest folded AUC that at least one of the attacks would have shown, corrected, four times in five. */
  readonly smallestDetectable: number
  /** Two or three sentences for people. */
  readonly verdict: string
}

export interface VerdictOptions {
  /** Name of the attribute attacked, if the sentence is to have it. */
  readonly attribute?: string
  /** Largest distance of the folded AUC from one half that is called none; 0.05. */
  readonly margin?: number
}

export const defaultMargin = 0.05

/** What a verdict takes of an attack. */
interface JudgedAttack extends Pick<
  AttackResult,
  'attacker' | 'protocol' | 'input' | 'labelled' | 'auc' | 'foldedAuc' | 'permutation'
> {
  readonly perClass: readonly Pick<ClassAuc, 'auc'>[]
}

export interface JudgedDeviations extends Deviations {
  readonly result: JudgedAttack
}

/** The attacks of one audit, and what they attacked. */
export interface JudgedAudit {
  readonly attacks: readonly JudgedDeviations[]
  readonly attribute?: string
}

export function verdictOf(attacks: readonly JudgedDeviations[], options: VerdictOptions = {}): Verdict {
  checkOptions('verdictOf', options, { attribute: 'string', margin: 'number' })
  const { attribute, margin } = options
  return verdictsOf([{ attacks, ...(attribute !== undefined && { attribute }) }], margin)[0]!
}

/**
 * A verdict for each of several audits with one seed, of several tables or attributes of the same users: p is corrected
 * for the attacks of all of them.
 */
export function verdictsOf(audits: readonly JudgedAudit[], margin = defaultMargin): Verdict[] {
  if (!(margin > 0 && margin <= 0.5))
    throw new RangeError(`verdictOf: expected a margin above 0 and at most 0.5, got ${margin}`)
  const all = audits.flatMap(({ attacks }) => attacks)
  const corrected = testsTogether(
    all.map(({ observed, permuted, result }) => ({
      observed,
      permuted,
      refitted: result.permutation.refitRepeats > 0,
    })),
  )
  let from = 0
  return audits.map((audit) => {
    const to = from + audit.attacks.length
    const own = Object.fromEntries(Object.entries(corrected).map(([name, values]) => [name, values.slice(from, to)]))
    from = to
    return verdictWith(audit, margin, own as unknown as TestsTogether, all.length)
  })
}

/** What an attack's test was. */
interface Tested {
  readonly permutation: Pick<AttackResult['permutation'], 'permutations' | 'refitRepeats'>
}

/**
 * A corrected p that each of `attacks` can reach, however many they are: 1 / (permutations + 1), twice that where some
 * were fitted again under each relabelling and others were not. It is 0.02 with 99 permutations, the fewest that are
 * taken.
 */
export function smallestCorrectedP(attacks: readonly Tested[]): number {
  return smallestAdjusted(
    attacks.map(({ permutation: { permutations, refitRepeats } }) => ({ permutations, refitted: refitRepeats > 0 })),
  )
}

/** @param judged attacks that p was corrected for */
function verdictWith(
  { attacks, attribute }: JudgedAudit,
  margin: number,
  { correctedP, critical, detectable }: TestsTogether,
  judged: number,
): Verdict {
  const results = attacks.map(({ result }) => result)
  const significant = results.filter((_, at) => correctedP[at]! <= 0.05)
  const leak = significant.length > 0
  const worst = largest(results, ({ foldedAuc }) => foldedAuc.upper)
  const strongest = largest(leak ? significant : results, ({ foldedAuc }) => foldedAuc.value)
  const upperBound = worst.foldedAuc.upper
  const equivalent = upperBound < 0.5 + margin
  const wide = results.map((result, at) => simultaneousInterval(result, critical[at]!))
  const smallestDetectable = Math.min(...detectable)
  const found = { attribute, leak, equivalent, margin, worst, strongest, smallestDetectable, judged }
  return {
    leak,
    equivalent,
    margin,
    worst: nameOf(worst),
    upperBound,
    simultaneous: {
      critical: Math.max(...critical),
      lower: Math.max(...wide.map(({ lower }) => lower)),
      upper: Math.max(...wide.map(({ upper }) => upper)),
    },
    strongest: nameOf(strongest),
    correctedP,
    q: benjaminiHochberg(results.map(({ permutation }) => permutation.p)),
    smallestDetectable,
    verdict: sentences({ ...found, correctedP: correctedP[results.indexOf(strongest)]! }).join(' '),
  }
}

/** What the sentences say. */
interface Found extends Pick<Verdict, 'leak' | 'equivalent' | 'margin' | 'smallestDetectable'> {
  readonly attribute: string | undefined
  readonly worst: JudgedAttack
  readonly strongest: JudgedAttack
  /** Of the strongest, for `judged` attacks. */
  readonly correctedP: number
  readonly judged: number
}

function sentences(found: Found): string[] {
  const { attribute, leak, equivalent, margin, worst, smallestDetectable } = found
  const of = attribute === undefined ? '' : ` of ${attribute}`
  if (leak) {
    const bound = three(worst.foldedAuc.upper)
    return [
      leakSentence(found, of),
      ...(equivalent
        ? [
            `It is a small one: the upper 95 % bound of the worst attack is ${bound}, within the margin ` +
              `of ${three(0.5 + margin)}.`,
          ]
        : []),
    ]
  }
  return [
    equivalent ? noLeakSentence(found, of) : openSentence(found, of),
    `${equivalent ? 'This is no evidence that there is none below: with' : 'With'} ${worst.labelled} labelled ` +
      `users, ${
        smallestDetectable < 1
          ? `the smallest folded AUC that would have stood out four times in five is ${three(smallestDetectable)}`
          : 'no folded AUC would have stood out four times in five'
      }.`,
  ]
}

function leakSentence({ strongest, correctedP, judged }: Found, of: string): string {
  const { p } = strongest.permutation
  const corrected = judged > 1 ? `, ${shortP(correctedP)} after correction for ${judged} attacks` : ''
  const below =
    strongest.auc.value < 0.5
      ? `; its AUC of ${three(strongest.auc.value)} lies below chance, and flipping its answer gives the other side`
      : ''
  return (
    `The attacks we ran found a leak${of}: ${titleOf(strongest)} reaches a folded AUC of ` +
    `${three(strongest.foldedAuc.value)} (95 % interval ${three(strongest.foldedAuc.lower)} to ` +
    `${three(strongest.foldedAuc.upper)}, permutation p ${shortP(p)}${corrected})${below}.`
  )
}

function noLeakSentence({ margin, worst }: Found, of: string): string {
  const { value, upper } = worst.foldedAuc
  return (
    `The attacks we ran found no leak${of} above a folded AUC of ${three(0.5 + margin)}: the upper 95 % bound ` +
    `of the worst of them, ${titleOf(worst)} (${three(value)}), is ${three(upper)}.`
  )
}

function openSentence({ margin, worst, strongest, correctedP, judged }: Found, of: string): string {
  const chance =
    `${titleOf(strongest)} reaches a folded AUC of ${three(strongest.foldedAuc.value)}, which chance could explain ` +
    `(${judged > 1 ? 'corrected p' : 'p'} ${shortP(correctedP)})`
  const bound =
    `the upper 95 % bound of ${worst === strongest ? 'it' : titleOf(worst)} is ` +
    `${three(worst.foldedAuc.upper)}, not below ${three(0.5 + margin)}`
  return `The attacks we ran cannot tell whether there is a leak${of}: ${chance}, and ${bound}.`
}

/** Folded interval of `critical` standard errors: mean over classes of their bounds. */
function simultaneousInterval({ perClass }: JudgedAttack, critical: number): { lower: number; upper: number } {
  const ends = perClass.map(({ auc }) =>
    foldedInterval(auc.value > 0 && auc.value < 1 ? logitInterval(auc.value, auc.standardError, 1, critical) : auc),
  )
  const mean = (of: (end: { lower: number; upper: number }) => number): number =>
    ends.reduce((sum, end) => sum + of(end) / ends.length, 0)
  return { lower: mean(({ lower }) => lower), upper: mean(({ upper }) => upper) }
}

function titleOf({ attacker, input, protocol }: AttackName): string {
  return `${attacker} on ${input} input (${protocol})`
}

function nameOf({ attacker, protocol, input }: AttackName): AttackName {
  return { attacker, protocol, input }
}

function largest(attacks: readonly JudgedAttack[], of: (attack: JudgedAttack) => number): JudgedAttack {
  return attacks.reduce((best, attack) => (of(attack) > of(best) ? attack : best))
}

function three(value: number): string {
  return value.toFixed(3)
}

function shortP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}
