/** @file Adv-InT (paper, section 4): an adversary trained with the recommender, its gradient reversed on the users. */

import { checkOptions, gatherRows, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import type { InTrainingMethod } from './in-training-method.ts'
import { adversaryLoss, balancingWeights, newAdversary, trainAdversary, type Adversary } from './adversary.ts'
import { checkCount, checkPositive } from '../checked-classes.ts'
import { withDevice, type Regulariser } from './regulariser.ts'
import { chosenTables, drawMembers, trainingClasses } from './training-labels.ts'

export interface AdversarialOptions {
  /** lambda: what the adversary's reversed gradient is multiplied with. Default 0.01. */
  readonly weight?: number
  /** Hidden units of an adversary. Default 64. */
  readonly hidden?: number
  /** The adversary's Adam. Default 0.003. */
  readonly learningRate?: number
  /** The adversary's steps in each step of the recommender; the last one's gradient is the one reversed. Default 3. */
  readonly adversarySteps?: number
  /** At most that many labelled users for each of them, drawn anew each time. Default 1,024. */
  readonly batch?: number
  /** User tables to act on, an adversary each. Default: all that the recommender names. */
  readonly tables?: readonly string[]
  /** Names the adversaries' first weights and the draws of users; give the recommender's seed. Default 0. */
  readonly seed?: number
}

export const adversarialDefaults = {
  weight: 0.01,
  hidden: 64,
  learningRate: 0.003,
  adversarySteps: 3,
  batch: 1024,
  seed: 0,
} as const

/**
 * A regulariser for recommenders' training: one adversary for each user table learns to tell the class of a user from
 * its standardised embedding, by cross-entropy in which every class weighs the same, and the users are moved to raise
 * that loss by `weight` times its gradient (Ganin et al. 2016). Any number of classes; users without a label take no
 * part.
 *
 * Training begins anew at the recommender's step 1, so one regulariser may serve several trainings.
 *
 * Deviation: the paper gives neither width, learning rate nor weight; weight, rate and steps are chosen on ML-100K at
 * one seed, see the README. Deviation: the paper acts on one embedding; every table has an adversary here, since those
 * left out leak on. Deviation: the adversary reads standardised embeddings, see adversary.ts.
 * @throws RangeError on options that do not fit; IndistinctError 'bad-data' when the labels leave nothing to tell
 * apart.
 */
export function adversaryRegulariser(labels: Labels, options: AdversarialOptions = {}): Regulariser {
  const caller = 'adversaryRegulariser'
  checkOptions<AdversarialOptions>(caller, options, {
    weight: 'number',
    hidden: 'number',
    learningRate: 'number',
    adversarySteps: 'number',
    batch: 'number',
    tables: 'list',
    seed: 'number',
  })
  const { weight, hidden, learningRate, adversarySteps, batch, seed } = { ...adversarialDefaults, ...options }
  checkPositive(caller, 'weight', weight, true)
  checkPositive(caller, 'learningRate', learningRate)
  checkCount(caller, 'hidden', hidden)
  checkCount(caller, 'adversarySteps', adversarySteps)
  checkCount(caller, 'batch', batch)
  if (batch < 2) throw new RangeError(`${caller}: expected batch of at least 2 users, got ${batch}`)
  const classes = trainingClasses(caller, labels)
  const classWeights = balancingWeights(classes.map((members) => members.length))
  const classOf = new Int32Array(labels.codes.length).fill(-1)
  classes.forEach((members, c) => members.forEach((i) => (classOf[i] = c)))
  const labelled = Int32Array.from(classOf.keys()).filter((i) => classOf[i] !== -1)
  let adversaries = new Map<string, Adversary>()

  const onKernels: Regulariser = (userTables, { step }) => {
    if (step === 1) adversaries = new Map()
    const contributions: Record<string, Matrix> = {}
    for (const [name, table] of chosenTables(caller, userTables, options.tables, classOf.length)) {
      let adversary = adversaries.get(name)
      if (!adversary) {
        adversary = newAdversary(table.cols, hidden, classes.length, randomStream(seed, 'adversary', name))
        adversaries.set(name, adversary)
      }
      const random = randomStream(seed, 'adversary users', name, step)
      for (let s = 1; s <= adversarySteps; s++) {
        const users = drawMembers(labelled, batch, random)
        const codes = Int32Array.from(users, (i) => classOf[i]!)
        const { value, gradient, parameterGradient } = adversaryLoss(
          adversary,
          gatherRows(table, users),
          codes,
          classWeights,
        )
        if (!Number.isFinite(value))
          throw new Error(
            `${caller}: expected a finite loss of the adversary on table ${name}, got ${value} at step ${step}`,
          )
        trainAdversary(adversary, parameterGradient, learningRate)
        if (s === adversarySteps) contributions[name] = reversed(gradient, users, table.rows, weight)
      }
    }
    return contributions
  }
  return withDevice(onKernels, new URL('../device/adversary-program.js', import.meta.url), { labels, options })
}

/** -weight times the gradient of the drawn users, in their rows of (N, K). */
function reversed(gradient: Matrix, users: Int32Array, rows: number, weight: number): Matrix {
  const K = gradient.cols
  const out = matrix(rows, K)
  users.forEach((i, r) => {
    for (let k = 0; k < K; k++) out.data[i * K + k] = -weight * gradient.data[r * K + k]!
  })
  return out
}

/** The method, as `adversarial` in the table of those that act during training. */
export const adversarialMethod: InTrainingMethod<AdversarialOptions> = {
  regulariser: adversaryRegulariser,
  defaults: adversarialDefaults,
  description: "the paper's Adv-InT: an adversary on every user table during training, its gradient reversed",
}
