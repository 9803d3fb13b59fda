/** @file The two directions along which a table varies most (PCA), and users projected on them. */

import { labelledRows, randomStream, shuffle, type Labels, type Matrix } from '@indistinct/core'
import { mergeSmallClasses } from './merge-small-classes.ts'
import type { Colouring, ScatterData } from './report-data.ts'

export interface ProjectOptions {
  /** Chooses the users that are drawn, and those that the axes are fitted to. */
  readonly seed: number
  /** Users drawn at most (default 1,500). */
  readonly points?: number
  /** An attacker's predicted class codes (N), as a second way to colour the same points. */
  readonly predictions?: { readonly name: string; readonly before?: Int32Array; readonly after?: Int32Array }
}

// The covariance of more users than this differs from that of all by less than a picture can show.
const fitRows = 20_000

/**
 * Projects labelled users onto the first two principal components of the table before. Both tables use these axes, so
 * that a user can be followed from one picture to the other.
 * @param before (N, K)
 * @param after (N, K)
 */
export function projectUsers(before: Matrix, after: Matrix | undefined, labels: Labels, options: ProjectOptions): ScatterData {
  if (labels.codes.length !== before.rows) throw new RangeError(`projectUsers: expected ${before.rows} labels, got ${labels.codes.length}`)
  if (after && (after.rows !== before.rows || after.cols !== before.cols)) {
    throw new RangeError(`projectUsers: expected a table of ${before.rows} x ${before.cols} after, got ${after.rows} x ${after.cols}`)
  }
  const labelled = labelledRows(labels)
  const order = shuffle(labelled.slice(), randomStream(options.seed, 'report', 'scatter'))
  const fitted = order.slice(0, fitRows)
  const drawn = order.slice(0, options.points ?? 1500)
  const { mean, axes, shares } = principalComponents(before, fitted)
  const place = (m: Matrix): [number, number][] => Array.from(drawn, (i) => axes.map((axis) => round(dot(m, i, mean, axis))) as [number, number])
  const merged = mergeSmallClasses(labels)
  const classes = merged.classes.map(({ name }) => name)
  const pick = (codes: Int32Array): number[] => {
    const shown = merged.merge(codes)
    return Array.from(drawn, (i) => shown[i]!)
  }
  const byLabel = pick(labels.codes)
  const colourings: Colouring[] = [{ name: 'label', classes, before: byLabel, ...(after && { after: byLabel }) }]
  const predictions = options.predictions
  if (predictions) {
    colourings.push({
      name: predictions.name,
      classes,
      ...(predictions.before && { before: pick(predictions.before) }),
      ...(predictions.after && after && { after: pick(predictions.after) }),
    })
  }
  return {
    projection: 'PCA',
    users: labelled.length,
    points: { before: place(before), ...(after && { after: place(after) }) },
    explained: { before: shares, ...(after && { after: varianceAlong(after, fitted, axes) }) },
    colourings,
  }
}

/**
 * Mean (K), first two unit axes (K each) and their shares of the variance, from the given rows of `m`. The sign of an
 * axis makes its largest component positive. A table without variance, or with one dimension, has zero axes.
 */
export function principalComponents(m: Matrix, rows: Int32Array): { mean: Float64Array; axes: [Float64Array, Float64Array]; shares: [number, number] } {
  const k = m.cols
  const { mean, covariance } = scatterOf(m, rows)
  const { values, vectors } = symmetricEigen(covariance, k)
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b)
  const axis = (rank: number): Float64Array => {
    const column = order[rank]
    if (column === undefined || !(values[column]! > 0)) return new Float64Array(k)
    const out = Float64Array.from({ length: k }, (_, a) => vectors[a * k + column]!)
    const lead = out.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
    return lead < 0 ? out.map((value) => -value) : out
  }
  const share = (rank: number): number => (total > 0 ? Math.max(0, values[order[rank] ?? -1] ?? 0) / total : 0)
  return { mean, axes: [axis(0), axis(1)], shares: [share(0), share(1)] }
}

/** Mean (K) and the sums of products about it (K, K), the covariance times the number of rows. */
export function scatterOf(m: Matrix, rows: Int32Array): { mean: Float64Array; covariance: Float64Array } {
  const k = m.cols
  const mean = meanOf(m, rows)
  const covariance = new Float64Array(k * k)
  const centred = new Float64Array(k)
  for (const i of rows) {
    for (let a = 0; a < k; a++) centred[a] = m.data[i * k + a]! - mean[a]!
    for (let a = 0; a < k; a++) for (let b = 0; b <= a; b++) covariance[a * k + b]! += centred[a]! * centred[b]!
  }
  for (let a = 0; a < k; a++) for (let b = 0; b < a; b++) covariance[b * k + a] = covariance[a * k + b]!
  return { mean, covariance }
}

/** Eigenvalues (k) and eigenvectors (columns of a k x k array) of a symmetric matrix, by cyclic Jacobi rotations. */
export function symmetricEigen(symmetric: Float64Array, k: number): { values: Float64Array; vectors: Float64Array } {
  const a = symmetric.slice()
  const v = new Float64Array(k * k)
  for (let i = 0; i < k; i++) v[i * k + i] = 1
  const size = a.reduce((sum, value) => sum + value * value, 0)
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0
    for (let p = 0; p < k; p++) for (let q = p + 1; q < k; q++) off += a[p * k + q]! ** 2
    if (off <= size * 1e-24) break
    for (let p = 0; p < k; p++) {
      for (let q = p + 1; q < k; q++) {
        const apq = a[p * k + q]!
        if (apq === 0) continue
        const tau = (a[q * k + q]! - a[p * k + p]!) / (2 * apq)
        const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau))
        const c = 1 / Math.sqrt(1 + t * t)
        const s = t * c
        for (let i = 0; i < k; i++) rotate(a, i * k + p, i * k + q, c, s)
        for (let i = 0; i < k; i++) rotate(a, p * k + i, q * k + i, c, s)
        for (let i = 0; i < k; i++) rotate(v, i * k + p, i * k + q, c, s)
      }
    }
  }
  return { values: Float64Array.from({ length: k }, (_, i) => a[i * k + i]!), vectors: v }
}

function rotate(a: Float64Array, p: number, q: number, c: number, s: number): void {
  const x = a[p]!
  const y = a[q]!
  a[p] = c * x - s * y
  a[q] = s * x + c * y
}

function varianceAlong(m: Matrix, rows: Int32Array, axes: readonly [Float64Array, Float64Array]): [number, number] {
  const mean = meanOf(m, rows)
  const along: [number, number] = [0, 0]
  let total = 0
  for (const i of rows) {
    for (let a = 0; a < m.cols; a++) total += (m.data[i * m.cols + a]! - mean[a]!) ** 2
    along[0] += dot(m, i, mean, axes[0]) ** 2
    along[1] += dot(m, i, mean, axes[1]) ** 2
  }
  return total > 0 ? [along[0] / total, along[1] / total] : [0, 0]
}

function meanOf(m: Matrix, rows: Int32Array): Float64Array {
  const mean = new Float64Array(m.cols)
  for (const i of rows) for (let a = 0; a < m.cols; a++) mean[a]! += m.data[i * m.cols + a]! / rows.length
  return mean
}

function dot(m: Matrix, i: number, mean: Float64Array, axis: Float64Array): number {
  let sum = 0
  for (let a = 0; a < m.cols; a++) sum += (m.data[i * m.cols + a]! - mean[a]!) * axis[a]!
  return sum
}

/** Six significant digits: more than a picture shows, and short in JSON. */
function round(value: number): number {
  return Number(value.toPrecision(6)) + 0
}
