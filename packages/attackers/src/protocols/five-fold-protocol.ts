/**
 * @file Stratified five-fold cross-validation on a balanced sample, the protocol of the authors' code: the attacker
 * knows the labels of four fifths and the rest is scored, five times. It is the strongest attacker this sample allows.
 */

import { randomStream } from '@indistinct/core'
import { balancedSample, joinRows } from './balanced-sample.ts'
import type { Protocol, Split } from './protocol.ts'

export const fiveFoldProtocol: Protocol = {
  name: 'five-fold',
  description:
    'the attacker knows the labels of four fifths of a balanced sample of users, each fifth is scored in turn',
  smallestClass: 10,
  defaultRepeats: 2,
  crossValidated: true,
  spread: () => Math.SQRT2,
  splits: (rowsOfClass, { seed, repeat }) =>
    stratifiedFolds(balancedSample(rowsOfClass, randomStream(seed, 'five-fold-protocol', repeat)), 5),
}

/** Deals the rows of each class over `folds` parts; each part is scored once, the others being the shadow set. */
export function stratifiedFolds(rowsOfClass: readonly Int32Array[], folds: number): Split[] {
  return Array.from({ length: folds }, (_, fold) => ({
    shadow: joinRows(rowsOfClass.map((rows) => rows.filter((_, i) => i % folds !== fold))),
    scored: joinRows(rowsOfClass.map((rows) => rows.filter((_, i) => i % folds === fold))),
  }))
}
