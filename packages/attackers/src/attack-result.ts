/** @file What an attack is told, and what it says. */

import type { OptionKinds } from '@indistinct/core'
import type { AttackMetrics } from './protocols/attack-metrics.ts'
import type { InputName } from './models/prepared-input.ts'
import type { ProtocolName } from './protocols/protocols.ts'
import type { SplitScores } from './protocols/scoring.ts'

export interface AttackSettings {
  /** The same seed gives the same result, whatever the number of threads. */
  readonly seed: number
  /** Repeats with other draws of users; 10 for paper, 2 for five-fold. */
  readonly repeats?: number
  /** Folds of the cross-validation within the shadow set that chooses the answer's sign; 2, 0 for no sign. */
  readonly innerFolds?: number
  /** Permutations of the permutation test; 999 with scores held fixed, 200 where attackers are fitted again. */
  readonly permutations?: number
}

export interface AttackOptions extends AttackSettings {
  readonly protocol: ProtocolName
  /** What the attacker is given; raw. */
  readonly input?: InputName
  /** Short for the input 'standardised'. */
  readonly standardise?: boolean
  /** Repeats that the permutation test runs anew under each relabelling; 0, which holds scores fixed. */
  readonly refitRepeats?: number
}

/** Kinds of the options of one attack with scores held fixed, and of any. */
export const heldAttackKinds: OptionKinds<Omit<AttackOptions, 'refitRepeats'>> = {
  seed: 'number',
  repeats: 'number',
  innerFolds: 'number',
  permutations: 'number',
  protocol: 'string',
  input: 'string',
  standardise: 'boolean',
}
export const attackKinds: OptionKinds<AttackOptions> = { ...heldAttackKinds, refitRepeats: 'number' }

export interface AttackPermutation {
  readonly p: number
  /** Folded AUC that the tested statistic shows on average where nothing leaks, and its 95 % quantile there. */
  readonly chance: number
  readonly critical: number
  readonly permutations: number
  /** Whether attackers were fitted again under each relabelling, and in how many repeats: 0 with scores held fixed. */
  readonly refitRepeats: number
}

/** All but `splits` is plain JSON. */
export interface AttackResult extends AttackMetrics {
  readonly attacker: string
  readonly protocol: ProtocolName
  readonly input: InputName
  /** Labels that have users, in the order of the columns of `probabilities`. */
  readonly classes: readonly string[]
  /** Users with a label, and users without, which are left out. */
  readonly labelled: number
  readonly leftOut: number
  /** Users whose labels the attacker knows in each split. */
  readonly shadowUsers: number
  /** Different users that were scored, over all splits. */
  readonly scoredUsers: number
  readonly repeats: number
  readonly seed: number
  readonly permutation: AttackPermutation
  /**
   * The folded AUC that this attack alone on this sample would show as significant four times in five; 1 for one that
   * scores all users alike.
   */
  readonly smallestDetectable: number
  /** Scores of every split, for ROC curves and for telling who is predicted to be what. */
  readonly splits: readonly SplitScores[]
}
