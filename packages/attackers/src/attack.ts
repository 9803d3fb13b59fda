/** @file One attacker under one protocol: splits, fits, scores, metrics, permutation test. */

import { usageError, type Labels, type Matrix } from '@indistinct/core'
import { permutationTest, quantile } from '@indistinct/metrics'
import { attackData, type AttackData } from './attack-data.ts'
import { attackMetrics, testedClasses, type AttackMetrics } from './attack-metrics.ts'
import type { Attacker } from './attacker.ts'
import { fiveFoldProtocol } from './five-fold-protocol.ts'
import { paperProtocol } from './paper-protocol.ts'
import type { Protocol } from './protocol.ts'
import { scoreSplit, type SplitScores } from './scoring.ts'

export type ProtocolName = 'paper' | 'five-fold'

export const protocols: Readonly<Record<ProtocolName, Protocol>> = { paper: paperProtocol, 'five-fold': fiveFoldProtocol }

export interface AttackSettings {
  /** The same seed gives the same result, whatever the number of threads. */
  readonly seed: number
  /** Repeats with other draws of users; 10 for paper, 2 for five-fold. */
  readonly repeats?: number
  /** Folds of the cross-validation within the shadow set that chooses the answer's sign; 2. */
  readonly innerFolds?: number
  /** Permutations of the permutation test; 999. */
  readonly permutations?: number
}

export interface AttackOptions extends AttackSettings {
  readonly protocol: ProtocolName
  /** Standardises dimensions by the shadow set's mean and standard deviation; false. */
  readonly standardise?: boolean
}

/** All but `splits` is plain JSON. */
export interface AttackResult extends AttackMetrics {
  readonly attacker: string
  readonly protocol: ProtocolName
  readonly input: 'raw' | 'standardised'
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
  /** See `permutationTest` of @indistinct/metrics: labels of scored users permuted, scores held fixed. */
  readonly permutation: { readonly p: number; readonly chance: number; readonly critical: number; readonly permutations: number }
  /** The folded AUC that this attack on this sample would show as significant four times in five. */
  readonly smallestDetectable: number
  /** Scores of every split, for ROC curves and for telling who is predicted to be what. */
  readonly splits: readonly SplitScores[]
}

/**
 * Attacks an embedding (N, K): fits `attacker` to users whose labels it is given and scores others.
 * @param labels of the N rows; rows without a label are left out and counted
 * @throws IndistinctError 'bad-data' on data that cannot be attacked (see `attackData`), 'usage' on an unknown protocol.
 */
export async function attack(embedding: Matrix, labels: Labels, attacker: Attacker, options: AttackOptions): Promise<AttackResult> {
  const protocol = protocolNamed(options.protocol)
  const data = attackData(embedding, labels, [protocol])
  return runAttack(embedding, data, { attacker, protocol: options.protocol, standardise: options.standardise ?? false }, options)
}

export interface PlannedAttack {
  readonly attacker: Attacker
  readonly protocol: ProtocolName
  readonly standardise: boolean
}

export interface Battery {
  /** How many attacks are looked at together: what counts as significant is divided by it. */
  readonly tests?: number
  /** Called after each split. */
  readonly onSplit?: () => void
}

export async function runAttack(
  embedding: Matrix,
  data: AttackData,
  { attacker, protocol: name, standardise }: PlannedAttack,
  settings: AttackSettings,
  { tests = 1, onSplit }: Battery = {},
): Promise<AttackResult> {
  const { seed, innerFolds = 2, permutations = 999 } = settings
  const protocol = protocols[name]
  const repeats = settings.repeats ?? protocol.defaultRepeats
  if (!(Number.isInteger(repeats) && repeats >= 1)) throw new RangeError(`attack: expected repeats of 1 or more, got ${repeats}`)
  if (!(Number.isInteger(innerFolds) && innerFolds >= 2)) throw new RangeError(`attack: expected innerFolds of 2 or more, got ${innerFolds}`)
  if (!(Number.isInteger(permutations) && permutations >= 99)) {
    throw new RangeError(`attack: expected permutations of 99 or more, got ${permutations}`)
  }
  const classes = data.classes.length
  const planned = Array.from({ length: repeats }, (_, repeat) =>
    protocol.splits(data.rowsOfClass, { seed, repeat }).map((split, fold) => ({ ...split, repeat, fold })),
  ).flat()
  const splits = await Promise.all(
    planned.map(async (split) => {
      const scores = await scoreSplit(embedding, data.codes, attacker, split, { classes, standardise, innerFolds, seed })
      onSplit?.()
      return scores
    }),
  )
  const { p, chance, critical, standardError, null: drawn } = permutationTest(splits, testedClasses(classes), {
    seed,
    permutations,
    spread: protocol.crossValidated ? Math.SQRT2 : 1,
  })
  return {
    attacker: attacker.name,
    protocol: name,
    input: standardise ? 'standardised' : 'raw',
    classes: data.classes,
    labelled: data.labelled,
    leftOut: data.leftOut,
    shadowUsers: planned[0]!.shadow.length,
    scoredUsers: new Set(planned.flatMap(({ scored }) => [...scored])).size,
    repeats,
    seed,
    ...attackMetrics(splits, data.classes, {
      seed,
      crossValidated: protocol.crossValidated,
      knownToScored: planned[0]!.shadow.length / planned[0]!.scored.length,
    }),
    permutation: { p, chance, critical, permutations },
    // 80 % of a normal distribution lie above its mean less 0.8416 standard deviations.
    smallestDetectable: Math.min(1, quantile(drawn, 1 - 0.05 / tests) + 0.8416 * standardError),
    splits,
  }
}

export function protocolNamed(name: string): Protocol {
  const protocol = (protocols as Readonly<Record<string, Protocol | undefined>>)[name]
  if (!protocol) throw usageError(`unknown protocol "${name}": expected one of ${Object.keys(protocols).join(', ')}`)
  return protocol
}
