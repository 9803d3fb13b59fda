/**
 * @file The paper's protocol: users are drawn in equal numbers of each class, the attacker knows the labels of 10 % of
 * them (as many of each class), and the others are scored.
 */

import { randomStream } from '@indistinct/core'
import { balancedSample, joinRows } from './balanced-sample.ts'
import type { Protocol } from './protocol.ts'

const shadowShare = 0.1

export const paperProtocol: Protocol = {
  name: 'paper',
  description: 'the attacker knows the labels of 10 % of a balanced sample of users, the others are scored',
  smallestClass: 20,
  defaultRepeats: 10,
  crossValidated: false,
  /**
   * Of two users, the first teaches and the second is scored in a share q of repeats. Over R repeats let that be so n
   * times, and m times the other way round. Both ways go together in the worst case: the variance is then
   * E(n + m)^2 / E(n^2 + m^2) times that of one way, and E nm = R (R - 1) q^2, E n^2 = R q (1 - q) + R^2 q^2.
   */
  spread(repeats) {
    const both = (repeats - 1) * shadowShare * (1 - shadowShare)
    return Math.sqrt(1 + both / (1 + both))
  },
  splits(rowsOfClass, { seed, repeat }) {
    const sample = balancedSample(rowsOfClass, randomStream(seed, 'paper-protocol', repeat))
    const known = Math.round(shadowShare * sample[0]!.length)
    return [
      {
        shadow: joinRows(sample.map((rows) => rows.subarray(0, known))),
        scored: joinRows(sample.map((rows) => rows.subarray(known))),
      },
    ]
  },
}
