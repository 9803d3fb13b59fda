/**
 * @file What a battery of attacks allows one to say. Never that a table is anonymous: only what these attacks found,
 * the bound that the worst of them gives, and the smallest leak that they could have found in this sample.
 *
 * - A leak is found when an attack stands out after correction for all of them. Attacks whose test fits attackers again
 *   share one relabelling and are corrected by the step-down maximum; those whose scores were held fixed by Holm. Where
 *   there are both kinds, each has half of the 5 %.
 * - `upperBound` is the largest upper end of the attacks' 95 % intervals. It bounds the folded AUC of the worst attack
 *   with at least 95 % confidence without any correction: it can only be too small when the interval of the one attack
 *   that truly is the worst is (an intersection-union test, Berger 1982). So "no attack above 1/2 + margin" may be said
 *   when it lies below that.
 * - `simultaneous` holds intervals that cover all attacks at once, wider by the critical value of the maximum: what is
 *   needed to single out an attack, such as the strongest one.
 */

import { benjaminiHochberg, foldedInterval, holm, logitInterval, maxStatistic, studentCritical, NORMAL_975 } from '@indistinct/metrics'
import type { AttackDeviations, AttackResult } from './attack.ts'
import type { ClassAuc } from './attack-metrics.ts'

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
  /** p of each attack corrected for all of them, in the attacks' order. */
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
interface JudgedAttack extends Pick<AttackResult, 'attacker' | 'protocol' | 'input' | 'labelled' | 'auc' | 'foldedAuc' | 'permutation'> {
  readonly perClass: readonly Pick<ClassAuc, 'auc'>[]
}

export interface JudgedDeviations extends Pick<AttackDeviations, 'observed' | 'permuted'> {
  readonly result: JudgedAttack
}

export function verdictOf(attacks: readonly JudgedDeviations[], options: VerdictOptions = {}): Verdict {
  const { attribute, margin = defaultMargin } = options
  if (!(margin > 0 && margin <= 0.5)) throw new RangeError(`verdictOf: expected a margin above 0 and at most 0.5, got ${margin}`)
  const results = attacks.map(({ result }) => result)
  const { correctedP, critical, detectable } = corrections(attacks)
  const significant = results.filter((_, at) => correctedP[at]! <= 0.05)
  const leak = significant.length > 0
  const worst = largest(results, ({ foldedAuc }) => foldedAuc.upper)
  const strongest = largest(leak ? significant : results, ({ foldedAuc }) => foldedAuc.value)
  const upperBound = worst.foldedAuc.upper
  const equivalent = upperBound < 0.5 + margin
  const wide = results.map((result, at) => simultaneousInterval(result, critical[at]!))
  const smallestDetectable = Math.min(1, ...detectable)
  const of = attribute === undefined ? '' : ` of ${attribute}`
  const sentences: string[] = []
  if (leak) {
    const { p } = strongest.permutation
    const corrected = attacks.length > 1 ? `, ${shortP(correctedP[results.indexOf(strongest)]!)} after correction for ${attacks.length} attacks` : ''
    const below = strongest.auc.value < 0.5 ? `; its AUC of ${three(strongest.auc.value)} lies below chance, and flipping its answer gives the other side` : ''
    sentences.push(
      `The attacks we ran found a leak${of}: ${titleOf(strongest)} reaches a folded AUC of ${three(strongest.foldedAuc.value)} ` +
        `(95 % interval ${three(strongest.foldedAuc.lower)} to ${three(strongest.foldedAuc.upper)}, permutation p ${shortP(p)}${corrected})${below}.`,
    )
    if (equivalent) {
      sentences.push(`It is a small one: the upper 95 % bound of the worst attack is ${three(upperBound)}, within the margin of ${three(0.5 + margin)}.`)
    }
  } else if (equivalent) {
    sentences.push(
      `The attacks we ran found no leak${of} above a folded AUC of ${three(0.5 + margin)}: the upper 95 % bound of the worst of them, ` +
        `${titleOf(worst)} (${three(worst.foldedAuc.value)}), is ${three(upperBound)}.`,
    )
  } else {
    sentences.push(
      `The attacks we ran found no leak${of}, but cannot rule out one: the upper 95 % bound of the worst of them, ${titleOf(worst)} ` +
        `(${three(worst.foldedAuc.value)}), is ${three(upperBound)}, not below ${three(0.5 + margin)}.`,
    )
  }
  if (!leak) {
    sentences.push(
      `This is no evidence that there is none below: with ${worst.labelled} labelled users, the smallest folded AUC that would have ` +
        `stood out four times in five is ${three(smallestDetectable)}.`,
    )
  }
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
    verdict: sentences.join(' '),
  }
}

interface Corrections {
  readonly correctedP: number[]
  /** Standard errors of a simultaneous interval. */
  readonly critical: number[]
  /** Folded AUC of each attack that stands out four times in five. */
  readonly detectable: number[]
}

function corrections(attacks: readonly JudgedDeviations[]): Corrections {
  const refitted = attacks.flatMap(({ permuted }, at) => (permuted.length > 0 ? [at] : []))
  const fixed = attacks.flatMap(({ permuted }, at) => (permuted.length > 0 ? [] : [at]))
  const families = (refitted.length > 0 ? 1 : 0) + (fixed.length > 0 ? 1 : 0)
  const correctedP = new Array<number>(attacks.length)
  const critical = new Array<number>(attacks.length)
  const detectable = new Array<number>(attacks.length)
  if (refitted.length > 0) {
    const m = Math.min(...refitted.map((at) => attacks[at]!.permuted.length))
    const permuted = Array.from({ length: m }, (_, b) => refitted.map((at) => attacks[at]!.permuted[b]!))
    const test = maxStatistic(refitted.map((at) => attacks[at]!.observed), permuted, 0.05 / families)
    refitted.forEach((at, a) => {
      correctedP[at] = Math.min(1, families * test.adjusted[a]!)
      critical[at] = Math.max(NORMAL_975, test.critical)
      detectable[at] = 0.5 + (test.critical + 0.8416) * test.scale[a]!
    })
  }
  if (fixed.length > 0) {
    const corrected = holm(fixed.map((at) => attacks[at]!.result.permutation.p))
    // Bonferroni: these tests share no permutation of the fits.
    const ends = studentCritical(0.05 / families / fixed.length, 1e6)
    fixed.forEach((at, a) => {
      const { chance, critical: alone, permutations } = attacks[at]!.result.permutation
      correctedP[at] = Math.min(1, families * corrected[a]!)
      critical[at] = ends
      // What the smallest p can say limits what can be found at all.
      const possible = (families * fixed.length) / (permutations + 1) <= 0.05
      detectable[at] = possible ? chance + ((alone - chance) * (ends + 0.8416)) / 1.64 : 1
    })
  }
  return { correctedP, critical, detectable }
}

/** Folded interval of `critical` standard errors: mean over classes of their bounds. */
function simultaneousInterval({ perClass }: JudgedAttack, critical: number): { lower: number; upper: number } {
  const ends = perClass.map(({ auc }) => foldedInterval(auc.value > 0 && auc.value < 1 ? logitInterval(auc.value, auc.standardError, 1, critical) : auc))
  const mean = (of: (end: { lower: number; upper: number }) => number): number => ends.reduce((sum, end) => sum + of(end) / ends.length, 0)
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
