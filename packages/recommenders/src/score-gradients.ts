/** @file How scores answer to a user's row: gradients of the scores of the items a recommender would show him. */

import type { Matrix } from '@indistinct/core'
import { topK, type TrainedRecommender } from './recommender.ts'
import type { TrainingData } from './training-data.ts'

/** Gradients of one user's scores by the rows of some tables side by side. */
export interface ScoreGradients {
  /** Items of the head of a user's ranking that count. */
  readonly top: number
  /** Width of the tables together. */
  readonly cols: number
  /** Writes the gradients of user `row`'s best items (top, cols) to `out`, row-major. */
  readonly write: (row: number, out: Float64Array) => void
}

/**
 * Gradients of the scores of each user's `top` best items, seen ones included, by his rows of `tables` (names of user
 * tables of `model`, in this order). `data` as in training.
 * @throws RangeError for a table that the model does not have.
 */
export function scoreGradients(
  model: TrainedRecommender,
  data: TrainingData,
  tables: readonly string[],
  top = 100,
): ScoreGradients {
  for (const name of tables) {
    if (!model.userTables[name])
      throw new RangeError(
        `scoreGradients: expected tables among ${Object.keys(model.userTables).join(', ')}, got ${name}`,
      )
  }
  const count = Math.min(top, data.items)
  const best = topK(model, {}, undefined, count)
  const cols = tables.reduce((sum, name) => sum + model.userTables[name]!.cols, 0)
  const { factors } = model.scores({})
  if (!factors && model.name !== 'nmf')
    throw new RangeError(`scoreGradients: expected a recommender of inner products or nmf, got ${model.name}`)
  const gradientOf = factors ? innerProductGradientOf(model, factors.items) : nmfGradientOf(model)
  return {
    top: count,
    cols,
    write(row, out) {
      for (let t = 0; t < count; t++) {
        const gradients = gradientOf(row, best[row * count + t]!)
        let at = t * cols
        for (const name of tables) {
          out.set(gradients[name]!, at)
          at += gradients[name]!.length
        }
      }
    },
  }
}

type GradientOf = (user: number, item: number) => Readonly<Record<string, Float64Array>>

/**
 * Inner products: the item's vector, for LightGCN the propagated one. Its layer-0 table, which is scored with only
 * after propagation, is given the same vector: most of what a user's row passes on, it passes on to the user himself.
 */
function innerProductGradientOf(model: TrainedRecommender, items: Matrix): GradientOf {
  const names = Object.keys(model.userTables)
  return (_, item) => {
    const vector = Float64Array.from(items.data.subarray(item * items.cols, (item + 1) * items.cols))
    return Object.fromEntries(names.map((name) => [name, vector]))
  }
}

/** NMF: h_gmf * q for the GMF row; for the MLP row, the tower's logit differentiated backwards through its ReLUs. */
function nmfGradientOf({ parameters, userTables }: TrainedRecommender): GradientOf {
  const itemGmf = parameters['item-gmf']!
  const itemMlp = parameters['item-mlp']!
  const users = userTables['mlp']!
  const output = parameters['output-weights']!.data
  const layers: { weights: Matrix; bias: Float32Array }[] = []
  for (let at = 1; parameters[`hidden-${at}-weights`]; at++)
    layers.push({ weights: parameters[`hidden-${at}-weights`]!, bias: parameters[`hidden-${at}-bias`]!.data })
  const [G, K] = [itemGmf.cols, users.cols]
  // The first layer is split into a user's and an item's share, each computed once.
  const [first, ...rest] = layers
  const { weights, bias } = first!
  const width = weights.cols
  const shareOf = (table: Matrix, firstInput: number): Float64Array => {
    const out = new Float64Array(table.rows * width)
    for (let r = 0; r < table.rows; r++) {
      for (let k = 0; k < table.cols; k++) {
        const value = table.data[r * table.cols + k]!
        for (let j = 0; j < width; j++) out[r * width + j]! += value * weights.data[(firstInput + k) * width + j]!
      }
    }
    return out
  }
  const [ofUser, ofItem] = [shareOf(users, 0), shareOf(itemMlp, K)]
  const active = layers.map((layer) => new Float64Array(layer.weights.cols))
  return (user, item) => {
    const gmf = new Float64Array(G)
    for (let k = 0; k < G; k++) gmf[k] = output[k]! * itemGmf.data[item * G + k]!
    for (let j = 0; j < width; j++)
      active[0]![j] = Math.max(0, ofUser[user * width + j]! + ofItem[item * width + j]! + bias[j]!)
    rest.forEach((layer, at) => {
      const [below, above] = [active[at]!, active[at + 1]!]
      for (let j = 0; j < above.length; j++) above[j] = layer.bias[j]!
      for (let i = 0; i < below.length; i++)
        if (below[i] !== 0)
          for (let j = 0; j < above.length; j++) above[j]! += below[i]! * layer.weights.data[i * above.length + j]!
      for (let j = 0; j < above.length; j++) above[j] = Math.max(0, above[j]!)
    })
    let delta = Float64Array.from(active.at(-1)!, (value, j) => (value > 0 ? output[G + j]! : 0))
    for (let at = layers.length - 1; at > 0; at--) {
      const { data, cols } = layers[at]!.weights
      const upper = delta
      delta = Float64Array.from(active[at - 1]!, (value, i) => {
        let sum = 0
        if (value > 0) for (let j = 0; j < cols; j++) sum += data[i * cols + j]! * upper[j]!
        return sum
      })
    }
    const mlp = new Float64Array(K)
    for (let k = 0; k < K; k++) for (let j = 0; j < width; j++) mlp[k]! += weights.data[k * width + j]! * delta[j]!
    return { gmf, mlp }
  }
}
