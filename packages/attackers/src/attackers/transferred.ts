/**
 * @file The attacker who knows the past: it learned from vectors as they were before unlearning, published or leaked,
 * and is now given those after it. What unlearning leaves of each user's old position, it reads with an attacker that
 * was taught where the attribute showed.
 */

import { checkOptions, gatherRows, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { attackData } from '../protocols/attack-data.ts'
import { runAttack } from '../attack.ts'
import { heldAttackKinds, type AttackOptions, type AttackResult } from '../attack-result.ts'
import { checkFitted } from '../audit-options.ts'
import type { Attacker } from '../attacker.ts'
import { checkInput, prepareInput, type InputName } from '../models/prepared-input.ts'
import type { Split } from '../protocols/protocol.ts'
import { protocolNamed } from '../protocols/protocols.ts'
import { chooseSigns, codesOf, innerFoldsOf, type NumberedSplit, type SplitScores } from '../protocols/scoring.ts'

export type TransferredAttackOptions = Omit<AttackOptions, 'refitRepeats'>

export interface TransferredAttackResult extends AttackResult {
  /** Whose vectors the attacker was fitted to; those it scored are the unlearned ones. */
  readonly taughtOn: 'original'
}

/**
 * Attacks `unlearned` (N, K) with `attacker` fitted to rows of `original` (N, K). Splits, metrics and the permutation
 * test, with scores held fixed, are those of `attack`; the sign is chosen the same way, by users of the shadow set
 * whose unlearned vectors are scored after a fit to the original ones of others. Standardised and whitened input is
 * made for each table from its own shadow rows, which takes no labels: where unlearning moved or shrank the table as
 * a whole, the attacker undoes that.
 * @param labels of the N rows; rows without a label are left out and counted
 * @throws RangeError when the tables differ in shape; IndistinctError as `attack`.
 */
export async function transferredAttack(
  original: Matrix,
  unlearned: Matrix,
  labels: Labels,
  attacker: Attacker,
  options: TransferredAttackOptions,
): Promise<TransferredAttackResult> {
  checkOptions('transferredAttack', options, heldAttackKinds)
  checkInput('transferredAttack', options.input)
  checkFitted('transferredAttack', attacker)
  if (original.rows !== unlearned.rows || original.cols !== unlearned.cols) {
    throw new RangeError(
      `transferredAttack: expected tables of one shape, got (${original.rows}, ${original.cols}) and ` +
        `(${unlearned.rows}, ${unlearned.cols})`,
    )
  }
  const protocol = protocolNamed(options.protocol)
  attackData(original, labels, [protocol])
  const data = attackData(unlearned, labels, [protocol])
  const { standardise = false, input = standardise ? 'standardised' : 'raw' } = options
  const tables = { original, unlearned, codes: data.codes, classes: data.classes.length }
  const planned = { attacker, protocol: options.protocol, input, refitRepeats: 0 }
  const { result } = await runAttack(data, planned, options, async (task) => {
    if (task.kind !== 'split')
      throw new RangeError(`transferredAttack: expected scores held fixed, got a task of kind ${task.kind}`)
    const { split, seed } = task
    return Promise.all(
      task.attacks.map(({ innerFolds }) => scoreTransferred(tables, attacker, split, { input, innerFolds, seed })),
    )
  })
  return { ...result, taughtOn: 'original' }
}

interface Tables {
  readonly original: Matrix
  readonly unlearned: Matrix
  readonly codes: Int32Array
  readonly classes: number
}

async function scoreTransferred(
  tables: Tables,
  attacker: Attacker,
  split: NumberedSplit,
  { input, innerFolds, seed }: { readonly input: InputName; readonly innerFolds: number; readonly seed: number },
): Promise<SplitScores> {
  const { codes, classes } = tables
  const { repeat, fold, shadow, scored } = split
  const fitAndScore = async (part: Split, ...stream: (string | number)[]): Promise<Matrix> => {
    const taught = gatherRows(tables.original, part.shadow)
    const fitSeed = randomStream(seed, 'fit', attacker.name, ...stream).integer(2 ** 31)
    const fitted = await attacker.fit(prepareInput(input, taught)(taught), codesOf(codes, part.shadow), {
      classes,
      seed: fitSeed,
    })
    const prepare = prepareInput(input, gatherRows(tables.unlearned, part.shadow))
    return fitted.scores(prepare(gatherRows(tables.unlearned, part.scored)))
  }
  const [probabilities, signs] = await Promise.all([
    fitAndScore(split, repeat, fold),
    innerFolds > 0
      ? chooseSigns(codes, innerFoldsOf(codes, shadow, classes, innerFolds), classes, (inner, index) =>
          fitAndScore(inner, repeat, fold, 'inner', index),
        )
      : undefined,
  ])
  return { repeat, fold, shadow, users: scored, codes: codesOf(codes, scored), probabilities, ...(signs && { signs }) }
}
