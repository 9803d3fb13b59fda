/**
 * @file iALS (Hu, Koren and Volinsky 2008): factors of all pairs, seen ones weighing more, by least squares solved
 * exactly for users and items in turn.
 */

import {
  choleskyFactor,
  choleskySolve,
  gatherRows,
  matrix,
  randomStream,
  transposeCsr,
  usageError,
  type Csr,
  type Matrix,
} from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'
import { innerProductModel, restoredModel } from './inner-product-model.ts'
import { withDefaults } from './parameters.ts'
import { checkTrainingData } from './training-data.ts'
import type { Recommender } from './recommender.ts'
import { nothingToTrainOn, untilBest, type TrainingOptions } from './train.ts'
import { validationNdcg } from './validation.ts'

export interface IalsOptions extends TrainingOptions {
  /** Dimensions K of an embedding. */
  readonly factors: number
  /** A seen item's error weighs 1 + alpha, an unseen one's 1. */
  readonly alpha: number
  /** Ridge penalty lambda on every user's and every item's vector. */
  readonly l2: number
}

export const ialsDefaults: IalsOptions = {
  seed: 0,
  factors: 16,
  alpha: 1,
  l2: 20,
  epochs: 30,
  validateEvery: 1,
  patience: 3,
}

const initialDeviation = 0.1

/** One user table, `users`; each row is the exact solution for the items beside it. */
export const ials: Recommender<IalsOptions> = {
  name: 'ials',
  userTables: ['users'],
  unscoredTables: [],
  defaults: ialsDefaults,
  train(data, given = {}, hooks = {}) {
    checkTrainingData(data)
    const options = withDefaults(ialsDefaults, given)
    const { factors: K, alpha, l2, seed } = options
    if (!(alpha > 0 && alpha < Infinity)) throw new RangeError(`ials: expected a positive alpha, got ${alpha}`)
    if (l2 === 0) throw new RangeError(`ials: expected a positive l2, got ${l2}`)
    if (hooks.regulariser)
      throw usageError(
        'ials is solved in closed form: a method that acts during training needs gradients; use lightgcn, nmf or ' +
          'bpr-mf',
      )
    if (data.train.indices.length === 0) throw nothingToTrainOn()
    const split = data.users * K
    const parameters = new Float32Array(split + data.items * K)
    const users = matrix(data.users, K, parameters.subarray(0, split))
    const items = matrix(data.items, K, parameters.subarray(split))
    const random = randomStream(seed, 'initial')
    for (let p = 0; p < split; p++) users.data[p] = initialDeviation * random.normal()
    const byItem = transposeCsr(data.train)
    const measure = validationNdcg(data, Infinity, seed)
    const runEpoch = (): number => {
      solveRows(items, users, byItem, options)
      solveRows(users, items, data.train, options)
      return meanLoss(users, items, data.train, alpha)
    }
    const validate = (): number | undefined =>
      measure((rows, seen, k) => scoreTopK(gatherRows(users, rows), items, seen, k))
    const history = untilBest({ parameters, runEpoch, validate }, options, hooks)
    return innerProductModel({ name: 'ials', options }, users, items, history)
  },
  restore(data, given, parameters) {
    checkTrainingData(data)
    const options = withDefaults(ialsDefaults, given)
    return restoredModel({ name: 'ials', options }, data, options.factors, parameters)
  },
}

/**
 * Row r of `rows` (R, K) becomes the x that minimises sum over all i of w_i (p_i - x'y_i)^2 + l2 ||x||^2, y_i the rows
 * of `others` (I, K), p_i = 1 and w_i = 1 + alpha for i in row r of `seen` (R, I), p_i = 0 and w_i = 1 elsewhere:
 * equation 4 of the paper. Solved in float64.
 */
export function solveRows(
  rows: Matrix,
  others: Matrix,
  seen: Csr,
  { alpha, l2 }: Pick<IalsOptions, 'alpha' | 'l2'>,
): void {
  const K = rows.cols
  const shared = gramOf(others)
  for (let k = 0; k < K; k++) shared[k * K + k]! += l2
  const a = new Float64Array(K * K)
  const b = new Float64Array(K)
  const y = new Float64Array(K)
  for (let r = 0; r < rows.rows; r++) {
    a.set(shared)
    b.fill(0)
    for (let p = seen.indptr[r]!; p < seen.indptr[r + 1]!; p++) {
      y.set(others.data.subarray(seen.indices[p]! * K, (seen.indices[p]! + 1) * K))
      addSquare(a, y, alpha)
      for (let k = 0; k < K; k++) b[k]! += (1 + alpha) * y[k]!
    }
    choleskyFactor(a, K)
    choleskySolve(a, K, b)
    rows.data.set(b, r * K)
  }
}

/** Lower triangle of Y'Y (K, K). */
function gramOf({ rows, cols: K, data }: Matrix): Float64Array {
  const gram = new Float64Array(K * K)
  const y = new Float64Array(K)
  for (let i = 0; i < rows; i++) {
    y.set(data.subarray(i * K, (i + 1) * K))
    addSquare(gram, y, 1)
  }
  return gram
}

/** Lower triangle of a += weight * y y'. */
function addSquare(a: Float64Array, y: Float64Array, weight: number): void {
  const K = y.length
  for (let k = 0; k < K; k++) {
    const scaled = weight * y[k]!
    for (let l = 0, at = k * K; l <= k; l++, at++) a[at]! += scaled * y[l]!
  }
}

/** The weighted squared error over all pairs, over their number, without the penalty. */
function meanLoss(users: Matrix, items: Matrix, seen: Csr, alpha: number): number {
  const K = users.cols
  const [ofUsers, ofItems] = [gramOf(users), gramOf(items)]
  let sum = 0
  for (let k = 0; k < K; k++)
    for (let l = 0; l <= k; l++) sum += (k === l ? 1 : 2) * ofUsers[k * K + l]! * ofItems[k * K + l]!
  for (let u = 0; u < users.rows; u++) {
    for (let p = seen.indptr[u]!; p < seen.indptr[u + 1]!; p++) {
      let score = 0
      for (let k = 0, x = u * K, y = seen.indices[p]! * K; k < K; k++, x++, y++)
        score += users.data[x]! * items.data[y]!
      sum += (1 + alpha) * (1 - score) ** 2 - score ** 2
    }
  }
  return sum / (users.rows * items.rows)
}
