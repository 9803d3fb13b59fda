/** @file The fit of a closed form over shards, in a file that `unlearn --update` reads. */

import { writeFileAtomic } from '@indistinct/core'
import { classDifferences, fittedUnlearner, type UnlearnedShards } from '@indistinct/unlearners'
import { fitText, ownersOnly } from '../unlearn/fit-file.ts'
import type { ShardPlan } from './shard-plan.ts'
import type { ShardSample } from './shard-sample.ts'

/** Writes it to `path`; how far apart classes are left is measured on `sample`, rows of the table as it came. */
export function writeShardFit(
  path: string,
  plan: ShardPlan,
  { map, parameters }: UnlearnedShards,
  { rows, labels }: ShardSample,
): void {
  if (!map) throw new RangeError(`writeShardFit: expected a closed form, got ${plan.method}`)
  const fitted = fittedUnlearner({
    method: plan.method,
    parameters,
    classes: plan.attribute.classes.map((each) => each.name),
    columns: plan.dimensions,
    map,
    exact: true,
  })
  const reference = classDifferences(fitted.apply(rows, labels), labels, { seed: plan.seed })
  const { name, classes } = plan.attribute
  const users = classes.reduce((sum, each) => sum + each.users, 0)
  const text = fitText({ fitted, attribute: name, reference, users, dimensions: plan.columns })
  writeFileAtomic(path, text, { mode: ownersOnly })
}
