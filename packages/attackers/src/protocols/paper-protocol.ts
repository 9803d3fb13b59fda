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
