/** @file One attacker's scores for the users of one split, and the sign it chose on its own shadow set. */

import { gatherRows, randomStream, type Matrix } from '@indistinct/core'
import { oneVersusRestAucs } from '@indistinct/metrics'
import type { Attacker } from '../attacker.ts'
import { stratifiedFolds } from './five-fold-protocol.ts'
import { prepareInput, type InputName } from '../models/prepared-input.ts'
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

export interface ScoringOptions {
  readonly classes: number
  readonly input: InputName
  /** Folds of the cross-validation inside the shadow set that chooses the sign; 0 for none. */
  readonly innerFolds: number
  readonly seed: number
}

/** Fits `attacker` to the split's shadow set and scores the rest. */
export async function scoreSplit(
  embedding: Matrix,
  codes: Int32Array,
  attacker: Attacker,
  split: NumberedSplit,
  options: ScoringOptions,
): Promise<SplitScores> {
  const { repeat, fold, shadow, scored } = split
  const fit = (each: Split, ...stream: (string | number)[]): Promise<Matrix> =>
    fitAndScore(preparedSplit(embedding, each), codes, attacker, options, [repeat, fold, ...stream])
  const [probabilities, signs] = await Promise.all([
    fit(split),
    options.innerFolds > 0
      ? chooseSigns(codes, shadow, options, (inner, index) => fit(inner, 'inner', index))
      : undefined,
  ])
  return { repeat, fold, shadow, users: scored, codes: codesOf(codes, scored), probabilities, ...(signs && { signs }) }
}

/** The rows of a split as attackers are given them, each input made once. */
export interface PreparedSplit extends Split {
  input(name: InputName): { readonly known: Matrix; readonly asked: Matrix }
}

/** Both in the form that an input names, made from the shadow rows alone. */
export function preparedSplit(embedding: Matrix, { shadow, scored }: Split): PreparedSplit {
  const known = gatherRows(embedding, shadow)
  const asked = gatherRows(embedding, scored)
  const made = new Map<InputName, { readonly known: Matrix; readonly asked: Matrix }>()
  return {
    shadow,
    scored,
    input(name) {
      let inputs = made.get(name)
      if (!inputs) {
        const prepare = prepareInput(name, known)
        inputs = { known: prepare(known), asked: prepare(asked) }
        made.set(name, inputs)
      }
      return inputs
    },
  }
}

/** Probabilities (M, C) of the scored rows from a fit to the shadow rows. `stream` names the fit's own chance. */
export async function fitAndScore(
  split: PreparedSplit,
  codes: Int32Array,
  attacker: Attacker,
  { classes, input, seed }: Pick<ScoringOptions, 'classes' | 'input' | 'seed'>,
  stream: readonly (string | number)[],
): Promise<Matrix> {
  const { known, asked } = split.input(input)
  const fitSeed = randomStream(seed, 'fit', attacker.name, ...stream).integer(2 ** 31)
  const fitted = await attacker.fit(known, codesOf(codes, split.shadow), { classes, seed: fitSeed })
  return fitted.scores(asked)
}

/** Cross-validates within the shadow set: a class whose mean AUC there is below one half is answered in reverse. */
export async function chooseSigns(
  codes: Int32Array,
  shadow: Int32Array,
  { classes, innerFolds }: ScoringOptions,
  score: (inner: Split, index: number) => Promise<Matrix>,
): Promise<Int8Array> {
  const members = Array.from({ length: classes }, (_, c) => shadow.filter((row) => codes[row] === c))
  const folds = Math.min(innerFolds, ...members.map((rows) => rows.length))
  const sums = new Float64Array(classes)
  const aucs = await Promise.all(
    stratifiedFolds(members, folds).map(async (inner, index) =>
      oneVersusRestAucs(await score(inner, index), codesOf(codes, inner.scored)),
    ),
  )
  for (const values of aucs) values.forEach((value, c) => (sums[c]! += value))
  return Int8Array.from(sums, (sum) => (sum / folds < 0.5 ? -1 : 1))
}

export function codesOf(codes: Int32Array, rows: Int32Array): Int32Array {
  return rows.map((row) => codes[row]!)
}
