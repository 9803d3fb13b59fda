/** @file The one trainer: epochs of batches under Adam, stopped by the ranking of validation items. */

import { badData, type Json, type Matrix } from '@indistinct/core'
import { adamStep, allocate, release } from '@indistinct/kernels'
import type { UserTables } from './user-tables.ts'

/** Options that every recommender has; they are stored with a trained one. */
export interface TrainingOptions {
  /** Names every random choice. */
  readonly seed: number
  /** Most epochs, one pass over the training interactions each. */
  readonly epochs: number
  /** Epochs between two looks at the validation items. */
  readonly validateEvery: number
  /** Training ends after that many looks without a better NDCG@10. */
  readonly patience: number
  readonly [name: string]: Json
}

/** Options of recommenders that are trained by gradients. */
export interface DescentOptions extends TrainingOptions {
  /**
   * Examples a step, which are training interactions, negatives not counted, or users; below 1, a share of the epoch.
   */
  readonly batch: number
  /** Adam's learning rate. */
  readonly lr: number
}

/**
 * An addition to the loss that knows user tables only: gradients by table name, each of its table's shape, with respect
 * to the loss as a mean over the batch. Tables are views of the present state and must not be written to or kept.
 */
export type Regulariser = (
  userTables: UserTables,
  at: { readonly epoch: number; readonly step: number },
) => Partial<UserTables>

export interface EpochProgress {
  readonly epoch: number
  readonly epochs: number
  /** Mean loss over the epoch's steps, without regularisation. */
  readonly loss: number
  /** NDCG@10 on the validation items, in epochs that look at them. */
  readonly ndcg?: number
}

export interface TrainingHooks {
  readonly onEpoch?: (progress: EpochProgress) => void
  readonly regulariser?: Regulariser
}

export interface History {
  readonly epochs: readonly { readonly epoch: number; readonly loss: number; readonly ndcg?: number }[]
  /** The epoch whose parameters were kept: the last one where there are no validation items. */
  readonly bestEpoch: number
  readonly bestNdcg?: number
}

/** A loss over training interactions with its gradient, on flat parameters in kernel memory. */
export interface Objective {
  /** What an epoch passes over: training interactions, or users with all of theirs. */
  readonly examples: number
  /** The least that a batch below 1 stands for. */
  readonly smallestBatch: number
  readonly parameters: Float32Array
  /** Written by `step`; of the length of `parameters`. */
  readonly gradient: Float32Array
  /** Shuffles, and draws what the epoch needs. */
  startEpoch(epoch: number): void
  /**
   * Mean loss of interactions first .. last - 1 of the epoch, and its gradient. `regularise` is called once with the
   * user tables of this step, before the gradient goes back from them to the parameters.
   */
  step(first: number, last: number, regularise: ((userTables: UserTables) => Partial<UserTables>) | undefined): number
  /** NDCG@10 of the present parameters on the validation items, if there are any. */
  validate(): number | undefined
}

/**
 * Trains `objective` in place and leaves it at the parameters of the best validation NDCG@10 (the earliest, among
 * equals).
 * @throws IndistinctError 'bad-data' when there is nothing to train on; Error when the loss stops being finite, with
 * epoch, step and loss.
 */
export function train(objective: Objective, options: DescentOptions, hooks: TrainingHooks = {}): History {
  checkDescent(options)
  const { parameters, gradient, examples } = objective
  const batch =
    options.batch < 1 ? Math.max(objective.smallestBatch, Math.ceil(options.batch * examples)) : options.batch
  if (examples === 0) throw nothingToTrainOn()
  const m = allocate(parameters.length)
  const v = allocate(parameters.length)
  const { regulariser } = hooks
  let step = 0
  const runEpoch = (epoch: number): number => {
    objective.startEpoch(epoch)
    let total = 0
    for (let first = 0; first < examples; first += batch) {
      const last = Math.min(first + batch, examples)
      const at = { epoch, step: ++step }
      const loss = objective.step(
        first,
        last,
        regulariser && ((tables) => checkedContributions(tables, regulariser(tables, at))),
      )
      if (!Number.isFinite(loss)) {
        throw new Error(
          `train: expected a finite loss, got ${loss} at epoch ${epoch}, step ${step}; a lower lr than ` +
            `${options.lr} may help`,
        )
      }
      adamStep(parameters, gradient, m, v, { lr: options.lr, step })
      total += loss * (last - first)
    }
    return total / examples
  }
  try {
    return untilBest({ parameters, runEpoch, validate: () => objective.validate() }, options, hooks)
  } finally {
    release(m)
    release(v)
  }
}

/** Something that gets better epoch by epoch. */
export interface Training {
  readonly parameters: Float32Array
  /** One pass; returns its mean loss. */
  runEpoch(epoch: number): number
  /** NDCG@10 of the present parameters on the validation items, if there are any. */
  validate(): number | undefined
}

/**
 * Runs epochs until looks at the validation items stop getting better, and leaves `parameters` at the best (the
 * earliest, among equals), or at the last where there are no validation items.
 */
export function untilBest(
  { parameters, runEpoch, validate }: Training,
  options: TrainingOptions,
  hooks: TrainingHooks = {},
): History {
  checkTraining(options)
  const epochs: { epoch: number; loss: number; ndcg?: number }[] = []
  let best: { epoch: number; ndcg: number; parameters: Float32Array } | undefined
  for (let epoch = 1, misses = 0; epoch <= options.epochs && misses < options.patience; epoch++) {
    const loss = runEpoch(epoch)
    const look = epoch % options.validateEvery === 0 || epoch === options.epochs
    const ndcg = look ? validate() : undefined
    const record = { epoch, loss, ...(ndcg !== undefined && { ndcg }) }
    epochs.push(record)
    hooks.onEpoch?.({ ...record, epochs: options.epochs })
    if (ndcg === undefined) continue
    misses++
    if (best && ndcg <= best.ndcg) continue
    best = { epoch, ndcg, parameters: parameters.slice() }
    misses = 0
  }
  if (best) parameters.set(best.parameters)
  return { epochs, bestEpoch: best?.epoch ?? epochs.length, ...(best && { bestNdcg: best.ndcg }) }
}

export function nothingToTrainOn(): Error {
  return badData(
    'train: expected a training interaction of a user with an item yet unseen, got none; check the split and the ' +
      'filter of the data set',
  )
}

/** gradient += contribution, where a regulariser gave one. */
export function addContribution(gradient: Matrix, contribution: Matrix | undefined): void {
  if (!contribution) return
  for (let i = 0; i < gradient.data.length; i++) gradient.data[i]! += contribution.data[i]!
}

/**
 * What a regulariser returned for `tables`.
 * @throws RangeError when it names another table or a gradient has not the shape of its table.
 */
export function checkedContributions(tables: UserTables, given: Partial<UserTables>): Partial<UserTables> {
  for (const [name, gradient] of Object.entries(given)) {
    const own = tables[name]
    if (!own) throw new RangeError(`regulariser: expected gradients of ${Object.keys(tables).join(', ')}, got ${name}`)
    if (gradient && (gradient.rows !== own.rows || gradient.cols !== own.cols)) {
      throw new RangeError(
        `regulariser: expected a gradient (${own.rows}, ${own.cols}) of table ${name}, got (${gradient.rows}, ` +
          `${gradient.cols})`,
      )
    }
  }
  return given
}

function checkTraining(options: TrainingOptions): void {
  for (const name of ['epochs', 'validateEvery', 'patience'] as const) {
    const value = options[name]
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`train: expected a positive integer ${name}, got ${value}`)
  }
}

function checkDescent({ batch, lr }: DescentOptions): void {
  if (!(batch > 0 && (batch < 1 || Number.isInteger(batch)))) {
    throw new RangeError(`train: expected a positive integer batch or a share below 1, got ${batch}`)
  }
  if (!(lr > 0)) throw new RangeError(`train: expected a positive lr, got ${lr}`)
}
