/**
 * @file The permutation test that repeats the whole attack: labels are permuted among the users that have one, users
 * are drawn, split and balanced anew by the protocol as for the true labels, attackers are fitted again, and the same
 * statistic is taken. If labels have nothing to do with vectors, the true ones are one permutation among the others,
 * and p is exact for any attacker, protocol and number of repeats: given the vectors as a set, statistics of the true
 * labels and of each permutation are independent draws from one distribution.
 *
 * The statistic is that of the first `repeats` repeats, for the true labels too: fewer than the estimate has, since
 * each permutation costs as many fits. Attacks under one protocol share what is done with the rows of each split.
 */

import { randomStream, type Matrix } from '@indistinct/core'
import { auc } from '@indistinct/metrics'
import { testedClasses } from '../protocols/attack-metrics.ts'
import type { Attacker } from '../attacker.ts'
import type { InputName } from '../models/prepared-input.ts'
import type { Protocol } from '../protocols/protocol.ts'
import { dealtAnew } from './relabelling.ts'
import { preparedSplit } from '../protocols/prepared-split.ts'
import { codesOf, fitAndScore, type SplitScores } from '../protocols/scoring.ts'

/** What is attacked: rows of each class, and the code of each row, -1 where it has none. */
export interface LabelledTable {
  readonly embedding: Matrix
  readonly codes: Int32Array
  readonly rowsOfClass: readonly Int32Array[]
}

/** An attack that is repeated under each permutation. */
export interface RefittedAttack {
  readonly attacker: Attacker
  readonly input: InputName
  readonly repeats: number
}

export interface RefitOptions {
  readonly seed: number
  /** Permutations from .. to - 1, numbered from 1. */
  readonly from: number
  readonly to: number
}

/**
 * Deviation of each attack (A) under each of the permutations (to - from): the mean over tested classes of |A - 1/2|, A
 * being the class's mean AUC over the splits. Permutation b is the same relabelling for every attack of the same seed.
 */
export async function refitDeviations(
  { embedding, codes, rowsOfClass }: LabelledTable,
  attacks: readonly RefittedAttack[],
  protocol: Protocol,
  { seed, from, to }: RefitOptions,
): Promise<Float64Array[]> {
  const classes = rowsOfClass.length
  const out = attacks.map(() => new Float64Array(to - from))
  const labelled = Int32Array.from([...codes.keys()].filter((row) => codes[row]! >= 0))
  const repeats = Math.max(...attacks.map((attack) => attack.repeats))
  for (let b = from; b < to; b++) {
    const permuted = dealtAnew(codes, labelled, seed, b)
    const rows = rowsOfClass.map((_, c) => labelled.filter((row) => permuted[row] === c))
    const aucs: Float64Array[][] = attacks.map(() => [])
    // Draws of its own: under those of the true labels, relabellings would resemble one another more than the true
    // labels (which may be sorted) and p would be too small.
    const own = randomStream(seed, 'relabelled-draws', b).integer(2 ** 31)
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [fold, split] of protocol.splits(rows, { seed: own, repeat }).entries()) {
        const prepared = preparedSplit(embedding, split)
        const scored = codesOf(permuted, split.scored)
        for (const [a, { attacker, input, repeats: wanted }] of attacks.entries()) {
          if (repeat >= wanted) continue
          const scores = await fitAndScore(prepared, permuted, attacker, { classes, input, seed: own }, [repeat, fold])
          aucs[a]!.push(testedAucs(scores, scored))
        }
      }
    }
    aucs.forEach((each, a) => (out[a]![b - from] = meanDeviation(each, classes)))
  }
  return out
}

/** The same statistic for the true labels, from the splits that were scored already. */
export function observedDeviation(splits: readonly SplitScores[], classes: number, repeats: number): number {
  const first = splits.filter(({ repeat }) => repeat < repeats)
  return meanDeviation(
    first.map(({ probabilities, codes }) => testedAucs(probabilities, codes)),
    classes,
  )
}

/** One-versus-rest AUC of each tested class. */
function testedAucs({ rows, cols, data }: Matrix, codes: Int32Array): Float64Array {
  const column = new Float64Array(rows)
  return Float64Array.from(testedClasses(cols), (c) => {
    for (let i = 0; i < rows; i++) column[i] = data[i * cols + c]!
    return auc(
      column,
      codes.map((code) => (code === c ? 1 : 0)),
    )
  })
}

function meanDeviation(aucs: readonly Float64Array[], classes: number): number {
  const tested = testedClasses(classes).length
  let sum = 0
  for (let t = 0; t < tested; t++)
    sum += Math.abs(aucs.reduce((total, values) => total + values[t]!, 0) / aucs.length - 0.5)
  return sum / tested
}
