/** @file The data set that a grid's choice names, as models see it. */

import {
  kCore,
  loadKnown,
  loadOwnFiles,
  syntheticDataset,
  withoutRareLabels,
  type Dataset,
  type OwnFiles,
} from '@indistinct/datasets'
import type { Choice } from '@indistinct/stages'
import { datasetNamed } from '../store/components.ts'

export interface ChosenDataset {
  /** As it is on disk, or generated. */
  readonly loaded: Dataset
  /** Without users and items of few interactions, and without rare labels. */
  readonly kept: Dataset
}

/**
 * The run's seed does not reach the data: repetitions differ in split and training, over the same users.
 * @param core least interactions of a user and an item
 */
export async function chosenDataset({ name, options = {} }: Choice, core: number): Promise<ChosenDataset> {
  const { leastUsers, ...own } = options
  const loaded = await load(name, own)
  const kept = kCore(loaded, core)
  return { loaded, kept: leastUsers === undefined ? kept : withoutRareLabels(kept, leastUsers as number) }
}

async function load(name: string, options: NonNullable<Choice['options']>): Promise<Dataset> {
  if (name === 'synthetic') return syntheticDataset(options)
  if (options['interactions'] !== undefined) return loadOwnFiles(options as unknown as OwnFiles)
  return loadKnown(await datasetNamed(name), options)
}
