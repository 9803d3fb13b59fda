/** @file Retrain (paper, section 4): the D2D loss added to the recommendation loss, from the first step. */

import { checkOptions, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { d2d, type Pairing } from '@indistinct/losses'
import { checkCount, checkPositive } from '../checked-classes.ts'
import type { InTrainingMethod } from './in-training-method.ts'
import { withDevice, type Regulariser } from './regulariser.ts'
import { chosenTables, drawMembers, trainingClasses } from './training-labels.ts'

export interface RetrainOptions {
  /**
   * What the sum of MMD^2 over tables is multiplied with before the mean recommendation loss is added. Default 0.01.
   */
  readonly weight?: number
  /**
   * At most that many users of each class a step, drawn anew each time; classes up to it are taken whole. Default 512.
   */
  readonly sample?: number
  /** Steps between two gradients, each then `every` times as large. Default 1. */
  readonly every?: number
  /** How more than two classes become pairs, see `d2d` of @indistinct/losses. Default 'every'. */
  readonly pairing?: Pairing
  /** User tables to act on. Default: all that the recommender names. */
  readonly tables?: readonly string[]
  /** Names the draws of users; give the recommender's seed. Default 0. */
  readonly seed?: number
}

export const retrainDefaults = { weight: 0.01, sample: 512, every: 1, pairing: 'every', seed: 0 } as const

/**
 * A regulariser for recommenders' training: adds weight * sum over user tables of MMD^2 between the classes of `labels`
 * (one code a user) to the mean loss of a batch. Users without a label are left to the recommendation loss.
 *
 * A pass over N users costs N^2 kernel values, at every step: beyond `sample` users of a class, the loss is that of a
 * fresh stratified sample. The biased V-statistic of m users of a class has its within-class term (m - 1) / m as large
 * as an unbiased one, so a smaller sample also drives classes apart less.
 *
 * Deviation: the paper acts on one embedding; all tables are treated here, since those left out leak on.
 * Deviation: the paper gives no weight; 0.01 is chosen on ML-100K at one seed, see the README.
 * @throws RangeError on options that do not fit; IndistinctError 'bad-data' when the labels leave nothing to compare.
 */
export function d2dRegulariser(labels: Labels, options: RetrainOptions = {}): Regulariser {
  const caller = 'd2dRegulariser'
  checkOptions<RetrainOptions>(caller, options, {
    weight: 'number',
    sample: 'number',
    every: 'number',
    pairing: 'string',
    tables: 'list',
    seed: 'number',
  })
  const { weight, sample, every, pairing, seed } = { ...retrainDefaults, ...options }
  checkPositive(caller, 'weight', weight, true)
  checkCount(caller, 'sample', sample)
  if (sample < 2) throw new RangeError(`${caller}: expected sample of at least 2, got ${sample}`)
  checkCount(caller, 'every', every)
  const classes = trainingClasses(caller, labels)
  const sizes = classes.map((members) => members.length)
  const whole = classes.every((members) => members.length <= sample)
  const users = labels.codes.length

  const onKernels: Regulariser = (userTables, { step }) => {
    const contributions: Record<string, Matrix> = {}
    const tables = chosenTables(caller, userTables, options.tables, users)
    if ((step - 1) % every !== 0 || weight === 0) return contributions
    let seen = labels
    if (!whole) {
      const codes = new Int32Array(users).fill(-1)
      const random = randomStream(seed, 'retrain', step)
      for (const members of classes) for (const i of drawMembers(members, sample, random)) codes[i] = labels.codes[i]!
      seen = { classes: labels.classes, codes }
    }
    for (const [name, table] of tables) {
      const { gradient } = d2d(table, seen, { pairing, sizes })
      contributions[name] = matrix(
        users,
        table.cols,
        gradient.data.map((value) => weight * every * value),
      )
    }
    return contributions
  }
  return withDevice(onKernels, new URL('../device/retrain-program.js', import.meta.url), { labels, options })
}

/** The method, as `retrain` in the table of those that act during training. */
export const retrainMethod: InTrainingMethod<RetrainOptions> = {
  regulariser: d2dRegulariser,
  defaults: retrainDefaults,
  description: "the paper's Retrain: MMD^2 between classes added to the recommendation loss, trained from scratch",
}
