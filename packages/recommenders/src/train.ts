/** @file The one trainer: epochs of batches under Adam, stopped by the ranking of validation items. */

import { badData, checkOptions, type Json } from '@indistinct/core'
import { chosenEngine, type Engine } from '@indistinct/kernels'
import { deviceDescent } from './device/device-descent.ts'
import { kernelDescent } from './kernel-descent.ts'
import type { History, Objective, Regulariser } from './objective.ts'

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
  /** What trains: see `chosenEngine` of @indistinct/kernels. */
  readonly engine?: Engine
}

/**
 * Trains `objective` in place and leaves it at the parameters of the best validation NDCG@10 (the earliest, among
 * equals).
 * @throws IndistinctError 'bad-data' when there is nothing to train on; Error when the loss stops being finite, with
 * epoch, step and loss.
 */
export function train(objective: Objective, options: DescentOptions, hooks: TrainingHooks = {}): History {
  checkDescent(options)
  checkHooks(hooks)
  const { parameters, examples } = objective
  const batch =
    options.batch < 1 ? Math.max(objective.smallestBatch, Math.ceil(options.batch * examples)) : options.batch
  if (examples === 0) throw nothingToTrainOn()
  const engine = chosenEngine(hooks.engine)
  const start = engine === 'tfjs' ? deviceDescent : kernelDescent
  const descent = start(objective, { lr: options.lr, batch, regulariser: hooks.regulariser })
  try {
    const history = untilBest(
      {
        parameters,
        runEpoch(epoch) {
          objective.startEpoch(epoch)
          return descent.runEpoch(epoch)
        },
        validate() {
          descent.read()
          return objective.validate()
        },
      },
      options,
      hooks,
    )
    return { ...history, ...descent.record }
  } finally {
    descent.close()
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
  checkHooks(hooks)
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

function checkHooks(hooks: TrainingHooks): void {
  checkOptions('train', hooks, { onEpoch: 'function', regulariser: 'function', engine: 'string' })
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
  if (!(lr > 0 && lr < Infinity)) throw new RangeError(`train: expected a positive lr, got ${lr}`)
}
