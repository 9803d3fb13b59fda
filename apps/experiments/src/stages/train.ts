/** @file train: fits a recommender and writes every user table that leaks, by name. */

import type { TrainingHooks } from '@indistinct/recommenders'
import type { Choice } from '@indistinct/stages'
import { recommenderNamed } from '../store/components.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { epochProgress, trainingDataOf, writeModel } from '../store/training-artifact.ts'

interface Parameters {
  readonly recommender: Choice
  readonly seed: number
  readonly epochBy?: 'validation' | 'test'
  readonly engine?: TrainingHooks['engine'] & {}
}

/** Writes what `writeModel` does. */
export async function run(context: StageContext): Promise<void> {
  const { recommender: choice, seed, epochBy, engine = 'kernels' } = context.parameters as unknown as Parameters
  const data = trainingDataOf(upstreamOf(context, 'prepare'), epochBy)
  const recommender = await recommenderNamed(choice.name)
  const hooks = { onEpoch: epochProgress(context), engine }
  writeModel(context, recommender.train(data, { ...choice.options, seed }, hooks), recommender)
}
