/**
 * @file What moving a user costs in scores: a metric for each user, from the gradients of the scores of the items that
 * a recommender would show him.
 */

import { checkOptions, positiveInverse, type Matrix } from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'

/** One metric a user, or one for all, kept as its inverse. */
export interface ScoreMetric {
  readonly rows: number
  readonly cols: number
  /** M_i^-1 of every user (N, K, K), row-major, or the one of all (K, K). */
  readonly inverses: Float32Array
  /** K^2 where every user has a metric, 0 where all share one: user i's starts at i times this. */
  readonly stride: number
}

export interface ScoreMetricOptions {
  /** Items of the head of each user's ranking that count. Default 100, or all where there are fewer. */
  readonly top?: number
  /**
   * What directions cost that change no score, as a share of the mean cost. Default 1: the less it is, the more users
   * of one class move by different ways, and the more of the difference between classes comes back as a difference of
   * shape.
   */
  readonly ridge?: number
}

const defaultTop = 100
const defaultRidge = 1

/** Most values that inverses may have: a gigabyte of them. */
const mostValues = 2 ** 28

/**
 * The metric of scores theta_i . v_j: M_i = G + ridge (tr G / K) I, divided by tr G / K, where G is the covariance of
 * the vectors of user i's best items. A displacement d of the user changes the scores of these items relative to one
 * another by d' G d in the mean square; what all of them gain alike changes no ranking. Neither does a change of scale,
 * so that moving along theta_i itself is free but for the ridge: G stands for G - G theta theta' G / (theta' G theta).
 * @param users (N, K) @param items (I, K)
 * @throws RangeError on shapes or options that do not fit.
 */
export function innerProductMetric(users: Matrix, items: Matrix, options: ScoreMetricOptions = {}): ScoreMetric {
  checkOptions('innerProductMetric', options, { top: 'number', ridge: 'number' })
  if (items.cols !== users.cols)
    throw new RangeError(`innerProductMetric: expected items of ${users.cols} columns as the users, got ${items.cols}`)
  const top = Math.min(items.rows, options.top ?? defaultTop)
  const best = scoreTopK(users, items, undefined, top)
  return scoreMetric(
    users.rows,
    users.cols,
    (i, gradients) => {
      for (let t = 0; t < top; t++) {
        const from = best[i * top + t]! * items.cols
        for (let k = 0; k < items.cols; k++) gradients[t * items.cols + k] = items.data[from + k]!
      }
      return { scaleFree: users.data.subarray(i * users.cols, (i + 1) * users.cols) }
    },
    { ...options, top },
  )
}

/**
 * The metric of any score, scaled so that the traces of M_i^-1 average K: on average a direction costs 1. `gradientsOf`
 * writes the gradients, by user i's row, of the scores of his `top` best items (top, K); `scaleFree` is a displacement
 * that multiplies all scores by one factor, where there is one.
 * @throws RangeError on options that do not fit or a metric beyond the memory set aside for it.
 */
export function scoreMetric(
  rows: number,
  cols: number,
  gradientsOf: (row: number, gradients: Float64Array) => { readonly scaleFree?: Float32Array } | undefined,
  options: ScoreMetricOptions = {},
): ScoreMetric {
  checkOptions('scoreMetric', options, { top: 'number', ridge: 'number' })
  const { top = defaultTop, ridge = defaultRidge } = options
  if (!Number.isSafeInteger(top) || top < 2)
    throw new RangeError(`scoreMetric: expected top as an integer of at least 2, got ${top}`)
  if (!Number.isFinite(ridge) || ridge <= 0) throw new RangeError(`scoreMetric: expected ridge above 0, got ${ridge}`)
  const K = cols
  expectRoom('scoreMetric', rows, K)
  const inverses = new Float32Array(rows * K * K)
  const gradients = new Float64Array(top * K)
  let traces = 0
  for (let i = 0; i < rows; i++) {
    const { scaleFree } = gradientsOf(i, gradients) ?? {}
    const metric = centredSquares(gradients, top, K)
    let mean = 0
    for (let k = 0; k < K; k++) mean += metric[k * K + k]! / K
    if (!(mean > 0)) {
      // Nothing to tell: every direction costs the same.
      for (let k = 0; k < K; k++) metric[k * K + k] = 1 + ridge
    } else {
      if (scaleFree) freeDirection(metric, scaleFree, K)
      for (let p = 0; p < K * K; p++) metric[p]! /= mean
      for (let k = 0; k < K; k++) metric[k * K + k]! += ridge
    }
    const inverse = positiveInverse(metric, K)
    for (let k = 0; k < K; k++) traces += inverse[k * K + k]!
    inverses.set(inverse, i * K * K)
  }
  const scale = (rows * K) / traces
  for (let p = 0; p < inverses.length; p++) inverses[p]! *= scale
  return { rows, cols, inverses, stride: K * K }
}

function expectRoom(caller: string, rows: number, K: number): void {
  if (rows * K * K > mostValues) {
    throw new RangeError(
      `${caller}: expected at most ${mostValues} values for one (K, K) matrix a user, got ${rows} x ${K} x ${K}; ` +
        'leave the metric out',
    )
  }
}

/** Covariance of the rows of g (rows, K), row-major. */
function centredSquares(g: Float64Array, rows: number, K: number): Float64Array {
  const out = new Float64Array(K * K)
  const mean = new Float64Array(K)
  for (let t = 0; t < rows; t++) for (let k = 0; k < K; k++) mean[k]! += g[t * K + k]! / rows
  for (let t = 0; t < rows; t++) {
    for (let k = 0; k < K; k++) {
      const left = (g[t * K + k]! - mean[k]!) / rows
      for (let l = 0; l <= k; l++) out[k * K + l]! += left * (g[t * K + l]! - mean[l]!)
    }
  }
  for (let k = 0; k < K; k++) for (let l = 0; l < k; l++) out[l * K + k] = out[k * K + l]!
  return out
}

/** What a displacement costs after the best of its changes along `direction`, in place. */
function freeDirection(metric: Float64Array, direction: Float32Array, K: number): void {
  const along = new Float64Array(K)
  let square = 0
  for (let a = 0; a < K; a++) {
    for (let b = 0; b < K; b++) along[a]! += metric[a * K + b]! * direction[b]!
    square += along[a]! * direction[a]!
  }
  if (!(square > 0)) return
  for (let a = 0; a < K; a++) for (let b = 0; b < K; b++) metric[a * K + b]! -= (along[a]! * along[b]!) / square
}
