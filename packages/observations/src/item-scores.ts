/** @file The scores over all items that each recommender ranks by, with user tables as trained or replaced. */

import type { Matrix } from '@indistinct/core'
import { layerMean } from '@indistinct/kernels'
import {
  interactionGraph,
  lightgcnDefaults,
  type LightGcnOptions,
  type TrainedRecommender,
  type TrainingData,
  type UserTables,
} from '@indistinct/recommenders'
import { nmfScores } from './nmf-scores.ts'
import { innerProducts, type ScoreSource } from './score-source.ts'

/**
 * Scores of every user of `model`, in the order in which its `rank` sorts items. `tables` replace user tables as they
 * do in `topK`; `data` is what the model was trained on.
 * @throws RangeError for a recommender whose scores are not known here.
 */
export function itemScores(model: TrainedRecommender, tables: Partial<UserTables>, data: TrainingData): ScoreSource {
  const table = (name: string): Matrix => tables[name] ?? model.userTables[name]!
  switch (model.name) {
    case 'lightgcn':
      return lightgcnScores(model, tables, data)
    case 'nmf':
      return nmfScores({ gmf: table('gmf'), mlp: table('mlp') }, model.parameters)
    case 'bpr-mf':
    case 'ials':
      return innerProducts(table('users'), model.parameters['items']!)
    default:
      throw new RangeError(
        `itemScores: expected a recommender among lightgcn, nmf, bpr-mf and ials, got ${JSON.stringify(model.name)}`,
      )
  }
}

/**
 * Replaced propagated users stand beside the items as trained; users replaced in layer 0 alone are propagated with
 * them.
 */
function lightgcnScores(model: TrainedRecommender, tables: Partial<UserTables>, data: TrainingData): ScoreSource {
  const { layers } = { ...lightgcnDefaults, ...(model.options as Partial<LightGcnOptions>) }
  const items = model.parameters['item-layer-0']!
  const propagated = (users: Matrix): { users: Matrix; items: Matrix } => {
    const nodes: Matrix = {
      rows: users.rows + items.rows,
      cols: items.cols,
      data: new Float32Array((users.rows + items.rows) * items.cols),
    }
    nodes.data.set(users.data)
    nodes.data.set(items.data, users.data.length)
    const out = { ...nodes, data: new Float32Array(nodes.data.length) }
    layerMean(interactionGraph(data.train), nodes, layers, out)
    return {
      users: { ...users, data: out.data.subarray(0, users.data.length) },
      items: { ...items, data: out.data.subarray(users.data.length) },
    }
  }
  const own = model.parameters['user-layer-0']!
  const replaced = tables['propagated']
  if (replaced) return innerProducts(replaced, propagated(own).items)
  const both = propagated(tables['layer-0'] ?? own)
  return innerProducts(both.users, both.items)
}
