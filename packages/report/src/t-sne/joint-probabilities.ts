/** @file How likely two rows are neighbours: the joint probabilities P that a t-SNE map tries to keep. */

import type { Matrix } from '@indistinct/core'
import { nearestNeighbours } from './nearest-neighbours.ts'

/** A symmetric sparse (N, N) matrix that sums to 1; row i's entries lie from `starts[i]` to `starts[i + 1]`. */
export interface JointProbabilities {
  readonly starts: Int32Array
  readonly indices: Int32Array
  readonly values: Float64Array
}

/**
 * Joint probabilities of the rows of `m` (N, K): each row spreads a Gaussian over its 3 * perplexity + 1 nearest
 * neighbours, as wide as makes 2^entropy equal to `perplexity`; both directions are averaged (van der Maaten and Hinton
 * 2008, section 3.1; van der Maaten 2014, section 4.1).
 * @param perplexity from 1 to N - 1, about the number of neighbours that count
 */
export function jointProbabilities(m: Matrix, perplexity: number): JointProbabilities {
  const n = m.rows
  if (!(perplexity >= 1 && perplexity <= n - 1))
    throw new RangeError(
      `jointProbabilities: expected a perplexity from 1 to ${n - 1} for ${n} rows, got ${perplexity}`,
    )
  const { k, indices, distances } = nearestNeighbours(m, Math.min(n - 1, Math.floor(3 * perplexity + 1)))
  const conditional = new Float64Array(n * k)
  for (let i = 0; i < n; i++)
    conditionalRow(distances.subarray(i * k, (i + 1) * k), perplexity, conditional.subarray(i * k, (i + 1) * k))
  return symmetrised(n, k, indices, conditional)
}

/** Finds the Gaussian by bisection over beta, its inverse width, and writes its normalised weights to `out`. */
function conditionalRow(squares: Float64Array, perplexity: number, out: Float64Array): void {
  const wanted = Math.log(perplexity)
  // Distances are counted from the nearest one, which changes nothing but keeps a far-off row's weights from all being
  // zero, and in units of their mean, so that tables of any scale start near their beta.
  const nearest = squares[0]!
  let unit = 0
  for (const square of squares) unit += (square - nearest) / squares.length
  let beta = 1
  let low = 0
  let high = Infinity
  for (let step = 0; step < 100; step++) {
    let sum = 0
    let weighted = 0
    for (let r = 0; r < squares.length; r++) {
      const distance = unit > 0 ? (squares[r]! - nearest) / unit : 0
      const weight = Math.exp(-beta * distance)
      out[r] = weight
      sum += weight
      weighted += weight * distance
    }
    for (let r = 0; r < out.length; r++) out[r]! /= sum
    const entropy = Math.log(sum) + (beta * weighted) / sum
    if (Math.abs(entropy - wanted) <= 1e-5) return
    if (entropy > wanted) {
      low = beta
      beta = high === Infinity ? beta * 2 : (beta + high) / 2
    } else {
      high = beta
      beta = (beta + low) / 2
    }
  }
}

/** (P + P') / 2N; the two directions of a pair are added in either order to the same number. */
function symmetrised(n: number, k: number, indices: Int32Array, conditional: Float64Array): JointProbabilities {
  // Rows that name row j as a neighbour.
  const namedStarts = new Int32Array(n + 1)
  for (const j of indices) namedStarts[j + 1]!++
  for (let j = 0; j < n; j++) namedStarts[j + 1]! += namedStarts[j]!
  const namedBy = new Int32Array(n * k)
  const namedEntry = new Int32Array(n * k)
  const filled = namedStarts.slice(0, n)
  for (let entry = 0; entry < n * k; entry++) {
    const place = filled[indices[entry]!]!++
    namedBy[place] = Math.floor(entry / k)
    namedEntry[place] = entry
  }
  const starts = new Int32Array(n + 1)
  const outIndices = new Int32Array(2 * n * k)
  const values = new Float64Array(2 * n * k)
  const placeOf = new Int32Array(n).fill(-1)
  let end = 0
  for (let i = 0; i < n; i++) {
    const start = end
    for (let entry = i * k; entry < (i + 1) * k; entry++) {
      placeOf[indices[entry]!] = end
      outIndices[end] = indices[entry]!
      values[end++] = conditional[entry]!
    }
    for (let place = namedStarts[i]!; place < namedStarts[i + 1]!; place++) {
      const j = namedBy[place]!
      const value = conditional[namedEntry[place]!]!
      if (placeOf[j]! >= 0) values[placeOf[j]!]! += value
      else {
        outIndices[end] = j
        values[end++] = value
      }
    }
    for (let entry = start; entry < end; entry++) {
      placeOf[outIndices[entry]!] = -1
      values[entry]! /= 2 * n
    }
    starts[i + 1] = end
  }
  return { starts, indices: outIndices.slice(0, end), values: values.slice(0, end) }
}
