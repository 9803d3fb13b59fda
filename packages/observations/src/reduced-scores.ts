/**
 * @file The scores of each user over all items as a table that can be attacked, (N, width) in place of (N, I).
 *
 * Where scores are inner products of K dimensions nothing is lost: with items V = (I, K) and V'V = E L E', user p's
 * scores V p and the K numbers L^(1/2) E' p have the same distances and inner products for all users, so that any
 * attacker that is indifferent to rotation does as well on one as on the other. Other scores are cut down to the
 * directions of the largest variance by a randomised singular value decomposition, in five passes over blocks of
 * scores: one each for their mean and variance, three for products.
 */

import { checkOptions, type Matrix } from '@indistinct/core'
import { gemmNN, gemmTN, symmetricEigen } from '@indistinct/kernels'
import type { ScoreSource } from '@indistinct/recommenders'
import { alongPrincipalAxes } from './principal-axes.ts'
import { leadingDirections } from './randomised-svd.ts'
import { forEachBlock } from './score-blocks.ts'

export interface ReducedScores {
  /** (N, width), on principal axes, largest variance first. */
  readonly table: Matrix
  /** Whether distances between users are those of their scores. */
  readonly exact: boolean
  /** Share of the variance of all scores that the table holds. */
  readonly explained: number
}

export interface ReduceOptions {
  /** Columns of the table where it is not exact. */
  readonly width: number
  /** Draws the directions that the decomposition starts from. */
  readonly seed: number
}

/** @throws RangeError for a width below 1. */
export function reducedScores(scores: ScoreSource, options: ReduceOptions): ReducedScores {
  checkOptions('reducedScores', options, { width: 'number', seed: 'number' })
  const { width, seed } = options
  if (!(Number.isInteger(width) && width >= 1))
    throw new RangeError(`reducedScores: expected a width of 1 or more, got ${width}`)
  return scores.factors ? exactly(scores.factors.users, scores.factors.items) : approximately(scores, width, seed)
}

function exactly(users: Matrix, items: Matrix): ReducedScores {
  const k = users.cols
  const gram = new Float64Array(k * k)
  for (let i = 0; i < items.rows; i++) {
    for (let c = 0; c < k; c++)
      for (let d = 0; d < k; d++) gram[c * k + d]! += items.data[i * k + c]! * items.data[i * k + d]!
  }
  const { values, vectors } = symmetricEigen(gram, k)
  const mapped = new Float64Array(users.rows * k)
  for (let u = 0; u < users.rows; u++) {
    for (let a = 0; a < k; a++) {
      let sum = 0
      for (let c = 0; c < k; c++) sum += users.data[u * k + c]! * vectors[a * k + c]!
      mapped[u * k + a] = Math.sqrt(Math.max(0, values[a]!)) * sum
    }
  }
  return { table: alongPrincipalAxes(mapped, users.rows, k, k).table, exact: true, explained: 1 }
}

function approximately(scores: ScoreSource, width: number, seed: number): ReducedScores {
  const { users, items } = scores
  const { visit, total } = centredBlocks(scores)
  const map = {
    rows: users,
    cols: items,
    times: (right: Float64Array, l: number) => timesItems(visit, right, users, l),
    transposeTimes: (right: Float64Array, l: number) => timesUsers(visit, right, items, l),
  }
  const { table, squares } = leadingDirections(map, { width, seed })
  return { table, exact: false, explained: total > 0 ? Math.min(1, squares / total) : 1 }
}

type Visit = (each: (block: Matrix, from: number) => void) => void

/** Scores that fit into 128 MiB are made once, others again for each pass. */
const heldScores = 2 ** 25

/** Blocks of scores less the mean of each item's, and the sum of their squares. */
function centredBlocks(scores: ScoreSource): { readonly visit: Visit; readonly total: number } {
  const { users, items } = scores
  const held: [block: Matrix, from: number][] = []
  const hold = users * items <= heldScores
  const mean = new Float64Array(items)
  forEachBlock(scores, (block, from) => {
    for (let u = 0; u < block.rows; u++) for (let i = 0; i < items; i++) mean[i]! += block.data[u * items + i]! / users
    if (hold) held.push([block, from])
  })
  const centre = ({ rows, data }: Matrix): void => {
    for (let u = 0; u < rows; u++) for (let i = 0; i < items; i++) data[u * items + i]! -= mean[i]!
  }
  for (const [block] of held) centre(block)
  const visit: Visit = (each) => {
    if (hold) for (const [block, from] of held) each(block, from)
    else {
      forEachBlock(scores, (block, from) => {
        centre(block)
        each(block, from)
      })
    }
  }
  let total = 0
  visit(({ data }) => {
    for (let p = 0; p < data.length; p++) total += data[p]! ** 2
  })
  return { visit, total }
}

/** The centred scores times (I, L): (N, L). */
function timesItems(visit: Visit, right: Float64Array, users: number, l: number): Float64Array {
  const out = new Float64Array(users * l)
  const factor: Matrix = { rows: right.length / l, cols: l, data: Float32Array.from(right) }
  visit((block, from) => {
    const product: Matrix = { rows: block.rows, cols: l, data: new Float32Array(block.rows * l) }
    gemmNN(block, factor, product)
    out.set(product.data, from * l)
  })
  return out
}

/** The transposed centred scores times (N, L): (I, L). */
function timesUsers(visit: Visit, right: Float64Array, items: number, l: number): Float64Array {
  const out: Matrix = { rows: items, cols: l, data: new Float32Array(items * l) }
  visit((block, from) =>
    gemmTN(
      block,
      { rows: block.rows, cols: l, data: Float32Array.from(right.subarray(from * l, (from + block.rows) * l)) },
      out,
      { accumulate: true },
    ),
  )
  return Float64Array.from(out.data)
}
