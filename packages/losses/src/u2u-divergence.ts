/** @file User-to-user distinguishability under graded divergences (paper, section 3.5.2), in O(N K C) without pairs. */

import { checkOptions, matrix, type Labels, type Matrix } from '@indistinct/core'
import { classRows } from './class-rows.ts'
import type { Loss } from './loss.ts'

/** How far the attribute of user j is from that of user i, given their profiles p_i and p_j (C). */
export type ProfileDivergence = 'cross-entropy' | 'cosine'

export interface U2uDivergenceOptions {
  /** 'cosine' (default): 1 - cos(p_i, p_j). 'cross-entropy': -sum_c p_ic ln(max(p_jc, clip)). */
  readonly divergence?: ProfileDivergence
  /** Non-negative rows (N, C), one a user, such as an attacker's class probabilities; default: one-hot labels. */
  readonly profiles?: Matrix
  /** The least probability that a logarithm sees. Default 1e-7. */
  readonly clip?: number
}

/**
 * l_u = sum_ij ||theta_i - theta_j||^2 Div(p_i, p_j) over ordered pairs of labelled rows of theta (N, K), the profiles
 * held constant.
 *
 * Both divergences are inner products Div = sum_r u_ir v_jr of R vectors: C + 1 for the cosine (1 and the rows of unit
 * length, against 1 and their negatives), C for cross-entropy. With T^u_r = sum_i u_ir theta_i and alike for v, the
 * gradient of row i is 2 ((row sum + column sum of Div) theta_i - sum_r (u_ir T^v_r + v_ir T^u_r)): O(N K R), no (N,
 * N).
 *
 * On one-hot labels the cosine gives the 0 and 1 of `u2u`, and cross-entropy the same times -ln(clip). On soft profiles
 * cross-entropy is above zero between equal ones, so it draws users together even where an attacker sees no difference;
 * the cosine is zero there.
 * @throws RangeError when labels or profiles do not fit theta, a profile is negative, or a cosine's profile is zero.
 */
export function u2uDivergence(theta: Matrix, labels: Labels, options: U2uDivergenceOptions = {}): Loss {
  const caller = 'u2uDivergence'
  const classes = classRows(caller, theta, labels)
  checkOptions(caller, options, { divergence: 'string', profiles: 'object', clip: 'number' })
  const { divergence = 'cosine', clip = 1e-7, profiles } = options
  if (!(clip > 0 && clip < 1)) throw new RangeError(`${caller}: expected clip between 0 and 1, got ${clip}`)
  const rows = Int32Array.from(classes.flatMap((members) => [...members])).sort()
  const C = profiles?.cols ?? labels.classes.length
  const p = profiles ? checkedProfiles(caller, theta, rows, profiles) : oneHot(labels, rows)
  const { left, right, R } = factors(caller, p, rows, C, divergence, clip)
  return weightedDistances(theta, rows, left, right, R)
}

function checkedProfiles(caller: string, theta: Matrix, rows: Int32Array, profiles: Matrix): Float64Array {
  const C = profiles.cols
  if (profiles.rows !== theta.rows || C < 1) {
    throw new RangeError(
      `${caller}: expected a profile for each of the ${theta.rows} rows, got (${profiles.rows}, ${C})`,
    )
  }
  const out = new Float64Array(rows.length * C)
  rows.forEach((i, r) => {
    for (let c = 0; c < C; c++) {
      const value = profiles.data[i * C + c]!
      if (!(value >= 0 && value < Infinity))
        throw new RangeError(`${caller}: expected profiles of at least 0, got ${value} in row ${i}`)
      out[r * C + c] = value
    }
  })
  return out
}

function oneHot(labels: Labels, rows: Int32Array): Float64Array {
  const C = labels.classes.length
  const out = new Float64Array(rows.length * C)
  rows.forEach((i, r) => (out[r * C + labels.codes[i]!] = 1))
  return out
}

/** Div_rs = sum over R of left (n, R) times right (n, R). */
function factors(
  caller: string,
  p: Float64Array,
  rows: Int32Array,
  C: number,
  divergence: ProfileDivergence,
  clip: number,
): { left: Float64Array; right: Float64Array; R: number } {
  switch (divergence) {
    case 'cross-entropy':
      return { left: p, right: p.map((value) => -Math.log(Math.max(value, clip))), R: C }
    case 'cosine': {
      const R = C + 1
      const left = new Float64Array(rows.length * R)
      const right = new Float64Array(rows.length * R)
      for (let r = 0; r < rows.length; r++) {
        let squares = 0
        for (let c = 0; c < C; c++) squares += p[r * C + c]! ** 2
        if (squares === 0)
          throw new RangeError(`${caller}: expected profiles with a cosine, got zeros in row ${rows[r]}`)
        left[r * R] = 1
        right[r * R] = 1
        for (let c = 0; c < C; c++) {
          const unit = p[r * C + c]! / Math.sqrt(squares)
          left[r * R + 1 + c] = unit
          right[r * R + 1 + c] = -unit
        }
      }
      return { left, right, R }
    }
    default:
      throw new RangeError(
        `${caller}: expected divergence 'cross-entropy' or 'cosine', got '${String(divergence satisfies never)}'`,
      )
  }
}

/** sum_rs ||theta_r - theta_s||^2 (left right')_rs over the named rows, and its gradient. */
function weightedDistances(theta: Matrix, rows: Int32Array, left: Float64Array, right: Float64Array, R: number): Loss {
  const { cols: K, data } = theta
  const n = rows.length
  const gradient = matrix(theta.rows, K)
  // Distances ignore a common shift: centring first keeps the difference of large sums below from cancelling.
  const centre = new Float64Array(K)
  for (const i of rows) for (let k = 0; k < K; k++) centre[k]! += data[i * K + k]! / n
  const [leftSum, rightSum] = [new Float64Array(R), new Float64Array(R)]
  const [leftTheta, rightTheta] = [new Float64Array(R * K), new Float64Array(R * K)]
  const x = new Float64Array(K)
  const load = (r: number): number => {
    let squares = 0
    for (let k = 0; k < K; k++) {
      x[k] = data[rows[r]! * K + k]! - centre[k]!
      squares += x[k]! * x[k]!
    }
    return squares
  }
  for (let r = 0; r < n; r++) {
    load(r)
    for (let q = 0; q < R; q++) {
      const [u, v] = [left[r * R + q]!, right[r * R + q]!]
      leftSum[q]! += u
      rightSum[q]! += v
      for (let k = 0; k < K; k++) {
        leftTheta[q * K + k]! += u * x[k]!
        rightTheta[q * K + k]! += v * x[k]!
      }
    }
  }
  let value = 0
  const pull = new Float64Array(K)
  for (let r = 0; r < n; r++) {
    const squares = load(r)
    pull.fill(0)
    let total = 0
    for (let q = 0; q < R; q++) {
      const [u, v] = [left[r * R + q]!, right[r * R + q]!]
      total += u * rightSum[q]! + v * leftSum[q]!
      for (let k = 0; k < K; k++) pull[k]! += u * rightTheta[q * K + k]! + v * leftTheta[q * K + k]!
    }
    value += total * squares
    for (let k = 0; k < K; k++) gradient.data[rows[r]! * K + k] = 2 * (total * x[k]! - pull[k]!)
  }
  for (let p = 0; p < R * K; p++) value -= 2 * leftTheta[p]! * rightTheta[p]!
  return { value, gradient }
}
