/**
 * @file LightGCN (He et al. 2020): embeddings propagated along the interaction graph, trained by BPR. Propagation is
 * linear and its own transpose, so the gradient goes back through the same kernel.
 */

import { gatherRows, matrix, randomStream, type Matrix } from '@indistinct/core'
import { allocate, allocateInt32, bprGradient, decayUsed, layerMean, release, scoreTopK, type Triplets } from '@indistinct/kernels'
import { epochOrder, type EpochOrder } from './epoch-order.ts'
import { expectParameter, withDefaults } from './parameters.ts'
import type { Recommender, TrainedRecommender, UserTables } from './recommender.ts'
import { addContribution, train, type History, type Objective, type DescentOptions } from './train.ts'
import { interactionGraph, selectRows, type TrainingData } from './training-data.ts'
import { validationNdcg } from './validation.ts'

export interface LightGcnOptions extends DescentOptions {
  /** Dimensions K of an embedding. */
  readonly factors: number
  /** Propagation layers; 0 is matrix factorisation. */
  readonly layers: number
  /** L2 on the layer-0 embeddings of a batch, as in the authors' code: l2/2 * ||e||^2 for each use, over the batch size. */
  readonly l2: number
}

/**
 * A step propagates over the whole graph however small its batch: batches are large, ten an epoch, and the learning rate
 * is higher than the 0.001 of He et al., whose batches are small.
 */
export const lightgcnDefaults: LightGcnOptions = {
  seed: 0, factors: 16, layers: 3, l2: 1e-4, lr: 0.02, batch: 0.1, epochs: 200, validateEvery: 5, patience: 5,
}

const initialDeviation = 0.01

/** User tables: `layer-0`, which is trained, and `propagated`, which is scored with. */
export const lightgcn: Recommender<LightGcnOptions> = {
  name: 'lightgcn',
  userTables: ['layer-0', 'propagated'],
  unscoredTables: ['layer-0'],
  defaults: lightgcnDefaults,
  train(data, given = {}, hooks) {
    const options = withDefaults(lightgcnDefaults, given)
    const objective = lightgcnObjective(data, options)
    try {
      const history = train(objective, options, hooks)
      return model(data, options, matrix(data.users + data.items, options.factors, objective.parameters.slice()), history)
    } finally {
      objective.release()
    }
  },
  restore(data, given, parameters) {
    const options = withDefaults(lightgcnDefaults, given)
    const nodes = matrix(data.users + data.items, options.factors)
    nodes.data.set(expectParameter(parameters, 'user-layer-0', data.users, options.factors).data)
    nodes.data.set(expectParameter(parameters, 'item-layer-0', data.items, options.factors).data, data.users * options.factors)
    return model(data, options, nodes)
  },
}

/** The BPR objective, to be released after use, for gradient checks and loops other than `train`. */
export function lightgcnObjective(data: TrainingData, options: LightGcnOptions): Objective & { readonly order: EpochOrder; release(): void } {
  const { factors, layers, l2, seed } = options
  const graph = interactionGraph(data.train)
  const held: (Float32Array | Int32Array)[] = []
  const keep = <T extends Float32Array | Int32Array>(array: T): T => {
    held.push(array)
    return array
  }
  const size = graph.rows * factors
  const resident = { ...graph, indptr: keep(allocateInt32(graph.indptr.length)), indices: keep(allocateInt32(graph.indices.length)) }
  resident.indptr.set(graph.indptr)
  resident.indices.set(graph.indices)
  const table = (): Matrix => matrix(graph.rows, factors, keep(allocate(size)))
  const [layer0, propagated, gradient, propagatedGradient] = [table(), table(), table(), table()]
  const uses = keep(allocateInt32(graph.rows))
  const random = randomStream(seed, 'initial')
  for (let i = 0; i < size; i++) layer0.data[i] = initialDeviation * random.normal()
  const order = epochOrder(data.train, 1, seed)
  const measure = validationNdcg(data, Infinity, seed)
  const users = (m: Matrix): Matrix => matrix(data.users, factors, m.data.subarray(0, data.users * factors))
  const items = (m: Matrix): Matrix => matrix(data.items, factors, m.data.subarray(data.users * factors))
  return {
    order,
    examples: order.count,
    parameters: layer0.data,
    gradient: gradient.data,
    startEpoch: (epoch) => order.draw(epoch),
    step(first, last, regularise) {
      const triplets = {
        users: order.users.subarray(first, last),
        positives: order.positives.subarray(first, last),
        negatives: order.negatives.subarray(first, last),
      }
      // The loss looks at the rows of its batch alone; a regulariser may look at all.
      const few = !regularise && 4 * (last - first) < graph.rows
      if (few) markRows(uses, triplets, data.users)
      layerMean(resident, layer0, layers, propagated, few ? uses : undefined)
      const loss = bprGradient(propagated, triplets, data.users, propagatedGradient, uses)
      const extra = regularise?.({ 'layer-0': users(layer0), propagated: users(propagated) }) ?? {}
      addContribution(users(propagatedGradient), extra['propagated'])
      layerMean(resident, propagatedGradient, layers, gradient)
      decayUsed(layer0, uses, l2 / (last - first), gradient)
      addContribution(users(gradient), extra['layer-0'])
      return loss
    },
    validate() {
      layerMean(resident, layer0, layers, propagated)
      return measure((rows, seen, k) => scoreTopK(gatherRows(users(propagated), rows), items(propagated), seen, k))
    },
    release() {
      order.release()
      for (const array of held) release(array)
    },
  }
}

/** Sets `rows` to 1 for users and items that take part in a triplet, to 0 for others. */
function markRows(rows: Int32Array, { users, positives, negatives }: Triplets, firstItem: number): void {
  rows.fill(0)
  for (let s = 0; s < users.length; s++) {
    rows[users[s]!] = 1
    rows[firstItem + positives[s]!] = 1
    rows[firstItem + negatives[s]!] = 1
  }
}

function model(data: TrainingData, options: LightGcnOptions, layer0: Matrix, history?: History): TrainedRecommender {
  const { factors, layers } = options
  const graph = interactionGraph(data.train)
  const split = data.users * factors
  const usersOf = (m: Matrix): Matrix => matrix(data.users, factors, m.data.slice(0, split))
  const itemsOf = (m: Matrix): Matrix => matrix(data.items, factors, m.data.slice(split))
  const propagate = (nodes: Matrix): Matrix => {
    const out = matrix(nodes.rows, factors)
    layerMean(graph, nodes, layers, out)
    return out
  }
  const nodes = propagate(layer0)
  const userTables: UserTables = { 'layer-0': usersOf(layer0), propagated: usersOf(nodes) }
  const itemLayer0 = itemsOf(layer0)
  const itemPropagated = itemsOf(nodes)

  /** A replaced `propagated` stands for itself beside the original items; a replaced `layer-0` alone is propagated. */
  const scored = (tables: Partial<UserTables>): { users: Matrix; items: Matrix } => {
    if (tables['propagated']) return { users: tables['propagated'], items: itemPropagated }
    const replaced = tables['layer-0']
    if (!replaced) return { users: userTables['propagated']!, items: itemPropagated }
    const input = matrix(layer0.rows, factors)
    input.data.set(replaced.data)
    input.data.set(itemLayer0.data, split)
    const output = propagate(input)
    return { users: usersOf(output), items: itemsOf(output) }
  }
  return {
    name: 'lightgcn',
    options,
    parameters: { 'user-layer-0': userTables['layer-0']!, 'item-layer-0': itemLayer0 },
    userTables,
    ...(history && { history }),
    rank(tables, seen, k, users) {
      const { users: rows, items } = scored(tables)
      if (!users) return scoreTopK(rows, items, seen, k)
      return scoreTopK(gatherRows(rows, users), items, seen && selectRows(seen, users), k)
    },
  }
}
