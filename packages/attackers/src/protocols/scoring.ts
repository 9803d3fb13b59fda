/** @file One attacker's scores for the users of one split, and the sign it chose on its own shadow set. */

import { randomStream, type Matrix } from '@indistinct/core'
import { oneVersusRestAucs } from '@indistinct/metrics'
import type { Attacker } from '../attacker.ts'
import { stratifiedFolds } from './five-fold-protocol.ts'
import type { InputName } from '../models/prepared-input.ts'
import { preparedSplit, scoresOn, type PreparedSplit } from './prepared-split.ts'
import type { Split } from './protocol.ts'

/** A split, and where it stands among the others. */
export interface NumberedSplit extends Split {
  readonly repeat: number
  readonly fold: number
}

export interface SplitScores {
  readonly repeat: number
  readonly fold: number
  /** Rows of the embedding whose labels the attacker knew. */
  readonly shadow: Int32Array
  /** Rows of the embedding that were scored. */
  readonly users: Int32Array
  /** Their codes (M). */
  readonly codes: Int32Array
  /** Class probabilities (M, C). */
  readonly probabilities: Matrix
  /**
   * For each class -1 where, within the shadow set, the attacker's answer was better reversed, else 1; where it was
   * asked for.
   */
  readonly signs?: Int8Array
}

/** An attacker as it is run on splits. */
interface ScoredAttacker {
  readonly attacker: Attacker
  readonly input: InputName
  /** Folds of the cross-validation inside the shadow set that chooses the sign; 0 for none. */
  readonly innerFolds: number
}

interface ScoringOptions {
  readonly classes: number
  readonly seed: number
}

/** Fits each attacker to the split's shadow set and scores the rest; they share what is done with its rows. */
export async function scoreSplit(
  embedding: Matrix,
  codes: Int32Array,
  attackers: readonly ScoredAttacker[],
  split: NumberedSplit,
  options: ScoringOptions,
): Promise<SplitScores[]> {
  const { repeat, fold, shadow, scored } = split
  const prepared = preparedSplit(embedding, split)
  const inner = innerSplits(embedding, codes, shadow, options.classes)
  const out: SplitScores[] = []
  for (const { attacker, input, innerFolds } of attackers) {
    const given = { ...options, input }
    const probabilities = await fitAndScore(prepared, codes, attacker, given, [repeat, fold])
    const signs =
      innerFolds > 0
        ? await chooseSigns(codes, inner(innerFolds), options.classes, (each, index) =>
            fitAndScore(each, codes, attacker, given, [repeat, fold, 'inner', index]),
          )
        : undefined
    out.push({
      repeat,
      fold,
      shadow,
      users: scored,
      codes: codesOf(codes, scored),
      probabilities,
      ...(signs && { signs }),
    })
  }
  return out
}

/** Splits of the shadow set by a number of folds, each prepared once. */
function innerSplits(
  embedding: Matrix,
  codes: Int32Array,
  shadow: Int32Array,
  classes: number,
): (folds: number) => readonly PreparedSplit[] {
  const made = new Map<number, readonly PreparedSplit[]>()
  return (folds) => {
    let splits = made.get(folds)
    if (!splits) {
      splits = innerFoldsOf(codes, shadow, classes, folds).map((each) => preparedSplit(embedding, each))
      made.set(folds, splits)
    }
    return splits
  }
}

/** The shadow set dealt into `folds` parts, fewer where a class has fewer users. */
export function innerFoldsOf(codes: Int32Array, shadow: Int32Array, classes: number, folds: number): Split[] {
  const members = Array.from({ length: classes }, (_, c) => shadow.filter((row) => codes[row] === c))
  return stratifiedFolds(members, Math.min(folds, ...members.map((rows) => rows.length)))
}

/** Probabilities (M, C) of the scored rows from a fit to the shadow rows. `stream` names the fit's own chance. */
export async function fitAndScore(
  split: PreparedSplit,
  codes: Int32Array,
  attacker: Attacker,
  { classes, input, seed }: ScoringOptions & { readonly input: InputName },
  stream: readonly (string | number)[],
): Promise<Matrix> {
  const fitSeed = randomStream(seed, 'fit', attacker.name, ...stream).integer(2 ** 31)
  return scoresOn(split, input, attacker, codesOf(codes, split.shadow), { classes, seed: fitSeed })
}

/**
 * Cross-validates on splits of the shadow set: a class whose mean AUC there is below one half is answered in reverse.
 */
export async function chooseSigns<S extends Split>(
  codes: Int32Array,
  splits: readonly S[],
  classes: number,
  score: (inner: S, index: number) => Promise<Matrix>,
): Promise<Int8Array> {
  const sums = new Float64Array(classes)
  for (const [index, inner] of splits.entries())
    oneVersusRestAucs(await score(inner, index), codesOf(codes, inner.scored)).forEach(
      (value, c) => (sums[c]! += value),
    )
  return Int8Array.from(sums, (sum) => (sum / splits.length < 0.5 ? -1 : 1))
}

export function codesOf(codes: Int32Array, rows: Int32Array): Int32Array {
  return rows.map((row) => codes[row]!)
}
