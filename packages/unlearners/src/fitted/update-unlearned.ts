/** @file New users and withdrawn ones, without unlearning everybody again. */

import {
  badData,
  checkLabels,
  classCounts,
  checkMatrix,
  checkOptions,
  copyMatrix,
  type Labels,
  type Matrix,
} from '@indistinct/core'
import { classDifferences, type ClassDifference } from '../flow/class-differences.ts'
import type { ApplyOptions, FittedUnlearner } from './fitted-unlearner.ts'

/** Labels (N) of an attribute, and `classDifferences` of the table by them when it was fitted. */
export interface JudgedAttribute {
  readonly labels: Labels
  readonly reference: readonly ClassDifference[]
}

export interface UpdateOptions extends ApplyOptions {
  /**
   * What users have already been given: rows (N, K) in the order of `embedding`, used where `known` is 1. Needed for
   * methods whose fit does not repeat itself (`exact` false); others come out the same without it.
   */
  readonly previous?: { readonly embedding: Matrix; readonly known: Uint8Array }
  /** `classDifferences` of the table when it was fitted; a refit is not asked for what it would not mend. */
  readonly reference?: readonly ClassDifference[]
  /** Attributes that are to be hidden, where `labels` only say who is moved. Default: `labels`, and `reference`. */
  readonly judged?: readonly JudgedAttribute[]
  /** Of the refit check. Default 0. */
  readonly seed?: number
}

export interface RefitCheck {
  readonly due: boolean
  /** Pairs of classes that the updated table tells apart by more than chance, or than the fit itself left. */
  readonly above: readonly ClassDifference[]
  /** Those of them that the fit hardly hides: told apart far beyond chance, and nearly as well as before. */
  readonly unhidden: readonly ClassDifference[]
  /** Of classes with two users or more; none where fewer than two have so many, and then nothing is judged. */
  readonly pairs: readonly ClassDifference[]
}

export interface UpdatedTable {
  readonly embedding: Matrix
  /** Users who keep the row that they were given before. */
  readonly kept: number
  /** Users moved by the fitted map. */
  readonly mapped: number
  /** Users who have their original row: those without a label, or who withdrew. */
  readonly original: number
  readonly refit: RefitCheck
}

/**
 * The unlearned table of the users of today, from their original rows `embedding` (N, K): whoever has a label keeps the
 * row given before, or is moved by the fitted map; whoever has none (any more) is at the original row.
 *
 * A fitted map is of the users it was fitted to. New ones are moved by their class' map as it is, which for closed
 * forms differs from a refit by the error of the class moments, and for the flow and other stepwise methods is the
 * regression of the moves of their class. `refit.due` says when the users of today, together, are told apart by more
 * than they should be: MMD^2 of a pair of classes over its null value, above the 95 % quantile that chance gives it
 * times what the fit itself had left (at least 1).
 * @throws RangeError on shapes that do not fit; IndistinctError 'bad-data' on a class that was not fitted, or rows
 * beyond float32.
 */
export function updateUnlearned(
  fitted: FittedUnlearner,
  embedding: Matrix,
  labels: Labels,
  options: UpdateOptions = {},
): UpdatedTable {
  checkMatrix('updateUnlearned', embedding, 'an embedding')
  checkLabels('updateUnlearned', labels)
  checkOptions<UpdateOptions>('updateUnlearned', options, {
    previous: 'object',
    reference: 'list',
    judged: 'list',
    seed: 'number',
    unlabelled: 'string',
  })
  const { previous, reference = [], seed = 0, unlabelled = 'leave' } = options
  const { judged = [{ labels, reference }] } = options
  const { rows, cols } = embedding
  if (
    previous &&
    (previous.embedding.rows !== rows || previous.embedding.cols !== cols || previous.known.length !== rows)
  ) {
    throw new RangeError(
      `updateUnlearned: expected previous rows of ${rows} x ${cols} values, got ${previous.embedding.rows} x ` +
        `${previous.embedding.cols} and ${previous.known.length} marks`,
    )
  }
  const moved = fitted.apply(embedding, labels, { unlabelled })
  const beyond = moved.data.findIndex((value) => !Number.isFinite(value))
  if (beyond >= 0)
    throw badData(
      `updateUnlearned: row ${Math.floor(beyond / cols)} (from 0) leaves the range of float32; the fit is of other ` +
        'vectors, or damaged',
    )
  const out = copyMatrix(moved)
  let kept = 0
  let labelled = 0
  labels.codes.forEach((code, i) => {
    if (code === -1) return
    labelled++
    if (previous?.known[i] !== 1) return
    kept++
    out.data.set(previous.embedding.data.subarray(i * cols, (i + 1) * cols), i * cols)
  })
  const others = rows - labelled
  return Object.freeze({
    embedding: Object.freeze(out),
    kept,
    mapped: labelled - kept + (unlabelled === 'map' ? others : 0),
    original: unlabelled === 'map' ? 0 : others,
    refit: refitCheck(embedding, out, judged, seed),
  })
}

/** Share of what told classes apart before, beyond chance, that a fit of these vectors does not leave. */
const unhiddenShare = 0.5
/**
 * Distances from 1 of the 95 % quantile, beyond which chance goes once in a thousand times or less. By chance the ratio
 * is a weighted sum of chi squares of mean 1; of one of them the quantiles are 3.84 and 10.83, of several nearer.
 */
const farBeyond = 3.5

function refitCheck(before: Matrix, after: Matrix, judged: readonly JudgedAttribute[], seed: number): RefitCheck {
  const found = judged.flatMap(({ labels: all, reference }) => {
    const labels = comparable(all)
    const was = classDifferences(before, labels, { seed })
    return classDifferences(after, labels, { seed }).map((pair, p) => {
      const left = leftByFit(pair, reference)
      const { ratio, chance } = pair
      const far = ratio > (1 + farBeyond * (chance - 1)) * left
      return {
        pair,
        above: ratio > chance * left,
        unhidden: far && ratio - 1 > unhiddenShare * (was[p]!.ratio - 1),
      }
    })
  })
  const pairsOf = (kind: 'above' | 'unhidden'): ClassDifference[] =>
    found.filter((each) => each[kind]).map(({ pair }) => pair)
  const above = pairsOf('above')
  return Object.freeze({
    due: above.length > 0,
    above,
    unhidden: pairsOf('unhidden'),
    pairs: found.map(({ pair }) => pair),
  })
}

/** Without labels that a single user has: one vector is no sample. */
function comparable({ classes, codes }: Labels): Labels {
  const counts = classCounts({ classes, codes })
  return { classes, codes: codes.map((code) => (code >= 0 && counts[code]! > 1 ? code : -1)) }
}

/** The ratio that the fit itself had left of a pair, at least 1, for as many users as there are now. */
function leftByFit({ first, second, users }: ClassDifference, reference: readonly ClassDifference[]): number {
  const fitted = reference.find(
    (pair) => (pair.first === first && pair.second === second) || (pair.first === second && pair.second === first),
  )
  if (!fitted) return 1
  const share = users !== undefined && fitted.users !== undefined ? users / fitted.users : 1
  return 1 + share * Math.max(0, fitted.ratio - 1)
}
