/** @file retrain: fits a recommender from scratch under a method that acts during training, and so sees labels. */

import { usageError } from '@indistinct/core'
import { recommender, type TrainingHooks } from '@indistinct/recommenders'
import type { Choice } from '@indistinct/stages'
import { inTrainingMethods, type InTrainingName } from '@indistinct/unlearners'
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
  const { regulariser, defaults } = inTrainingMethods[method.name as InTrainingName] ?? unknownMethod(method.name)
  const trained = recommender(choice.name)
  const options = {
    ...defaults,
    ...method.options,
    tables: [...tablesToProtect(method.options?.['tables'], trained.userTables)],
    seed,
  }
  const hooks = {
    onEpoch: epochProgress(context),
    regulariser: regulariser(readLabels(prepared, attribute), options),
    engine,
  }
  writeModel(context, trained.train(trainingDataOf(prepared, epochBy), { ...choice.options, seed }, hooks))
  context.artifact.json('method', { name: method.name, options })
}

function unknownMethod(name: string): never {
  throw usageError(`expected a method among ${Object.keys(inTrainingMethods).join(', ')}, got ${JSON.stringify(name)}`)
}
