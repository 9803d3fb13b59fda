/**
 * @file LightGCN (He et al. 2020): embeddings propagated along the interaction graph, trained by BPR or, if asked, by a
 * softmax over all items. Propagation is linear and its own transpose, so the gradient goes back through the same
 * kernel.
 */

import { gatherRows, matrix, randomStream, type Csr, type Matrix } from '@indistinct/core'
import { allocate, allocateInt32, decayUsed, layerMean, release, scoreTopK } from '@indistinct/kernels'
import { bprLoss } from './losses/bpr-loss.ts'
import type { GraphLoss } from './losses/graph-loss.ts'
import { softmaxLoss } from './losses/softmax-loss.ts'
import { expectParameter, withDefaults } from './parameters.ts'
import type { Recommender, TrainedRecommender } from './recommender.ts'
import type { UserTables } from './user-tables.ts'
import { innerProducts } from './score-source.ts'
import { addContribution } from './contributions.ts'
import type { History, Objective } from './objective.ts'
import { train, type DescentOptions } from './train.ts'
import { checkTrainingData, interactionGraph, selectRows, type TrainingData } from './training-data.ts'
import { validationNdcg } from './validation.ts'

export interface LightGcnOptions extends DescentOptions {
  /** Dimensions K of an embedding. */
  readonly factors: number
  /** Propagation layers; 0 is matrix factorisation. */
  readonly layers: number
  /**
   * `bpr`, the paper's, on interactions against drawn items; or `softmax` over all items, which is not the paper's: a
   * batch then counts users.
   */
  readonly loss: 'bpr' | 'softmax'
  /**
   * L2 on the layer-0 embeddings of a batch, as in the authors' code: l2/2 * ||e||^2 for each use of a row by one of
   * its interactions, over the number of these.
   */
  readonly l2: number
}

/**
 * A step propagates over the whole graph however small its batch: batches are large, ten an epoch, and the learning
 * rate is higher than the 0.001 of He et al., whose batches are small.
 */
export const lightgcnDefaults: LightGcnOptions = {
  seed: 0,
  factors: 16,
  layers: 3,
  loss: 'bpr',
  l2: 1e-4,
  lr: 0.02,
  batch: 0.1,
  epochs: 200,
  validateEvery: 5,
  patience: 5,
}

const initialDeviation = 0.01

/** User tables: `layer-0`, which is trained, and `propagated`, which is scored with. */
export const lightgcn: Recommender<LightGcnOptions> = {
  name: 'lightgcn',
  userTables: ['layer-0', 'propagated'],
  unscoredTables: ['layer-0'],
  defaults: lightgcnDefaults,
  train(data, given = {}, hooks) {
    checkTrainingData(data)
    const options = withDefaults(lightgcnDefaults, given)
    const objective = lightgcnObjective(data, options)
    try {
      const history = train(objective, options, hooks)
      return model(
        data,
        options,
        matrix(data.users + data.items, options.factors, objective.parameters.slice()),
        history,
      )
    } finally {
      objective.release()
    }
  },
  restore(data, given, parameters) {
    checkTrainingData(data)
    const options = withDefaults(lightgcnDefaults, given)
    const nodes = matrix(data.users + data.items, options.factors)
    nodes.data.set(expectParameter(parameters, 'user-layer-0', data.users, options.factors).data)
    nodes.data.set(
      expectParameter(parameters, 'item-layer-0', data.items, options.factors).data,
      data.users * options.factors,
    )
    return model(data, options, nodes)
  },
}

/** The objective, to be released after use, for gradient checks and loops other than `train`. */
export function lightgcnObjective(data: TrainingData, options: LightGcnOptions): Objective & { release(): void } {
  const { factors, layers, l2, seed } = options
  const graph = interactionGraph(data.train)
  const held: (Float32Array | Int32Array)[] = []
  const keep = <T extends Float32Array | Int32Array>(array: T): T => {
    held.push(array)
    return array
  }
  const size = graph.rows * factors
  const resident = {
    ...graph,
    indptr: keep(allocateInt32(graph.indptr.length)),
    indices: keep(allocateInt32(graph.indices.length)),
  }
  resident.indptr.set(graph.indptr)
  resident.indices.set(graph.indices)
  const table = (): Matrix => matrix(graph.rows, factors, keep(allocate(size)))
  const [layer0, propagated, gradient, propagatedGradient] = [table(), table(), table(), table()]
  const uses = keep(allocateInt32(graph.rows))
  const random = randomStream(seed, 'initial')
  for (let i = 0; i < size; i++) layer0.data[i] = initialDeviation * random.normal()
  const loss = lossOf(data, options)
  const measure = validationNdcg(data, Infinity, seed)
  const users = (m: Matrix): Matrix => matrix(data.users, factors, m.data.subarray(0, data.users * factors))
  const items = (m: Matrix): Matrix => matrix(data.items, factors, m.data.subarray(data.users * factors))
  return {
    examples: loss.examples,
    smallestBatch: loss.smallestBatch,
    parameters: layer0.data,
    gradient: gradient.data,
    startEpoch: (epoch) => loss.startEpoch(epoch),
    device: {
      setup: {
        objective: 'lightgcn',
        setup: { train: ownArrays(data.train), factors, layers, loss: options.loss, l2 },
      },
      examples: () => loss.all(),
    },
    step(first, last, regularise) {
      // A loss may look at the rows of its batch alone; a regulariser may look at all.
      const few = !regularise && loss.looksAtFew(first, last, uses)
      layerMean(resident, layer0, layers, propagated, few ? uses : undefined)
      const { loss: value, interactions } = loss.gradient(first, last, propagated, propagatedGradient, uses)
      const extra = regularise?.({ 'layer-0': users(layer0), propagated: users(propagated) }) ?? {}
      addContribution(users(propagatedGradient), extra['propagated'])
      layerMean(resident, propagatedGradient, layers, gradient)
      decayUsed(layer0, uses, l2 / interactions, gradient)
      addContribution(users(gradient), extra['layer-0'])
      return value
    },
    validate() {
      layerMean(resident, layer0, layers, propagated)
      return measure((rows, seen, k) => scoreTopK(gatherRows(users(propagated), rows), items(propagated), seen, k))
    },
    release() {
      loss.release()
      for (const array of held) release(array)
    },
  }
}

/** The matrix without what its arrays may be views of, or carry beside them. */
function ownArrays({ rows, cols, indptr, indices }: Csr): Csr {
  return { rows, cols, indptr: new Int32Array(indptr), indices: new Int32Array(indices) }
}

function lossOf(data: TrainingData, { factors, loss, seed }: LightGcnOptions): GraphLoss {
  switch (loss) {
    case 'bpr':
      return bprLoss(data.train, seed)
    case 'softmax':
      return softmaxLoss(data.train, factors, seed)
    default:
      throw new RangeError(
        `lightgcn: expected a loss among bpr and softmax, got ${JSON.stringify(loss satisfies never)}`,
      )
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
    scores(tables) {
      const { users, items } = scored(tables)
      return innerProducts(users, items)
    },
    rank(tables, seen, k, users) {
      const { users: rows, items } = scored(tables)
      if (!users) return scoreTopK(rows, items, seen, k)
      return scoreTopK(gatherRows(rows, users), items, seen && selectRows(seen, users), k)
    },
  }
}
