/**
 * @file The regulariser of the authors' code in the unlearn stage: the order of each user's best 20 items, by a margin.
 */

import { matrix, usageError, type Json, type Labels, type Matrix } from '@indistinct/core'
import { layerMean } from '@indistinct/kernels'
import { margin, type Loss } from '@indistinct/losses'
import { interactionGraph, topK, type TrainedRecommender, type TrainingData } from '@indistinct/recommenders'
import { readSplit } from '../store/prepared-data.ts'
import { restoredModel } from '../store/restored-model.ts'

const places = 20

interface Scored {
  /** The option's value as the grid gives it. */
  readonly kind: Json
  /** The user table that moves; the rest of the recommender stays. */
  readonly table: string
  readonly labels: Labels
  /** Artifact folders. */
  readonly trained: string
  readonly prepared: string
}

/**
 * `margin` over each labelled user's best 20 items that are not in its training ratings, by the recommender's own
 * scores: NeuMF's whole score, of which the GMF table moves its part; LightGCN's after propagation, items moving along
 * with the layer-0 table. Users without a label have an empty list, and do not move.
 * @throws IndistinctError 'usage' for another regulariser, or a table that the authors' code does not move.
 */
export async function marginRegulariser({ kind, table, labels, trained, prepared }: Scored): Promise<{
  name: 'margin'
  loss: (theta: Matrix) => Loss
}> {
  if (kind !== 'margin') throw usageError(`expected regulariser "margin", got ${JSON.stringify(kind)}`)
  const split = readSplit(prepared)
  const model = await restoredModel(trained, split)
  const lists = topK(model, {}, split.train, places)
  labels.codes.forEach((code, user) => {
    if (code === -1) lists.fill(-1, user * places, (user + 1) * places)
  })
  return { name: 'margin', loss: lossOf(model, table, split, lists, labels) }
}

function lossOf(
  model: TrainedRecommender,
  table: string,
  split: TrainingData,
  lists: Int32Array,
  labels: Labels,
): (theta: Matrix) => Loss {
  if (model.name === 'nmf' && table === 'gmf') {
    const items = weightedItems(model)
    const offsets = perceptronScores(model, lists)
    return (theta) => margin(theta, items, lists, { offsets })
  }
  if (model.name === 'lightgcn' && table === 'layer-0') return propagatedLoss(model, split, lists, labels)
  throw usageError(
    `regulariser "margin": expected the table gmf of nmf or layer-0 of lightgcn, got ${table} of ${model.name}; ` +
      'name the tables with the option tables',
  )
}

/** Items of NeuMF's GMF part as the output layer weighs them. */
function weightedItems({ parameters }: TrainedRecommender): Matrix {
  const [items, weights] = [parameters['item-gmf']!, parameters['output-weights']!.data]
  return matrix(
    items.rows,
    items.cols,
    items.data.map((value, p) => value * weights[p % items.cols]!),
  )
}

/** What NeuMF's perceptron adds to the scores of `lists`, which its GMF table does not change. */
function perceptronScores({ parameters }: TrainedRecommender, lists: Int32Array): Float64Array {
  const [users, items, gmf] = [parameters['user-mlp']!, parameters['item-mlp']!, parameters['item-gmf']!]
  const output = parameters['output-weights']!.data.subarray(gmf.cols)
  const K = users.cols
  return Float64Array.from(lists, (item, at) => {
    if (item === -1) return 0
    const user = Math.floor(at / places)
    let active = [...users.data.subarray(user * K, (user + 1) * K), ...items.data.subarray(item * K, (item + 1) * K)]
    for (let layer = 1; parameters[`hidden-${layer}-weights`]; layer++) {
      const { data, cols } = parameters[`hidden-${layer}-weights`]!
      const sums = [...parameters[`hidden-${layer}-bias`]!.data]
      active.forEach((value, i) => {
        if (value !== 0) for (let j = 0; j < cols; j++) sums[j]! += value * data[i * cols + j]!
      })
      active = sums.map((value) => Math.max(0, value))
    }
    return active.reduce((sum, value, j) => sum + value * output[j]!, 0)
  })
}

/**
 * The margin of LightGCN's scores by its layer-0 users; the gradient goes back through the propagation, its own
 * transpose.
 */
function propagatedLoss(
  { parameters, options }: TrainedRecommender,
  { train, users, items }: TrainingData,
  lists: Int32Array,
  labels: Labels,
): (theta: Matrix) => Loss {
  const graph = interactionGraph(train)
  const { layers } = options as { layers: number }
  const layer0 = parameters['item-layer-0']!
  const K = layer0.cols
  const propagated = (ofUsers: Matrix, ofItems: Matrix): Matrix => {
    const nodes = matrix(users + items, K)
    nodes.data.set(ofUsers.data)
    nodes.data.set(ofItems.data, users * K)
    const out = matrix(nodes.rows, K)
    layerMean(graph, nodes, layers, out)
    return out
  }
  return (theta) => {
    const { data } = propagated(theta, layer0)
    const { value, gradient, itemGradient } = margin(
      matrix(users, K, data.subarray(0, users * K)),
      matrix(items, K, data.subarray(users * K)),
      lists,
    )
    const back = matrix(users, K, propagated(gradient, itemGradient).data.slice(0, users * K))
    labels.codes.forEach((code, user) => {
      if (code === -1) back.data.fill(0, user * K, (user + 1) * K)
    })
    return { value, gradient: back }
  }
}
