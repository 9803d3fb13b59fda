/** @file train: fits a recommender and writes every user table that leaks, by name. */

import { recommender, type TrainingHooks } from '@indistinct/recommenders'
import type { Choice } from '@indistinct/stages'
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
  writeModel(
    context,
    recommender(choice.name).train(data, { ...choice.options, seed }, { onEpoch: epochProgress(context), engine }),
  )
}
