/**
 * @file observe: what outsiders see of a model with its user tables as trained or as unlearned, as tables to be
 * attacked.
 */

import type { Json, Matrix } from '@indistinct/core'
import { observedTables } from '@indistinct/observations'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { readSplit } from '../store/prepared-data.ts'
import { restoredModel } from '../store/restored-model.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'

interface Parameters {
  readonly top: number
  readonly width: number
  readonly seed: number
}

/**
 * Writes tables/scores.npy, tables/top-<k>.npy and tables/top-<k>-surrogate.npy, and observed.json: what the rows of
 * each are.
 */
export async function run(context: StageContext): Promise<void> {
  const options = context.parameters as unknown as Parameters
  const trained = upstreamOf(context, 'train')
  const tablesFrom = upstreamOf(context, 'tables')
  const split = readSplit(upstreamOf(context, 'prepare'))
  const model = await restoredModel(trained, split)
  const replaced: Record<string, Matrix> = tablesFrom === trained ? {} : readMatricesOf(tablesFrom, 'tables')
  const about: { [table: string]: Json } = {}
  for (const { name, table, description, exact, explained } of observedTables(model, replaced, split, options)) {
    context.artifact.matrix(`tables/${name}`, table)
    about[name] = { description, ...(exact !== undefined && { exact, explained: explained! }) }
  }
  context.artifact.json('observed', about)
}
