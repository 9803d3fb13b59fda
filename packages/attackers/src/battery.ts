/**
 * @file The battery: which attackers an audit runs, on what input, under which protocols, and which of them the
 * permutation test fits again. What is left out costs more than it tells; the costs that decided are in
 * docs/statistics.md.
 */

import { bestOfFour } from './attackers/best-of.ts'
import { knn } from './attackers/knn.ts'
import { logistic } from './attackers/logistic.ts'
import { mlp } from './attackers/mlp.ts'
import { on, type BatteryEntry } from './battery-entry.ts'
import { inputNames } from './models/prepared-input.ts'
import { qda } from './attackers/qda.ts'
import { radius } from './attackers/radius.ts'
import { svm } from './attackers/svm.ts'
import { xgb } from './attackers/xgb.ts'

export const battery: Readonly<Record<string, BatteryEntry>> = {
  mlp: {
    attacker: mlp,
    unsigned: true,
    description: 'one hidden layer of 100, L2 penalty 1.0, as in the paper',
    // Its 200 fits would take as long as those of all others together: its scores are held fixed.
    attacks: [...on('paper', inputNames, 0), ...on('five-fold', ['standardised'], 0)],
  },
  xgb: {
    attacker: xgb,
    unsigned: true,
    description: 'XGBoost with its defaults, as in the paper: 100 trees of depth 6',
    ownThreads: true,
    attacks: [...on('paper', ['raw', 'whitened'], { raw: 1 }), ...on('five-fold', ['raw', 'whitened'], 0)],
  },
  logistic: {
    attacker: logistic,
    description: 'L2-penalised logistic regression: what a linear attacker sees',
    attacks: [...on('paper', inputNames, 3), ...on('five-fold', ['standardised'], 1)],
  },
  qda: {
    attacker: qda,
    description: 'quadratic discriminant: what means and covariances tell',
    attacks: [...on('paper', inputNames, 3), ...on('five-fold', ['standardised'], 1)],
  },
  knn: {
    attacker: knn,
    unsigned: true,
    description: 'the nearest known users vote; how many is cross-validated',
    // Its 200 fits would take as long as the tests of six others.
    attacks: on('paper', inputNames, 0),
  },
  svm: {
    attacker: svm,
    unsigned: true,
    description: 'support vector machine with a Gaussian kernel',
    attacks: on('paper', inputNames, { standardised: 1 }),
  },
  radius: {
    attacker: radius,
    description: 'distances to the classes’ centres alone: what a class drawn together shows',
    attacks: on('paper', inputNames, 3),
  },
  'best-of': {
    attacker: bestOfFour,
    unsigned: true,
    description: 'the best of logistic, qda, radius and svm on any input, chosen within the shadow set',
    attacks: on('paper', ['raw'], 1),
  },
}
