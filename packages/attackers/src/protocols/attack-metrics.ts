/**
 * @file From the scores of all splits to metrics with 95 % intervals.
 *
 * Values are means over splits. Intervals of AUCs are those of `repeatedSplitAuc` (@indistinct/metrics): for the mean
 * AUC of the attack over samples of as many users of the same population and over splits. Their coverage is measured in
 * apps/experiments/results/calibration. Intervals of threshold metrics are percentile bootstraps over users, stratified
 * by class, with fits as they are.
 *
 * With more than two labels an AUC is the mean of the classes' one-versus-rest AUCs, folding happens per class (else
 * a class above chance would hide one below), and bounds are means of the classes' bounds, which is the widest they
 * can be whatever the dependence between classes.
 */

import {
  bootstrapCounts,
  confusionMatrix,
  foldedAuc,
  foldedInterval,
  lowRates,
  repeatedSplitAuc,
  thresholdMetrics,
  type Interval,
  type LowRate,
  type SplitScoring,
  type ThresholdMetrics,
} from '@indistinct/metrics'
import type { SplitScores } from './scoring.ts'

/** A value with its 95 % interval. */
export interface Estimate extends Interval {
  readonly value: number
}

export interface ClassAuc {
  readonly label: string
  readonly auc: Estimate & {
    readonly standardError: number
    /** Correlation of the scores of two fits that know none of the same users. */
    readonly agreement: number
  }
  readonly foldedAuc: Estimate
}

export interface AttackMetrics {
  /** Mean AUC; below 0.5 it leaks as much as above. */
  readonly auc: Estimate
  /** max(a, 1 - a) of the mean AUC a: the headline. */
  readonly foldedAuc: Estimate
  /**
   * AUC of an attacker that flips its answer where cross-validation inside its own shadow set told it to, where that
   * was run.
   */
  readonly chosenSignAuc?: Estimate
  readonly balancedAccuracy: Estimate
  readonly accuracy: Estimate
  readonly precision: Estimate
  readonly recall: Estimate
  readonly microF1: Estimate
  /** One-versus-rest, of the second label for two labels, of every label for more. */
  readonly perClass: readonly ClassAuc[]
  /** True positive rate of the second of two labels at 1 % and 0.1 % false positives; none for more labels. */
  readonly lowRates: readonly LowRate[]
}

/** False positive rates at which true positive rates are told. */
const falsePositiveRates = [0.01, 0.001]

/** Classes whose one-versus-rest AUC counts: with two, that of one is that of the other. */
export function testedClasses(classes: number): number[] {
  return classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c)
}

export function attackMetrics(
  splits: readonly SplitScores[],
  classes: readonly string[],
  { seed, crossValidated }: { readonly seed: number; readonly crossValidated: boolean },
): AttackMetrics {
  const tested = testedClasses(classes.length)
  const plain = plainAucs(splits, tested, crossValidated)
  const signed = splits.every(({ signs }) => signs !== undefined)
  const chosen = signed
    ? tested.map((c, t) =>
        splits.every(({ signs }) => signs![c] === 1)
          ? plain[t]!
          : repeatedAuc(splits, c, crossValidated, (split) => split.signs![c]!),
      )
    : undefined
  const foldedAucs = plain.map(folded)
  return {
    auc: meanEstimate(plain),
    foldedAuc: meanEstimate(foldedAucs),
    ...(chosen && { chosenSignAuc: meanEstimate(chosen) }),
    ...thresholdEstimates(splits, classes.length, seed),
    perClass: tested.map((c, t) => ({ label: classes[c]!, auc: plain[t]!, foldedAuc: foldedAucs[t]! })),
    lowRates:
      classes.length === 2
        ? lowRates(
            splits.map((split) => scoringOf(split, 1, 1)),
            falsePositiveRates,
            { seed },
          )
        : [],
  }
}

/** The headline alone, without resampling users. */
export function foldedAucOf(
  splits: readonly SplitScores[],
  classes: readonly string[],
  crossValidated: boolean,
): Estimate {
  return meanEstimate(plainAucs(splits, testedClasses(classes.length), crossValidated).map(folded))
}

/** AUCs as they are, which an attack is asked for once it is scored and again for its result. */
const ofSplits = new WeakMap<readonly SplitScores[], readonly ClassAuc['auc'][]>()

function plainAucs(
  splits: readonly SplitScores[],
  tested: readonly number[],
  crossValidated: boolean,
): readonly ClassAuc['auc'][] {
  let aucs = ofSplits.get(splits)
  if (!aucs) {
    aucs = tested.map((c) => repeatedAuc(splits, c, crossValidated, () => 1))
    ofSplits.set(splits, aucs)
  }
  return aucs
}

function folded(auc: ClassAuc['auc']): Estimate {
  return { value: foldedAuc(auc.value), ...foldedInterval(auc) }
}

function repeatedAuc(
  splits: readonly SplitScores[],
  c: number,
  crossValidated: boolean,
  sign: (split: SplitScores) => number,
): ClassAuc['auc'] {
  const { auc, lower, upper, standardError, agreement } = repeatedSplitAuc(
    splits.map((split) => scoringOf(split, c, sign(split))),
    { crossValidated },
  )
  return { value: auc, lower, upper, standardError, agreement }
}

/** One split as scores of class c against the rest, times `sign`. */
function scoringOf(
  { shadow, users, codes, probabilities: { rows, cols, data } }: SplitScores,
  c: number,
  sign: number,
): SplitScoring {
  const scores = new Float64Array(rows)
  for (let i = 0; i < rows; i++) scores[i] = sign * data[i * cols + c]!
  return { shadow, users, scores, actual: codes.map((code) => (code === c ? 1 : 0)) }
}

function thresholdEstimates(
  splits: readonly SplitScores[],
  classes: number,
  seed: number,
): Record<keyof ThresholdMetrics, Estimate> {
  const slotOf = new Map<number, number>()
  const strata: number[] = []
  const prepared = splits.map(({ users, codes, probabilities }) => {
    const predicted = predictedCodes(probabilities.data, users.length, classes)
    const slots = users.map((user, i) => {
      let slot = slotOf.get(user)
      if (slot === undefined) {
        slot = strata.length
        slotOf.set(user, slot)
        strata.push(codes[i]!)
      }
      return slot
    })
    return { bySlot: slotsByCell(slots, codes, predicted, classes), codes, predicted }
  })
  const names = ['balancedAccuracy', 'accuracy', 'precision', 'recall', 'microF1'] as const
  const meanOf = (metrics: ThresholdMetrics[]): number[] =>
    names.map((name) => metrics.reduce((sum, values) => sum + values[name], 0) / metrics.length)
  const values = meanOf(
    prepared.map(({ codes, predicted }) => thresholdMetrics(confusionMatrix(predicted, codes, classes), classes)),
  )
  const cells = classes * classes
  const resampled = (counts: Float64Array): number[] =>
    meanOf(prepared.map((_, s) => thresholdMetrics(counts.subarray(s * cells, (s + 1) * cells), classes)))
  const groups = prepared.flatMap(({ bySlot }) => bySlot)
  const intervals = bootstrapCounts(strata.length, groups, resampled, { seed, strata })
  const estimates = names.map((name, at) => [name, holding(values[at]!, intervals[at]!)] as const)
  return Object.fromEntries(estimates) as Record<keyof ThresholdMetrics, Estimate>
}

/**
 * Of many labels a resample leaves some out of a split, or out of what is predicted, which count as 0: percentiles can
 * lie below the value of all users.
 */
function holding(value: number, { lower, upper }: Interval): Estimate {
  return { value, lower: Math.min(value, lower), upper: Math.max(value, upper) }
}

/** Slots of the users of each label and prediction (C x C arrays), so that a resample only adds up its rows. */
function slotsByCell(slots: Int32Array, codes: Int32Array, predicted: Int32Array, classes: number): Int32Array[] {
  const cells: number[][] = Array.from({ length: classes * classes }, () => [])
  slots.forEach((slot, i) => cells[codes[i]! * classes + predicted[i]!]!.push(slot))
  return cells.map((members) => Int32Array.from(members))
}

/** The most probable class of each row (N, C), the first of equals: probability above 0.5 for two classes. */
export function predictedCodes(probabilities: Float32Array, rows: number, classes: number): Int32Array {
  const out = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    for (let c = 1; c < classes; c++) {
      if (probabilities[i * classes + c]! > probabilities[i * classes + out[i]!]!) out[i] = c
    }
  }
  return out
}

function meanEstimate(estimates: readonly Estimate[]): Estimate {
  const mean = (of: (estimate: Estimate) => number): number =>
    estimates.reduce((sum, estimate) => sum + of(estimate), 0) / estimates.length
  return { value: mean(({ value }) => value), lower: mean(({ lower }) => lower), upper: mean(({ upper }) => upper) }
}
