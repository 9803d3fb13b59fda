/** @file A trained recommender from its artifact. */

import type { TrainedRecommender, TrainingData } from '@indistinct/recommenders'
import { readJsonOf, readMatricesOf } from './artifact-folder.ts'
import { recommenderNamed } from './components.ts'
import type { StoredModel } from './trained-model.ts'

/** The model of the train artifact in the folder `trained`; `data` as in training. */
export async function restoredModel(trained: string, data: TrainingData): Promise<TrainedRecommender> {
  const { name, options } = readJsonOf<StoredModel>(trained, 'model')
  return (await recommenderNamed(name)).restore(data, options, readMatricesOf(trained, 'parameters'))
}
