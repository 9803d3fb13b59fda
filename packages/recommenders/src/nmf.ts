/**
 * @file NMF, the NeuMF of He et al. 2017: generalised matrix factorisation and a multi-layer perceptron, each with
 * tables of its own, joined by one output layer and trained together on binary cross-entropy with sampled negatives.
 */

import { gatherRows, matrix, randomStream, type Csr, type Matrix } from '@indistinct/core'
import {
  allocate,
  allocateInt32,
  decayUsed,
  nmfGradient,
  nmfLayout,
  nmfSize,
  nmfTopK,
  release,
  type NmfBatch,
  type NmfShape,
} from '@indistinct/kernels'
import { epochOrder, type EpochOrder } from './epoch-order.ts'
import { expectParameter, withDefaults } from './parameters.ts'
import { nmfScores } from './nmf-scores.ts'
import type { Recommender, TrainedRecommender } from './recommender.ts'
import type { UserTables } from './user-tables.ts'
import { addContribution } from './contributions.ts'
import type { History, Objective } from './objective.ts'
import { train, type DescentOptions } from './train.ts'
import { checkTrainingData, selectRows, type TrainingData } from './training-data.ts'
import { validationNdcg } from './validation.ts'

export interface NmfOptions extends DescentOptions {
  /** Dimensions of the GMF tables. */
  readonly gmf: number
  /** Dimensions of the MLP tables. */
  readonly mlp: number
  /** Widths of the hidden layers, on the 2 * mlp inputs. */
  readonly hidden: readonly number[]
  /** Negatives drawn for each training interaction. */
  readonly negatives: number
  /** L2 on the embeddings of a batch: l2/2 * ||e||^2 for each use, over the number of its examples. */
  readonly l2: number
  /**
   * The output layer's weights of GMF's products: `trained`, as in the paper, or `one`. A trained layer can grow while
   * the tables shrink and so undo L2; at one, GMF is an inner product and L2 counts.
   */
  readonly gmfOutput: 'trained' | 'one'
}

export const nmfDefaults: NmfOptions = {
  seed: 0,
  gmf: 16,
  mlp: 16,
  hidden: [32, 16, 8],
  negatives: 4,
  l2: 0,
  gmfOutput: 'trained',
  lr: 0.005,
  batch: 0.005,
  epochs: 50,
  validateEvery: 1,
  patience: 5,
}

const initialDeviation = 0.01

/** A full ranking costs a tower for every user and item: training looks at no more users than tell epochs apart. */
const validationUsers = 1000

/** User tables: `gmf` and `mlp`, both trained and both scored with. */
export const nmf: Recommender<NmfOptions> = {
  name: 'nmf',
  userTables: ['gmf', 'mlp'],
  unscoredTables: [],
  defaults: nmfDefaults,
  train(data, given = {}, hooks) {
    checkTrainingData(data)
    const options = withDefaults(nmfDefaults, given)
    const objective = nmfObjective(data, options)
    try {
      const history = train(objective, options, hooks)
      return model(data, options, objective.parameters.slice(), history)
    } finally {
      objective.release()
    }
  },
  restore(data, given, parameters) {
    checkTrainingData(data)
    const options = withDefaults(nmfDefaults, given)
    const shape = shapeOf(data, options)
    const flat = new Float32Array(nmfSize(shape))
    for (const { name, offset, rows, cols } of nmfLayout(shape))
      flat.set(expectParameter(parameters, name, rows, cols).data, offset)
    return model(data, options, flat)
  },
}

/** The cross-entropy objective, to be released after use, for gradient checks and loops other than `train`. */
export function nmfObjective(
  data: TrainingData,
  options: NmfOptions,
): Objective & { readonly order: EpochOrder; release(): void } {
  const shape = shapeOf(data, options)
  const parameters = allocate(nmfSize(shape))
  const gradient = allocate(parameters.length)
  initialise(shape, parameters, options)
  const fixed = options.gmfOutput === 'one' ? gmfOutputOf(shape, gradient) : undefined
  const order = epochOrder(data.train, options.negatives, options.seed)
  const measure = validationNdcg(data, validationUsers, options.seed)
  const tables = userTablesOf(shape, parameters)
  const gradients = userTablesOf(shape, gradient)
  const decayed = ['user', 'item'].map((side) => ({
    side,
    uses: allocateInt32(side === 'user' ? data.users : data.items),
    tables: ['gmf', 'mlp'].map(
      (tower) =>
        [tableOf(shape, parameters, `${side}-${tower}`), tableOf(shape, gradient, `${side}-${tower}`)] as const,
    ),
  }))
  return {
    order,
    examples: order.count,
    smallestBatch: 1024,
    parameters,
    gradient,
    startEpoch: (epoch) => order.draw(epoch),
    device: {
      setup: { objective: 'nmf', setup: { shape, l2: options.l2, gmfOutput: options.gmfOutput } },
      examples: () => order,
    },
    step(first, last, regularise) {
      const batch = {
        users: order.users.subarray(first, last),
        positives: order.positives.subarray(first, last),
        negatives: order.negatives.subarray(first * options.negatives, last * options.negatives),
      }
      const loss = nmfGradient(shape, parameters, batch, gradient)
      if (options.l2 > 0) {
        countUses(batch, decayed[0]!.uses, decayed[1]!.uses)
        const scale = options.l2 / (batch.users.length + batch.negatives.length)
        for (const { uses, tables } of decayed)
          for (const [table, slope] of tables) decayUsed(table, uses, scale, slope)
      }
      fixed?.fill(0)
      const extra = regularise?.(tables) ?? {}
      for (const name of nmf.userTables) addContribution(gradients[name]!, extra[name])
      return loss
    },
    validate: () => measure((users, seen, k) => rank(shape, parameters, tables, seen, k, users)),
    release() {
      order.release()
      release(parameters)
      release(gradient)
      for (const { uses } of decayed) release(uses)
    },
  }
}

function model(data: TrainingData, options: NmfOptions, flat: Float32Array, history?: History): TrainedRecommender {
  const shape = shapeOf(data, options)
  const parameters: Record<string, Matrix> = {}
  for (const { name, offset, rows, cols } of nmfLayout(shape))
    parameters[name] = matrix(rows, cols, flat.slice(offset, offset + rows * cols))
  const userTables: UserTables = { gmf: parameters['user-gmf']!, mlp: parameters['user-mlp']! }
  const scored = (tables: Partial<UserTables>): { gmf: Matrix; mlp: Matrix } => ({
    gmf: tables['gmf'] ?? userTables['gmf']!,
    mlp: tables['mlp'] ?? userTables['mlp']!,
  })
  return {
    name: 'nmf',
    options,
    parameters,
    userTables,
    ...(history && { history }),
    scores: (tables) => nmfScores(scored(tables), parameters),
    rank: (tables, seen, k, users) =>
      rank(shape, flat, scored(tables), seen && users ? selectRows(seen, users) : seen, k, users),
  }
}

/** `seen` has a row for each ranked user. */
function rank(
  shape: NmfShape,
  flat: Float32Array,
  tables: Partial<UserTables>,
  seen: Csr | undefined,
  k: number,
  users?: Int32Array,
): Int32Array {
  const rows = (table: Matrix): Matrix => (users ? gatherRows(table, users) : table)
  return nmfTopK(shape, flat, { gmf: rows(tables['gmf']!), mlp: rows(tables['mlp']!) }, seen, k)
}

function userTablesOf(shape: NmfShape, flat: Float32Array): UserTables {
  return { gmf: tableOf(shape, flat, 'user-gmf'), mlp: tableOf(shape, flat, 'user-mlp') }
}

/** A view of the parameter or gradient `name` in `flat`. */
function tableOf(shape: NmfShape, flat: Float32Array, name: string): Matrix {
  const { offset, rows, cols } = nmfLayout(shape).find((placed) => placed.name === name)!
  return matrix(rows, cols, flat.subarray(offset, offset + rows * cols))
}

/** How many examples of `batch` each user and each item takes part in. */
function countUses({ users, positives, negatives }: NmfBatch, ofUsers: Int32Array, ofItems: Int32Array): void {
  ofUsers.fill(0)
  ofItems.fill(0)
  const each = 1 + negatives.length / users.length
  for (const user of users) ofUsers[user]! += each
  for (const item of positives) ofItems[item]!++
  for (const item of negatives) ofItems[item]!++
}

/** Tables from N(0, 0.01^2) as in the paper; layers uniform at the width of Glorot and Bengio, biases 0. */
function initialise(shape: NmfShape, parameters: Float32Array, { seed, gmfOutput }: NmfOptions): void {
  for (const { name, offset, rows, cols } of nmfLayout(shape)) {
    const random = randomStream(seed, 'initial', name)
    const values = parameters.subarray(offset, offset + rows * cols)
    const limit = Math.sqrt(6 / (rows + cols))
    if (name.startsWith('user-') || name.startsWith('item-'))
      for (let i = 0; i < values.length; i++) values[i] = initialDeviation * random.normal()
    else if (name.endsWith('-weights'))
      for (let i = 0; i < values.length; i++) values[i] = limit * (2 * random.uniform() - 1)
  }
  if (gmfOutput === 'one') gmfOutputOf(shape, parameters).fill(1)
}

/** A view of the output weights of GMF's products in `flat`: they come before the tower's. */
function gmfOutputOf(shape: NmfShape, flat: Float32Array): Float32Array {
  return tableOf(shape, flat, 'output-weights').data.subarray(0, shape.gmf)
}

function shapeOf(data: TrainingData, { gmf, mlp, hidden, gmfOutput }: NmfOptions): NmfShape {
  if (gmfOutput !== 'trained' && gmfOutput !== 'one')
    throw new RangeError(`nmf: expected gmfOutput trained or one, got ${JSON.stringify(gmfOutput)}`)
  if (hidden.length === 0) throw new RangeError('nmf: expected one hidden layer or more, got none')
  return { users: data.users, items: data.items, gmf, mlp, hidden }
}
