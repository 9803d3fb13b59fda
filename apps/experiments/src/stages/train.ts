/** @file train: fits a recommender and writes every user table that leaks, by name. */

import type { Json } from '@indistinct/core'
import { recommender } from '@indistinct/recommenders'
import type { Choice } from '@indistinct/stages'
import { readSplit } from '../store/prepared-data.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'

/** Writes tables/<name> (users, K), parameters/<name>, model.json and history.json. */
export async function run(context: StageContext): Promise<void> {
  const { recommender: choice, seed } = context.parameters as unknown as { recommender: Choice; seed: number }
  const { users, items, train, validation } = readSplit(upstreamOf(context, 'prepare'))
  const model = recommender(choice.name).train({ users, items, train, validation }, { ...choice.options, seed }, {
    onEpoch: ({ epoch, epochs, loss }) => context.progress(epoch / epochs, `epoch ${epoch} of at most ${epochs}, loss ${loss.toFixed(4)}`),
  })
  for (const [name, table] of Object.entries(model.userTables)) context.artifact.matrix(`tables/${name}`, table)
  for (const [name, parameter] of Object.entries(model.parameters)) context.artifact.matrix(`parameters/${name}`, parameter)
  context.artifact.json('model', { name: model.name, options: model.options, userTables: Object.keys(model.userTables) })
  context.artifact.json('history', model.history as unknown as Json)
}
