/** @file retrain: fits a recommender from scratch under a method that acts during training, and so sees labels. */

import type { TrainingHooks } from '@indistinct/recommenders'
import type { Choice } from '@indistinct/stages'
import { inTrainingNamed, recommenderNamed } from '../store/components.ts'
import { readLabels } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'
import { epochProgress, trainingDataOf, writeModel } from '../store/training-artifact.ts'
import { tablesToProtect } from '../store/tables-to-protect.ts'

interface Parameters {
  readonly recommender: Choice
  readonly method: Choice
  readonly attribute: string
  readonly seed: number
  readonly epochBy?: 'validation' | 'test'
  readonly engine?: TrainingHooks['engine'] & {}
}

/** Writes what `writeModel` does, and method.json. */
export async function run(context: StageContext): Promise<void> {
  const {
    recommender: choice,
    method,
    attribute,
    seed,
    epochBy,
    engine = 'kernels',
  } = context.parameters as unknown as Parameters
  const prepared = upstreamOf(context, 'prepare')
  const { regulariser, defaults } = await inTrainingNamed(method.name)
  const recommender = await recommenderNamed(choice.name)
  const options = {
    ...defaults,
    ...method.options,
    tables: [...tablesToProtect(method.options?.['tables'], recommender.userTables)],
    seed,
  }
  const hooks = {
    onEpoch: epochProgress(context),
    regulariser: regulariser(readLabels(prepared, attribute), options),
    engine,
  }
  const data = trainingDataOf(prepared, epochBy)
  writeModel(context, recommender.train(data, { ...choice.options, seed }, hooks), recommender)
  context.artifact.json('method', { name: method.name, options })
}
