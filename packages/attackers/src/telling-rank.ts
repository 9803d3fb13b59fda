/** @file Which attacks of an audit tell most, where a budget does not suffice for all. */

import type { PlannedAttack } from './attack.ts'

/** Of two attackers that see the same, the one that knows more labels tells more; inputs make less of a difference. */
const telling = ['logistic', 'qda', 'svm', 'xgb', 'mlp', 'radius', 'knn', 'best-of']

/** Ranks of what tells most come first. */
export function tellingRank({ attacker, protocol, input }: PlannedAttack): number {
  const at = telling.indexOf(attacker.name)
  const ofInput = attacker.scaleFree
    ? { raw: 0, whitened: 1, standardised: 2 }
    : { standardised: 0, whitened: 1, raw: 2 }
  return 100 * ofInput[input] + 10 * (at < 0 ? telling.length : at) + (protocol === 'five-fold' ? 0 : 1)
}
