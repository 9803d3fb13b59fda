/** @file What an attack takes each user for, over all splits that scored it. */

import type { SplitScores } from '../protocols/scoring.ts'

/**
 * The class of the largest mean probability of each of the N users, the first of equals; -1 for users that no split
 * scored.
 * @param classes number of classes, the columns of the splits' probabilities
 */
export function meanPredictions(
  splits: readonly Pick<SplitScores, 'users' | 'probabilities'>[],
  classes: number,
  users: number,
): Int32Array {
  const sums = new Float64Array(users * classes)
  const scored = new Uint8Array(users)
  for (const { users: rows, probabilities } of splits) {
    rows.forEach((row, i) => {
      scored[row] = 1
      for (let c = 0; c < classes; c++) sums[row * classes + c]! += probabilities.data[i * classes + c]!
    })
  }
  return Int32Array.from({ length: users }, (_, row) => {
    if (scored[row] === 0) return -1
    let best = 0
    for (let c = 1; c < classes; c++) if (sums[row * classes + c]! > sums[row * classes + best]!) best = c
    return best
  })
}
