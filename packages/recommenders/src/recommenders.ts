/** @file The recommenders by name. */

import { usageError, type Matrix } from '@indistinct/core'
import { bprMf } from './bpr-mf.ts'
import { ials } from './ials.ts'
import { lightgcn } from './lightgcn.ts'
import { nmf } from './nmf.ts'
import type { Recommender, TrainedRecommender } from './recommender.ts'
import type { TrainingOptions } from './train.ts'
import type { TrainingData } from './training-data.ts'

/** By their own names, which a test compares: stages find the file of each here, and load no other. */
const byName = { lightgcn, nmf, 'bpr-mf': bprMf, ials }

/** Every recommender, as the command line lists them. */
export const recommenders: readonly Recommender[] = Object.values(byName)

/**
 * The recommender of that name.
 * @throws IndistinctError 'usage' for an unknown name.
 */
export function recommender(name: string): Recommender {
  const found = recommenders.find((each) => each.name === name)
  if (!found)
    throw usageError(
      `unknown recommender ${JSON.stringify(name)}: expected one of ` +
        `${recommenders.map((each) => each.name).join(', ')}`,
    )
  return found
}

/** The trained recommender `name` whose parameters these are; options and data as in training. */
export function restore(
  name: string,
  options: Partial<TrainingOptions>,
  parameters: Readonly<Record<string, Matrix>>,
  data: TrainingData,
): TrainedRecommender {
  return recommender(name).restore(data, options, parameters)
}
