/**
 * @file What a battery of attacks allows one to say. Never that a table is anonymous: only what these attacks found,
 * the bound that the worst of them gives, and the smallest leak that they could have found in this sample.
 */

import type { AttackResult } from './attack.ts'

/** Which attack, without its scores. */
export interface AttackName {
  readonly attacker: string
  readonly protocol: string
  readonly input: string
}

export interface Verdict {
  /** Whether an attack was significant at 5 % after Holm's correction over all of them. */
  readonly leak: boolean
  /** The attack with the largest upper bound of the folded AUC. A gate compares `upperBound`. */
  readonly worst: AttackName
  readonly upperBound: number
  /** The attack with the largest folded AUC among the significant ones, or among all where none is. */
  readonly strongest: AttackName
  /** Holm's corrected p of each attack, in the attacks' order. */
  readonly correctedP: readonly number[]
  /** Smallest folded AUC that at least one of the attacks would have shown four times in five. */
  readonly smallestDetectable: number
  /** One or two sentences for people. */
  readonly verdict: string
}

/** @param attribute name of the attribute attacked, if the sentence is to have it */
export function verdictOf(attacks: readonly AttackResult[], attribute?: string): Verdict {
  const correctedP = holm(attacks.map(({ permutation }) => permutation.p))
  const significant = attacks.filter((_, at) => correctedP[at]! < 0.05)
  const leak = significant.length > 0
  const worst = largest(attacks, ({ foldedAuc }) => foldedAuc.upper)
  const strongest = largest(leak ? significant : attacks, ({ foldedAuc }) => foldedAuc.value)
  const upperBound = worst.foldedAuc.upper
  const smallestDetectable = Math.min(...attacks.map((attack) => attack.smallestDetectable))
  const of = attribute === undefined ? '' : ` of ${attribute}`
  const sentences: string[] = []
  if (leak) {
    const p = strongest.permutation.p
    const corrected = attacks.length > 1 ? `, ${shortP(correctedP[attacks.indexOf(strongest)]!)} after correction for ${attacks.length} attacks` : ''
    const below = strongest.auc.value < 0.5 ? `; its AUC of ${three(strongest.auc.value)} lies below chance, and flipping its answer gives the other side` : ''
    sentences.push(
      `The attacks we ran found a leak${of}: ${titleOf(strongest)} reaches a folded AUC of ${three(strongest.foldedAuc.value)} ` +
        `(95 % interval ${three(strongest.foldedAuc.lower)} to ${three(strongest.foldedAuc.upper)}, permutation p ${shortP(p)}${corrected})${below}.`,
    )
  } else {
    sentences.push(
      `The attacks we ran found no leak${of} above a folded AUC of ${three(upperBound)}, the upper 95 % bound of the worst of them, ` +
        `${titleOf(worst)} (${three(worst.foldedAuc.value)}).`,
      `This is no evidence that there is none below: with ${worst.labelled} labelled users, the smallest folded AUC that would have ` +
        `stood out four times in five is ${three(smallestDetectable)}.`,
    )
  }
  return {
    leak,
    worst: nameOf(worst),
    upperBound,
    strongest: nameOf(strongest),
    correctedP,
    smallestDetectable,
    verdict: sentences.join(' '),
  }
}

/** Holm's step-down correction: the chance of any false finding among all tests stays below the level. */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, at) => at).sort((a, b) => p[a]! - p[b]!)
  const out = new Array<number>(p.length)
  let running = 0
  order.forEach((at, rank) => {
    running = Math.max(running, Math.min(1, (p.length - rank) * p[at]!))
    out[at] = running
  })
  return out
}

function titleOf({ attacker, input, protocol }: AttackName): string {
  return `${attacker} on ${input} input (${protocol})`
}

function nameOf({ attacker, protocol, input }: AttackName): AttackName {
  return { attacker, protocol, input }
}

function largest(attacks: readonly AttackResult[], of: (attack: AttackResult) => number): AttackResult {
  return attacks.reduce((best, attack) => (of(attack) > of(best) ? attack : best))
}

function three(value: number): string {
  return value.toFixed(3)
}

function shortP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3)
}
