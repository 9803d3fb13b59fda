/**
 * @file Upper bounds on what a whole class of attackers reaches on users drawn like those at hand, with confidence 1 -
 * delta.
 *
 * One lemma bounds them all. Let S be the supremum, over the class, of a mean over n1 users with the label less a mean
 * over n0 without (or of an AUC), taken on the sample. Its expectation is at least the supremum of the expectations,
 * which is what the best attacker of the class reaches (Jensen). Another vector for one of the n1 users changes S by c
 * / n1 at most, for one of the n0 by c / n0. So S is below its expectation by more than r = c sqrt((1/n1 + 1/n0)
 * ln(1/delta) / 2) with probability delta at most (McDiarmid 1989). The number of attackers in the class, or of cells,
 * does not enter.
 *
 * The class must be fixed without the users at hand, and vectors must be independent given labels: no map may have seen
 * these labels.
 */

import { gatherRows, type Matrix } from '@indistinct/core'
import { auc } from './auc.ts'

export interface CertifiedBound {
  /** The best of the class on the sample. */
  readonly sample: number
  /** r: what is added to it. */
  readonly margin: number
  /** Upper bound, with confidence 1 - delta; at most what is possible at all. */
  readonly bound: number
}

/** Change of S for another vector of one user, times the number of users of that label. */
function bounded(
  sample: number,
  [with1, without]: readonly [number, number],
  delta: number,
  most: number,
  c = 1,
): CertifiedBound {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`certified bounds: expected delta in (0, 1), got ${delta}`)
  const margin = c * Math.sqrt(((1 / with1 + 1 / without) * Math.log(1 / delta)) / 2)
  return { sample, margin, bound: Math.min(most, sample + margin) }
}

/** Users with the label and without, both at least one. @throws RangeError where one is missing. */
function counted(positive: Uint8Array): [number, number] {
  const with1 = positive.reduce((sum, value) => sum + value, 0)
  const counts: [number, number] = [with1, positive.length - with1]
  if (Math.min(...counts) < 1)
    throw new RangeError(`certified bounds: expected users with and without the label, got ${counts.join(' and ')}`)
  return counts
}

export interface BoundedAttackers {
  /**
   * Difference between the rate of saying "has it" for users who do and who do not; balanced accuracy is (1 + it) / 2.
   */
  readonly advantage: CertifiedBound
  readonly auc: CertifiedBound
}

/**
 * Any attacker whatever, where all that is released of a user is one of finitely many vectors. The advantage is the
 * total variation between the two distributions over cells; the AUC that of scoring cells by their share of users with
 * the label.
 * @param cells of each user (n), whole numbers of any kind
 * @param positive 1 for users with the label (n)
 */
export function cellBounds(cells: ArrayLike<number>, positive: Uint8Array, delta: number): BoundedAttackers {
  const counts = counted(positive)
  const inCell = new Map<number, [number, number]>()
  for (let i = 0; i < positive.length; i++) {
    const own = inCell.get(cells[i]!) ?? [0, 0]
    own[positive[i] === 1 ? 0 : 1]++
    inCell.set(cells[i]!, own)
  }
  let variation = 0
  for (const [with1, without] of inCell.values()) variation += Math.abs(with1 / counts[0] - without / counts[1]) / 2
  const scores = Float64Array.from(
    positive,
    (_, i) => inCell.get(cells[i]!)![0] / (inCell.get(cells[i]!)![0] + inCell.get(cells[i]!)![1]),
  )
  return { advantage: bounded(variation, counts, delta, 1), auc: bounded(auc(scores, positive), counts, delta, 1) }
}

/**
 * Attackers who look at one column of x (n, K), whichever, and decide by a threshold on it or score by it, rising or
 * falling. The advantage is the largest Kolmogorov-Smirnov distance. All columns and directions are one class: choosing
 * among them costs nothing more.
 */
export function thresholdBounds(x: Matrix, positive: Uint8Array, delta: number): BoundedAttackers {
  const counts = counted(positive)
  let [distance, best] = [0, 0.5]
  for (let k = 0; k < x.cols; k++) {
    const column = Float64Array.from(positive, (_, i) => x.data[i * x.cols + k]! + 0)
    distance = Math.max(distance, kolmogorovSmirnov(column, positive, counts))
    const own = auc(column, positive)
    best = Math.max(best, own, 1 - own)
  }
  return { advantage: bounded(distance, counts, delta, 1), auc: bounded(best, counts, delta, 1) }
}

function kolmogorovSmirnov(
  column: Float64Array,
  positive: Uint8Array,
  [with1, without]: readonly [number, number],
): number {
  const order = Int32Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!)
  let [difference, most] = [0, 0]
  order.forEach((i, at) => {
    difference += positive[i] === 1 ? 1 / with1 : -1 / without
    // Equal values are on one side of every threshold.
    if (at + 1 === order.length || column[order[at + 1]!]! > column[i]!) most = Math.max(most, Math.abs(difference))
  })
  return most
}

/**
 * Attackers who say "has it" with probability (1 + f) / 2, f any function of norm at most 1 in the space of the
 * Gaussian kernel exp(-d^2 / bandwidth). The largest difference of means of f is the distance of the mean embeddings
 * (MMD); their advantage is half of it. Two features are at most sqrt(2) apart, which is c.
 * @param x (n, K); pairs of all rows are compared
 * @param bandwidth a squared distance, fixed without these users
 */
export function kernelBound(x: Matrix, positive: Uint8Array, bandwidth: number, delta: number): CertifiedBound {
  if (!(bandwidth > 0 && Number.isFinite(bandwidth)))
    throw new RangeError(`kernelBound: expected a bandwidth above 0, got ${bandwidth}`)
  const counts = counted(positive)
  const rows = [1, 0].map((value) =>
    gatherRows(
      x,
      Int32Array.from(positive.keys()).filter((i) => positive[i] === value),
    ),
  )
  const mean = (a: Matrix, b: Matrix): number => {
    let sum = 0
    for (let i = 0; i < a.rows; i++) {
      for (let j = 0; j < b.rows; j++) {
        let square = 0
        for (let k = 0, p = i * a.cols, q = j * b.cols; k < a.cols; k++, p++, q++)
          square += (a.data[p]! - b.data[q]!) ** 2
        sum += Math.exp(-square / bandwidth)
      }
    }
    return sum / a.rows / b.rows
  }
  const [own, other] = rows as [Matrix, Matrix]
  const squared = mean(own, own) + mean(other, other) - 2 * mean(own, other)
  return bounded(Math.sqrt(Math.max(0, squared)) / 2, counts, delta, 1, Math.SQRT1_2)
}
