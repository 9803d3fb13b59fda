/**
 * @file How likely each label is where a user stands: ridge regression of the labels on the vector and on random
 * cosines of it.
 */

import { choleskyFactor, choleskySolve, gatherRows, matrix, randomStream, type Matrix } from '@indistinct/core'
import { gemmNT, gemmTN } from '@indistinct/kernels'
import { dealtOut } from './dealt-out.ts'
import { addProducts, dotProduct } from './row-products.ts'

/** A function of the vector alone, in the units of the fit; frozen once it is fitted. */
export interface Posterior {
  /** Share of each class among the users fitted (C). */
  readonly shares: Float64Array
  /** Of the cosines cos(w.x + phase): w as rows (F, K), and phases (F). */
  readonly frequencies: Float64Array
  readonly phases: Float64Array
  /** Weights of a constant, the vector and the cosines, a class after the other (C, 1 + K + F). */
  readonly weights: Float64Array
}

export interface FittedPosterior {
  readonly posterior: Posterior
  /**
   * Share of the labels' variance that models explain which did not see these users' labels: 1 less their squared error
   * over that of the shares alone. At most 0 where the vector does not tell the label to such a model.
   */
  readonly explained: number
}

/** Cosines of a model. */
const cosines = 256
/** Parts of the users: each is predicted by models of the others while the ridge is chosen. */
const folds = 5
/** Ridges tried, of the vector and of the cosines, a user; Infinity leaves cosines out. */
const ridges: readonly (readonly [number, number])[] = [
  [1e-3, 0.01],
  [1e-3, 0.1],
  [1e-3, 1],
  [1e-3, Infinity],
  [0.1, Infinity],
  [10, Infinity],
]
const chunkRows = 2048
/** Users whose labels are regressed at most, drawn within each class: they tell the few hundred weights well. */
const mostUsers = 200_000

/**
 * Fits x (n, K), columns of about unit spread, to the class that `classes` lists each row under. Users are dealt into
 * five parts; of the ridges, the one is taken that predicts each part best from the others, so that only what others
 * have in common with a user counts.
 */
export function fitPosterior(x: Matrix, classes: readonly Int32Array[], seed: number): FittedPosterior {
  const K = x.cols
  const users = classes.reduce((sum, { length }) => sum + length, 0)
  const random = randomStream(seed, 'blind', 'posterior')
  const frequencies = Float64Array.from({ length: cosines * K }, () => random.normal() / Math.sqrt(K))
  const phases = Float64Array.from({ length: cosines }, () => 2 * Math.PI * random.uniform())
  const shares = Float64Array.from(classes, ({ length }) => length / users)
  const empty = { shares, frequencies, phases, weights: new Float64Array(0) }

  const taken = Math.min(1, mostUsers / users)
  const drawn = dealtOut(x.rows, classes, seed, 'parts').map((members) =>
    members.subarray(0, Math.ceil(taken * members.length)),
  )
  const n = drawn.reduce((sum, { length }) => sum + length, 0)
  // Classes one after the other, so that parts are of one size.
  const before = drawn.map((_, c) => drawn.slice(0, c).reduce((sum, { length }) => sum + length, 0))
  const parts = Array.from({ length: folds }, (_, fold) =>
    drawn.map((members, c) => members.filter((_, at) => (before[c]! + at) % folds === fold).sort()),
  )
  const sums = parts.map((part) => featureSums(x, part, empty))
  const all = sums.reduce(added)
  let best = { ridge: ridges[0]!, error: Infinity }
  for (const ridge of ridges) {
    let error = 0
    parts.forEach((part, fold) => {
      const others = added(all, sums[fold]!, -1)
      error += squaredError(part, { ...empty, weights: solved(others, ridge, K, n * (1 - 1 / folds)) }, sums[fold]!)
    })
    if (error < best.error) best = { ridge, error }
  }
  const chance = n * shares.reduce((sum, share) => sum + share * (1 - share), 0)
  const [ofVector, ofCosines] = best.ridge
  const kept = Number.isFinite(ofCosines)
    ? empty
    : { ...empty, frequencies: new Float64Array(0), phases: new Float64Array(0) }
  const weights = solved(all, [ofVector, ofCosines], K, n)
  return { posterior: { ...kept, weights }, explained: 1 - best.error / chance }
}

/**
 * Sets `out` (C) to what the vector `row` (K) says of each class beyond its share, cut off where the likelihood would
 * leave [0, 1]. `features` (at least 1 + K + F) is overwritten.
 */
export function posteriorDeviations(
  { shares, frequencies, phases, weights }: Posterior,
  row: Float64Array,
  features: Float64Array,
  out: Float64Array,
): void {
  const K = row.length
  const F = phases.length
  const P = 1 + K + F
  const angles = features.subarray(1 + K, P)
  angles.set(phases)
  addProducts(angles, frequencies, row, F)
  for (let f = 0; f < F; f++) angles[f] = Math.SQRT2 * Math.cos(angles[f]!)
  features[0] = 1
  features.set(row, 1)
  for (let c = 0; c < shares.length; c++)
    out[c] = Math.min(1 - shares[c]!, Math.max(-shares[c]!, dotProduct(weights, c * P, features, P)))
}

/** `posteriorDeviations` of every row of x (n, K), as (n, C), in float32: what a fit goes by. */
export function deviationsOf(posterior: Posterior, x: Matrix): Matrix {
  const { shares, weights } = posterior
  const C = shares.length
  const out = matrix(x.rows, C)
  const all = Int32Array.from({ length: x.rows }, (_, i) => i)
  const factors = matrix(C, weights.length / C, Float32Array.from(weights))
  for (let first = 0; first < x.rows; first += chunkRows) {
    const features = featuresOf(x, all.subarray(first, first + chunkRows), posterior)
    const said = matrix(features.rows, C)
    gemmNT(features, factors, said)
    out.data.set(
      said.data.map((value, p) => Math.min(1 - shares[p % C]!, Math.max(-shares[p % C]!, value))),
      first * C,
    )
  }
  return out
}

/** 1, the row and its cosines for some rows of x (n, K), as (r, 1 + K + F). */
function featuresOf(x: Matrix, rows: Int32Array, { frequencies, phases }: Posterior): Matrix {
  const [K, F] = [x.cols, phases.length]
  const P = 1 + K + F
  const chunk = gatherRows(x, rows)
  const angles = matrix(rows.length, F)
  if (F > 0) gemmNT(chunk, matrix(F, K, Float32Array.from(frequencies)), angles)
  const out = matrix(rows.length, P)
  for (let r = 0; r < rows.length; r++) {
    const at = r * P
    out.data[at] = 1
    for (let k = 0; k < K; k++) out.data[at + 1 + k] = chunk.data[r * K + k]!
    for (let f = 0; f < F; f++) out.data[at + 1 + K + f] = Math.SQRT2 * Math.cos(angles.data[r * F + f]! + phases[f]!)
  }
  return out
}

/** Sums over users of products of features (P, P), and of features with how far labels lie from the shares (C, P). */
interface FeatureSums {
  readonly gram: Float64Array
  readonly cross: Float64Array
}

function featureSums(x: Matrix, part: readonly Int32Array[], empty: Posterior): FeatureSums {
  const { shares, phases } = empty
  const P = 1 + x.cols + phases.length
  const C = shares.length
  const gram = new Float64Array(P * P)
  const cross = new Float64Array(C * P)
  part.forEach((rows, own) => {
    for (let first = 0; first < rows.length; first += chunkRows) {
      const chunk = rows.subarray(first, first + chunkRows)
      const features = featuresOf(x, chunk, empty)
      const products = matrix(P, P)
      gemmTN(features, features, products)
      for (let p = 0; p < gram.length; p++) gram[p]! += products.data[p]!
      for (let p = 0; p < P; p++) {
        let sum = 0
        for (let r = 0; r < chunk.length; r++) sum += features.data[r * P + p]!
        for (let c = 0; c < C; c++) cross[c * P + p]! += ((c === own ? 1 : 0) - shares[c]!) * sum
      }
    }
  })
  return { gram, cross }
}

function added(a: FeatureSums, b: FeatureSums, factor = 1): FeatureSums {
  return {
    gram: a.gram.map((value, p) => value + factor * b.gram[p]!),
    cross: a.cross.map((value, p) => value + factor * b.cross[p]!),
  }
}

/** The weights (C, 1 + K + F) of the least squares over n users, F = 0 where the ridge of cosines is infinite. */
function solved(
  { gram, cross }: FeatureSums,
  [ofVector, ofCosines]: readonly [number, number],
  K: number,
  n: number,
): Float64Array {
  const all = Math.round(Math.sqrt(gram.length))
  const P = Number.isFinite(ofCosines) ? all : 1 + K
  const lower = new Float64Array(P * P)
  for (let p = 0; p < P; p++) for (let q = 0; q <= p; q++) lower[p * P + q] = gram[p * all + q]!
  // The constant takes no ridge, but for what keeps the factor positive where rounding would not.
  for (let p = 0; p < P; p++) lower[p * P + p]! += n * (p === 0 ? 1e-9 : p <= K ? ofVector : ofCosines)
  choleskyFactor(lower, P)
  const C = cross.length / all
  const weights = new Float64Array(C * P)
  for (let c = 0; c < C; c++) {
    const own = cross.slice(c * all, c * all + P)
    choleskySolve(lower, P, own)
    weights.set(own, c * P)
  }
  return weights
}

/**
 * Squared error of the predictions of a part's labels less their shares, over all classes, by the sums of that part.
 */
function squaredError(
  part: readonly Int32Array[],
  { shares, weights }: Posterior,
  { gram, cross }: FeatureSums,
): number {
  const all = Math.round(Math.sqrt(gram.length))
  const C = shares.length
  const P = weights.length / C
  let error = 0
  for (let c = 0; c < C; c++) {
    part.forEach((rows, own) => (error += rows.length * ((c === own ? 1 : 0) - shares[c]!) ** 2))
    for (let p = 0; p < P; p++) {
      const weight = weights[c * P + p]!
      error -= 2 * weight * cross[c * all + p]!
      for (let q = 0; q < P; q++) error += weight * weights[c * P + q]! * gram[p * all + q]!
    }
  }
  return error
}
