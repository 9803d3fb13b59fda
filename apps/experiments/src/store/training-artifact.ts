/** @file The training that the stages train and retrain share: what it may see, and what it leaves. */

import type { Json } from '@indistinct/core'
import type { Recommender, TrainedRecommender, TrainingData } from '@indistinct/recommenders'
import { readSplit } from './prepared-data.ts'
import type { StageContext } from './stage-context.ts'

/**
 * What a recommender trains on. `epochBy` 'test' hands it the test ratings to choose its epoch by, as the authors' code
 * does; nothing else ever shows them to training.
 */
export function trainingDataOf(prepared: string, epochBy: 'validation' | 'test' = 'validation'): TrainingData {
  const { users, items, train, validation, test } = readSplit(prepared)
  return { users, items, train, validation: epochBy === 'test' ? test : validation }
}

/** A listener to epochs that reports them as progress. */
export function epochProgress(context: StageContext): (epoch: { epoch: number; epochs: number; loss: number }) => void {
  return ({ epoch, epochs, loss }) =>
    context.progress(epoch / epochs, `epoch ${epoch} of at most ${epochs}, loss ${loss.toFixed(4)}`)
}

/** Writes tables/<name> (users, K), parameters/<name>, model.json and history.json. */
export function writeModel(
  { artifact }: StageContext,
  model: TrainedRecommender,
  { unscoredTables }: Pick<Recommender, 'unscoredTables'>,
): void {
  for (const [name, table] of Object.entries(model.userTables)) artifact.matrix(`tables/${name}`, table)
  for (const [name, parameter] of Object.entries(model.parameters)) artifact.matrix(`parameters/${name}`, parameter)
  artifact.json('model', {
    name: model.name,
    options: model.options,
    userTables: Object.keys(model.userTables),
    unscoredTables,
    ...(model.history?.engine && { engine: model.history.engine }),
  })
  artifact.json('history', model.history as unknown as Json)
}
