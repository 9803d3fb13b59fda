/**
 * @file One regressor under one protocol: how well someone who knows the number of some users tells that of others.
 *
 * The headline is concordance, which takes the AUC's place: of two users with different values, how often the one with
 * the larger value is predicted larger. It is taken within each split, where its expectation under chance is one half
 * exactly (`concordance` of @indistinct/metrics), so that what lies below is a leak as what lies above. R^2 and
 * Spearman's correlation are means over splits too; R^2 is below zero by chance.
 *
 * Splits do not depend on the values, so permuted values take the very splits of the true ones: p is exact, and what a
 * regressor does with the rows of a shadow set is done once for all permutations.
 */

import { badData, counted, gatherRows, randomStream, type Matrix } from '@indistinct/core'
import {
  concordance,
  foldedAuc,
  foldedInterval,
  repeatedSplitConcordance,
  rSquared,
  spearman,
} from '@indistinct/metrics'
import { checkValues } from '../protocols/attack-data.ts'
import { deviationTest, plannedSplits } from '../attack.ts'
import { detectableOf } from '../smallest-detectable.ts'
import type { AttackResult, AttackSettings } from '../attack-result.ts'
import type { ClassAuc } from '../protocols/attack-metrics.ts'
import { prepareInput, type InputName } from '../models/prepared-input.ts'
import { protocols, type ProtocolName } from '../protocols/protocols.ts'
import type { Regressor } from './regressor.ts'
import { dealtAnew } from '../verdict/relabelling.ts'

export interface RegressionData {
  readonly embedding: Matrix
  /** Of each row (N), NaN for none. */
  readonly values: Float64Array
  /** Rows that have a value, ascending. */
  readonly rows: Int32Array
}

export interface PlannedRegression {
  readonly regressor: Regressor
  readonly protocol: ProtocolName
  readonly input: InputName
  readonly refitRepeats: number
}

type SharedFields =
  | 'attacker'
  | 'protocol'
  | 'input'
  | 'labelled'
  | 'leftOut'
  | 'shadowUsers'
  | 'scoredUsers'
  | 'repeats'
  | 'seed'
  | 'foldedAuc'
  | 'permutation'
  | 'smallestDetectable'

/** As `AttackResult` has it, labels being values; all but `splits` is plain JSON. */
export interface RegressionAttackResult extends Pick<AttackResult, SharedFields> {
  /** Mean concordance of predictions with values, the AUC of a number; below 0.5 it leaks as much as above. */
  readonly auc: ClassAuc['auc']
  /** Means over splits; R^2 is below zero where the mean of the scored users would predict better. */
  readonly rSquared: number
  readonly spearman: number
  readonly splits: readonly RegressionSplit[]
}

export interface RegressionSplit {
  readonly repeat: number
  readonly fold: number
  readonly shadow: Int32Array
  /** Rows that were scored, their values and what was predicted. */
  readonly users: Int32Array
  readonly actual: Float64Array
  readonly predicted: Float64Array
}

export interface RegressionDeviations {
  readonly result: RegressionAttackResult
  readonly observed: number
  /** Under each permutation; with predictions held fixed where the result's `refitRepeats` is 0. */
  readonly permuted: Float64Array
}

/** Fewest users with a value: each fold of five scores ten. */
const fewestUsers = 50

/**
 * @throws IndistinctError 'bad-data' when rows do not match, a value is infinite, or too few users have one or all the
 * same.
 */
export function regressionData(embedding: Matrix, values: Float64Array): RegressionData {
  if (!(values instanceof Float64Array))
    throw new RangeError('auditRegression: expected values as a Float64Array, NaN for none')
  if (values.length !== embedding.rows)
    throw badData(
      `the embedding has ${counted(embedding.rows, 'row')} and the attribute ` +
        `${counted(values.length, 'value')}: expected one value a ` +
        'row, NaN for none',
    )
  checkValues(embedding)
  const rows = Int32Array.from([...values.keys()].filter((i) => !Number.isNaN(values[i]!)))
  const infinite = rows.find((i) => !Number.isFinite(values[i]!))
  if (infinite !== undefined)
    throw badData(`the attribute is ${values[infinite]} in row ${infinite} (from 0): expected finite numbers`)
  if (rows.length < fewestUsers)
    throw badData(
      `an attack on a number needs at least ${fewestUsers} users with a value, found ${rows.length}: bring more users`,
    )
  if (rows.every((i) => values[i] === values[rows[0]!]))
    throw badData(`all ${rows.length} users have the value ${values[rows[0]!]}: there is nothing to attack`)
  return { embedding, values, rows }
}

/** @param onStep called with the number of fits after each call of the regressor */
export async function runRegressionAttack(
  { embedding, values, rows }: RegressionData,
  { regressor, protocol: name, input, refitRepeats: wanted }: PlannedRegression,
  { seed, repeats, permutations }: Required<Omit<AttackSettings, 'innerFolds'>>,
  onStep: (steps: number) => void = () => {},
): Promise<RegressionDeviations> {
  const refitRepeats = Math.min(wanted, repeats)
  const planned = plannedSplits([rows], name, seed, repeats)
  const tested = refitRepeats > 0 ? planned.filter(({ repeat }) => repeat < refitRepeats) : planned
  const permuted = new Float64Array(permutations)
  const splits: RegressionSplit[] = []
  for (const { repeat, fold, shadow, scored } of planned) {
    const known = gatherRows(embedding, shadow)
    const prepare = prepareInput(input, known)
    const [x, asked] = [prepare(known), prepare(gatherRows(embedding, scored))]
    const fitSeed = randomStream(seed, 'fit', regressor.name, repeat, fold).integer(2 ** 31)
    const predictions = async (sets: readonly Float64Array[]): Promise<Float64Array[]> =>
      (
        await regressor.fit(
          x,
          sets.map((y) => taken(y, shadow)),
          { seed: fitSeed },
        )
      ).predict(asked)
    const [predicted] = await predictions([values])
    splits.push({ repeat, fold, shadow, users: scored, actual: taken(values, scored), predicted: predicted! })
    onStep(1)
    if (repeat >= refitRepeats) continue
    const sets = Array.from(permuted, (_, b) => dealtAnew(values, rows, seed, b + 1))
    for (const [b, each] of (await predictions(sets)).entries())
      permuted[b]! += orderTold(each, taken(sets[b]!, scored)) / tested.length
    onStep(permutations)
  }
  for (let b = 0; refitRepeats === 0 && b < permutations; b++) {
    const set = dealtAnew(values, rows, seed, b + 1)
    for (const { users, predicted } of splits) permuted[b]! += orderTold(predicted, taken(set, users)) / tested.length
  }
  const observed = Math.abs(
    splits
      .slice(0, tested.length)
      .reduce((sum, { predicted, actual }) => sum + orderTold(predicted, actual) / tested.length, 0) - 0.5,
  )
  return judged(
    { embedding, values, rows },
    { regressor, protocol: name, input, refitRepeats },
    { observed, permuted, splits },
    {
      seed,
      repeats,
    },
  )
}

/** What the attack came to: mean concordances under the true values and under permuted ones, and every split. */
interface Run {
  readonly observed: number
  readonly permuted: Float64Array
  readonly splits: readonly RegressionSplit[]
}

/** @throws IndistinctError 'bad-data' where no split scores users whose values differ. */
function judged(
  { embedding, rows }: RegressionData,
  { regressor, protocol: name, input, refitRepeats }: PlannedRegression,
  { observed, permuted, splits }: Run,
  { seed, repeats }: Pick<Required<AttackSettings>, 'seed' | 'repeats'>,
): RegressionDeviations {
  const protocol = protocols[name]
  // Predictions held fixed vary by less than they would if fitted again: `permutationTest`.
  const spread = refitRepeats === 0 ? protocol.spread(repeats) : 1
  const deviations = permuted.map((value) => spread * Math.abs(value - 0.5))
  const { p, chance, critical, standardError } = deviationTest(observed, deviations)
  const telling = splits.filter(({ actual }) => varies(actual))
  if (telling.length === 0)
    throw badData('the users scored in each split all have one value: bring more users whose values differ')
  const {
    auc,
    lower,
    upper,
    standardError: ofAuc,
    agreement,
  } = repeatedSplitConcordance(
    telling.map(({ shadow, users, actual, predicted }) => ({ shadow, users, actual, scores: predicted })),
    { crossValidated: protocol.crossValidated },
  )
  const result: RegressionAttackResult = {
    attacker: regressor.name,
    protocol: name,
    input,
    labelled: rows.length,
    leftOut: embedding.rows - rows.length,
    shadowUsers: splits[0]!.shadow.length,
    scoredUsers: new Set(splits.flatMap(({ users }) => [...users])).size,
    repeats,
    seed,
    auc: { value: auc, lower, upper, standardError: ofAuc, agreement },
    foldedAuc: { value: foldedAuc(auc), ...foldedInterval({ lower, upper }) },
    rSquared: meanOver(telling, rSquared),
    spearman: meanOver(telling, spearman),
    permutation: { p, chance, critical, permutations: permuted.length, refitRepeats },
    smallestDetectable: detectableOf({ critical, standardError }),
    splits,
  }
  return { result, observed, permuted: deviations }
}

/** Concordance; one half where all values are the same, which says nothing of order. */
function orderTold(predicted: Float64Array, actual: Float64Array): number {
  return varies(actual) ? concordance(predicted, actual) : 0.5
}

function varies(values: Float64Array): boolean {
  return values.some((value) => value !== values[0])
}

function taken(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!)
}

function meanOver(
  splits: readonly RegressionSplit[],
  of: (predicted: Float64Array, actual: Float64Array) => number,
): number {
  return splits.reduce((sum, { predicted, actual }) => sum + of(predicted, actual) / splits.length, 0)
}
