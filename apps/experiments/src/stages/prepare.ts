/** @file prepare: loads a data set, applies the k-core filter and splits it; users' ids and labels travel along. */

import type { Json } from '@indistinct/core'
import { describe, splitLeaveOneOut, splitRatio } from '@indistinct/datasets'
import type { Choice, SplitChoice } from '@indistinct/stages'
import { chosenDataset } from './prepare-dataset.ts'
import type { StoredLabels } from '../store/prepared-data.ts'
import type { StageContext } from '../store/stage-context.ts'

interface Parameters {
  readonly dataset: Choice
  readonly core: number
  readonly split: SplitChoice
  readonly seed: number
}

/** Writes data.json, users.json, labels.json and the sparse matrices train, validation and test. */
export async function run(context: StageContext): Promise<void> {
  const { dataset: choice, core, split: kind, seed } = context.parameters as unknown as Parameters
  const { artifact } = context
  const { loaded, kept: dataset } = await chosenDataset(choice, core)
  const split =
    kind.kind === 'ratio' ? splitRatio(dataset, { seed, ratios: kind.ratios }) : splitLeaveOneOut(dataset, { seed })
  const labels: { [attribute: string]: StoredLabels } = {}
  for (const [name, { classes, codes }] of Object.entries(dataset.attributes))
    labels[name] = { classes, codes: [...codes] }
  artifact.json('data', { loaded: describe(loaded), kept: describe(dataset), notes: dataset.notes } as unknown as Json)
  artifact.json('users', dataset.users)
  artifact.json('labels', labels as unknown as Json)
  artifact.csr('train', split.train)
  artifact.csr('validation', split.validation)
  artifact.csr('test', split.test)
}
