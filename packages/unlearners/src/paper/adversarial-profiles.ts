/**
 * @file The attacker's class probabilities as users' profiles, kept up to date as users move (paper, section 3.5.2).
 */

import { gatherRows, labelledRows, matrix, randomStream, rowOf, type Labels, type Matrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import { adversaryLoss, adversaryProbabilities, balancingWeights, newAdversary, trainAdversary } from './adversary.ts'

export interface AdversarialProfilesOptions {
  /** Adam steps of the attacker before users move. Default 200. */
  readonly firstSteps?: number
  /** Passes between two updates of attacker and profiles. Default 10. */
  readonly refreshEvery?: number
  /** Adam steps of the attacker at each update. Default 10. */
  readonly refreshSteps?: number
  /** Names the attacker's first weights. Default 0. */
  readonly seed?: number
}

export const adversarialProfilesDefaults = { firstSteps: 200, refreshEvery: 10, refreshSteps: 10, seed: 0 } as const

const hidden = 64
const learningRate = 0.01

/**
 * The L2 of the paper's attacker, 1 over a batch of 200 users. Without it the attacker learns the users by heart, its
 * predictions are their labels, and the divergence is the one-hot one again.
 */
const decay = 0.005

/**
 * A function of theta (N, K) and the pass, from 1, that gives each labelled user the probabilities (N, C) an attacker
 * predicts for it, zeros without a label. The attacker is trained on all labelled users of theta, classes weighing the
 * same, and goes on from where it was; between updates the same matrix is returned.
 */
export function adversarialProfiles(
  labels: Labels,
  options: AdversarialProfilesOptions = {},
): (theta: Matrix, pass: number) => Matrix {
  const { firstSteps, refreshEvery, refreshSteps, seed } = { ...adversarialProfilesDefaults, ...options }
  const rows = labelledRows(labels)
  let state:
    | {
        readonly adversary: ReturnType<typeof newAdversary>
        readonly codes: Int32Array
        readonly weights: Float64Array
        profiles: Matrix
      }
    | undefined
  return (theta, pass) => {
    if (state && (pass - 1) % refreshEvery !== 0) return state.profiles
    const users = gatherRows(theta, rows)
    const steps = state ? refreshSteps : firstSteps
    if (!state) {
      const classes = classRows('adversarialProfiles', theta, labels)
      const codeOf = new Int32Array(theta.rows)
      classes.forEach((members, c) => members.forEach((i) => (codeOf[i] = c)))
      state = {
        adversary: newAdversary(theta.cols, hidden, classes.length, randomStream(seed, 'adversarial profiles')),
        codes: Int32Array.from(rows, (i) => codeOf[i]!),
        weights: balancingWeights(classes.map((members) => members.length)),
        profiles: matrix(theta.rows, classes.length),
      }
    }
    const { adversary, codes, weights, profiles } = state
    for (let step = 0; step < steps; step++)
      trainAdversary(adversary, adversaryLoss(adversary, users, codes, weights).parameterGradient, learningRate, decay)
    const predicted = adversaryProbabilities(adversary, users)
    rows.forEach((i, r) => rowOf(profiles, i).set(rowOf(predicted, r)))
    return profiles
  }
}
