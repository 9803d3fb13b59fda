/**
 * @file The attacker that tries others first: within its shadow set it cross-validates each of them on each input,
 * and fits the one that told most to the whole of it. That is what someone does who has labels of some users and
 * every method at hand, and it is one attack, not the best of many looked at afterwards.
 */

import { checkOptions, randomStream, type Matrix } from '@indistinct/core'
import { foldedAuc, oneVersusRestAucs } from '@indistinct/metrics'
import { testedClasses } from '../protocols/attack-metrics.ts'
import type { Attacker, AttackerOptions, FittedAttacker } from '../attacker.ts'
import { checkFitted } from '../audit-options.ts'
import { stratifiedFolds } from '../protocols/five-fold-protocol.ts'
import { isNarrow } from '../models/row-products.ts'
import { preparedRows, preparedSplit, scoresOn } from '../protocols/prepared-split.ts'
import { codesOf } from '../protocols/scoring.ts'
import { checkInput, inputNames, prepareInput, type InputName } from '../models/prepared-input.ts'
import { logistic } from './logistic.ts'
import { qda } from './qda.ts'
import { radius } from './radius.ts'
import { svm } from './svm.ts'

export interface BestOfOptions {
  /**
   * Inputs that each attacker is tried on; all. Attackers that scale does not matter to skip 'standardised' where 'raw'
   * is given.
   */
  readonly inputs?: readonly InputName[]
  /** Folds of the cross-validation, fewer where a class has fewer users; 5. */
  readonly folds?: number
  /** Its name in results; best-of. */
  readonly name?: string
}

export interface Chosen {
  readonly attacker: string
  readonly input: InputName
  /** Mean over tested classes of max(a, 1 - a), a being the class's mean AUC over the inner folds. */
  readonly foldedAuc: number
  /** For each class -1 where its answer is reversed, else 1. */
  readonly signs: Int8Array
}

export interface BestOfFitted extends FittedAttacker {
  readonly chosen: Chosen
}

export interface BestOf extends Attacker {
  fit(...given: Parameters<Attacker['fit']>): Promise<BestOfFitted>
}

/**
 * Of equally good ones the first is taken. Where a class has a single user nothing can be cross-validated, and the
 * first attacker is fitted to the first input as it is. Prepares its inputs itself: it is to be run on raw ones.
 * @throws RangeError when there is nothing to choose from or fewer than two folds, or on other options
 */
export function bestOf(attackers: readonly Attacker[], options: BestOfOptions = {}): BestOf {
  checkOptions<BestOfOptions>('bestOf', options, { inputs: 'list', folds: 'number', name: 'string' })
  const { inputs = inputNames, folds = 5, name = 'best-of' } = options
  for (const attacker of attackers) checkFitted('bestOf', attacker)
  for (const input of inputs) checkInput('bestOf', input)
  if (attackers.length === 0 || inputs.length === 0) {
    throw new RangeError(
      `bestOf: expected at least one attacker and input, got ${attackers.length} and ${inputs.length}`,
    )
  }
  if (!(Number.isInteger(folds) && folds >= 2))
    throw new RangeError(`bestOf: expected folds of 2 or more, got ${folds}`)
  const candidates = attackers.flatMap((attacker) =>
    inputs
      .filter((input) => !(attacker.scaleFree && input === 'standardised' && inputs.includes('raw')))
      .map((input) => ({ attacker, input })),
  )
  return {
    name,
    // It standardises for itself: a second run on standardised input would only repeat that.
    scaleFree: true,
    async fit(x, codes, { classes, seed }) {
      const members = Array.from({ length: classes }, (_, c) => rowsOf(codes, c))
      const dealt = Math.min(folds, ...members.map((rows) => rows.length))
      const splits = dealt >= 2 ? stratifiedFolds(members, dealt) : []
      const fitSeed = (index: number, fold: number | 'all'): number =>
        randomStream(seed, 'best-of', index, fold).integer(2 ** 31)
      const sums = candidates.map(() => new Float64Array(classes))
      for (const [fold, { shadow, scored }] of splits.entries()) {
        const aucs = await aucsOf(candidates, { x, codes, shadow, scored, classes }, (index) => fitSeed(index, fold))
        aucs.forEach((values, index) => values.forEach((value, c) => (sums[index]![c]! += value / dealt)))
      }

      const tested = testedClasses(classes)
      const told = sums.map((means) =>
        dealt < 2 ? 0.5 : tested.reduce((sum, c) => sum + foldedAuc(means[c]!), 0) / tested.length,
      )
      const best = told.indexOf(Math.max(...told))
      const { attacker, input } = candidates[best]!
      const signs = signsOf(sums[best]!, tested, classes, dealt)
      const options = { classes, seed: fitSeed(best, 'all') }
      const score = await scorerOf(candidates[best]!, x, codes, options)
      return {
        chosen: { attacker: attacker.name, input, foldedAuc: told[best]!, signs },
        scores: async (rows) => signed(await score(rows), signs),
      }
    },
  }
}

interface Candidate {
  readonly attacker: Attacker
  readonly input: InputName
}

/** A fold: who is known, and who is scored. */
interface Fold {
  readonly x: Matrix
  readonly codes: Int32Array
  readonly shadow: Int32Array
  readonly scored: Int32Array
  readonly classes: number
}

/** The AUC of each class, of each candidate. */
async function aucsOf(
  candidates: readonly Candidate[],
  { x, codes, shadow, scored, classes }: Fold,
  fitSeed: (index: number) => number,
): Promise<ReturnType<typeof oneVersusRestAucs>[]> {
  const split = preparedSplit(x, { shadow, scored })
  const taught = codesOf(codes, shadow)
  const actual = codesOf(codes, scored)
  return Promise.all(
    candidates.map(async ({ attacker, input }, index) =>
      oneVersusRestAucs(await scoresOn(split, input, attacker, taught, { classes, seed: fitSeed(index) }), actual),
    ),
  )
}

/** The candidate fitted to all known rows x (N, K). */
async function scorerOf(
  { attacker, input }: Candidate,
  x: Matrix,
  codes: Int32Array,
  options: AttackerOptions,
): Promise<(rows: Matrix) => Promise<Matrix>> {
  // Of products, a fit is to known and asked rows at once.
  if (attacker.ofProducts && isNarrow(x.rows, x.cols))
    return (rows) => scoresOn(preparedRows(x, rows), input, attacker, codes, options)
  const prepare = prepareInput(input, x)
  const fitted = await attacker.fit(prepare(x), codes, options)
  return (rows) => fitted.scores(prepare(rows))
}

/** Of two classes the one not tested follows the other, whose AUC it shares up to rounding. */
function signsOf(means: Float64Array, tested: readonly number[], classes: number, dealt: number): Int8Array {
  const signs = new Int8Array(classes).fill(1)
  if (dealt < 2) return signs
  for (const c of tested) if (means[c]! < 0.5) signs[c] = -1
  if (tested.length === 1) signs.fill(signs[tested[0]!]!)
  return signs
}

function signed({ rows, cols, data }: Matrix, signs: Int8Array): Matrix {
  return { rows, cols, data: data.map((value, p) => (signs[p % cols]! < 0 ? 1 - value : value)) }
}

function rowsOf(codes: Int32Array, code: number): Int32Array {
  const rows: number[] = []
  for (let i = 0; i < codes.length; i++) if (codes[i] === code) rows.push(i)
  return Int32Array.from(rows)
}

/** The best of those that are cheap to fit, as `best-of` in the battery. */
export const bestOfFour: BestOf = bestOf([logistic, qda, radius, svm])
