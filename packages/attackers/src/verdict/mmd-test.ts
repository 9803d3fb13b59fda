/**
 * @file A two-sample test that fits nothing: are the users of different labels distributed alike? The statistic is
 * MMD^2 under the five radial kernels that unlearning uses (`rbfMmd`), summed over pairs of labels; labels are permuted
 * over users. It is a second opinion, since attackers and a kernel miss different things.
 *
 * Up to `mostExact` users the kernel matrix is kept, and a relabelling is a product with it. Beyond, kernels are
 * replaced by random Fourier features (Rahimi and Recht 2007) of 512 frequencies: the statistic is then an
 * approximation, but as the same one is taken under every relabelling, p is exact all the same.
 */

import { gatherRows, matrix, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { allocate, gemmNN, gemmTN, randomFrequencies, release } from '@indistinct/kernels'

export interface MmdTest {
  /** Statistic of the true labels. */
  readonly value: number
  /** Its mean over relabellings: what chance shows. */
  readonly chance: number
  /** (1 + number of relabellings with at least as large a statistic) / (permutations + 1). */
  readonly p: number
  /**
   * The same for statistics at most as large: a small one says that the labels' users are more alike than chance makes
   * them, which unlearning past chance leaves and attackers see below one half.
   */
  readonly pBelow: number
  readonly permutations: number
  /** Users that took part: at most 20,000, drawn at random, some of every label among them. */
  readonly users: number
  readonly kernel: 'exact' | 'random features'
}

export interface MmdTestOptions {
  readonly seed: number
  /** 200 unless given. */
  readonly permutations?: number
}

const mostExact = 2000
const mostUsers = 20_000
const leastOfLabel = 20
const frequencyCount = 512
const kernelCount = 5
/** Relabellings that share one product. */
const together = 64
const rowsPerChunk = 2048

/**
 * @param rowsOfClass rows of each label in the embedding (N, K), none empty
 * @throws RangeError on fewer than two labels or 99 permutations.
 */
export function mmdTest(embedding: Matrix, rowsOfClass: readonly Int32Array[], options: MmdTestOptions): MmdTest {
  const { seed, permutations = 200 } = options
  if (rowsOfClass.length < 2)
    throw new RangeError(`mmdTest: expected users of two labels or more, got ${rowsOfClass.length}`)
  if (!(Number.isInteger(permutations) && permutations >= 99))
    throw new RangeError(`mmdTest: expected permutations of 99 or more, got ${permutations}`)
  const all = rowsOfClass.flatMap((rows, c) => Array.from(rows, (row) => ({ row, c })))
  const order = drawnUsers(shuffle(Int32Array.from(all.keys()), randomStream(seed, 'mmd-users')), (at) => all[at]!.c)
  const x = gatherRows(
    embedding,
    order.map((at) => all[at]!.row),
  )
  const codes = order.map((at) => all[at]!.c)
  const counts = rowsOfClass.map((_, c) => codes.reduce((sum, code) => sum + (code === c ? 1 : 0), 0))
  const labellings = [codes]
  for (let b = 1; b <= permutations; b++)
    labellings.push(shuffle(codes.slice(), randomStream(seed, 'mmd-relabelling', b)))
  const kernel = x.rows <= mostExact ? 'exact' : 'random features'
  const statistics =
    kernel === 'exact' ? exactStatistics(x, labellings, counts) : featureStatistics(x, labellings, counts, seed)
  const value = statistics[0]!
  let atLeast = 0
  let atMost = 0
  let sum = 0
  for (const drawn of statistics.subarray(1)) {
    // Sums in another order differ by float32 rounding: such values are ties.
    if (drawn >= value * (1 - 1e-6)) atLeast++
    if (drawn <= value * (1 + 1e-6)) atMost++
    sum += drawn
  }
  return {
    value,
    chance: sum / permutations,
    p: (1 + atLeast) / (permutations + 1),
    pBelow: (1 + atMost) / (permutations + 1),
    permutations,
    users: x.rows,
    kernel,
  }
}

/**
 * The first `mostUsers` of users in random order, but `leastOfLabel` of each label before any others: one in 100,000
 * has none among the first, and a mean of nobody.
 */
function drawnUsers(order: Int32Array, labelOf: (user: number) => number): Int32Array {
  if (order.length <= mostUsers) return order
  const met = new Map<number, number>()
  const needed = order.map((user) => {
    const before = met.get(labelOf(user)) ?? 0
    met.set(labelOf(user), before + 1)
    return before < leastOfLabel ? 1 : 0
  })
  let others = mostUsers - needed.reduce((sum, is) => sum + is, 0)
  return order.filter((_, at) => needed[at] === 1 || others-- > 0)
}

/** Mean squared distance between different rows, the b of exp(-d^2 / (b m)); 1 where all are equal. */
function bandwidthOf({ rows, cols, data }: Matrix): number {
  let squares = 0
  for (let j = 0; j < cols; j++) {
    let mean = 0
    for (let i = 0; i < rows; i++) mean += data[i * cols + j]! / rows
    for (let i = 0; i < rows; i++) squares += (data[i * cols + j]! - mean) ** 2
  }
  return squares > 0 ? (2 * squares) / (rows - 1) : 1
}

/** K(i, j) = sum over m in {1/4, 1/2, 1, 2, 4} of exp(-d^2 / (b m)), by one exponential. */
function kernelMatrix(x: Matrix, bandwidth: number): Matrix {
  const { rows, cols, data } = x
  const out = matrix(rows, rows, allocate(rows * rows))
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let square = 0
      for (let k = 0; k < cols; k++) square += (data[i * cols + k]! - data[j * cols + k]!) ** 2
      const t = Math.exp(-square / (4 * bandwidth))
      const t4 = t ** 4
      const value = t + t * t + t4 + t4 * t4 + t4 ** 4
      out.data[i * rows + j] = value
      out.data[j * rows + i] = value
    }
  }
  return out
}

/** Weights (N, B) of the first `counts.length - 1` labels: 1/n_c for users of label c, else 0, less 1/N for all. */
function fillWeights(
  out: Matrix,
  labellings: readonly Int32Array[],
  counts: readonly number[],
  from: number,
  to: number,
): void {
  const per = counts.length - 1
  const n = labellings[0]!.length
  for (let i = from; i < to; i++) {
    const row = (i - from) * out.cols
    labellings.forEach((codes, b) => {
      for (let c = 0; c < per; c++) out.data[row + b * per + c] = (codes[i] === c ? 1 / counts[c]! : 0) - 1 / n
    })
  }
}

/**
 * Sum over pairs of labels of the squared distance between their means, from the Gram matrix of the centred means of
 * all labels but the last, which follows from n_C m_C = -sum of n_c m_c.
 */
function pairsOf(gram: (a: number, b: number) => number, counts: readonly number[]): number {
  const per = counts.length - 1
  const last = counts[per]!
  const full = (a: number, b: number): number => {
    if (a < per && b < per) return gram(a, b)
    if (a < per) return -counts.slice(0, per).reduce((sum, n, c) => sum + (n / last) * gram(a, c), 0)
    if (b < per) return full(b, a)
    return counts
      .slice(0, per)
      .reduce(
        (sum, n, c) =>
          sum + counts.slice(0, per).reduce((inner, other, d) => inner + ((n * other) / last ** 2) * gram(c, d), 0),
        0,
      )
  }
  let sum = 0
  for (let a = 0; a < counts.length; a++) for (let b = 0; b < a; b++) sum += full(a, a) + full(b, b) - 2 * full(a, b)
  return sum
}

function exactStatistics(x: Matrix, labellings: readonly Int32Array[], counts: readonly number[]): Float64Array {
  const per = counts.length - 1
  const kernel = kernelMatrix(x, bandwidthOf(x))
  const out = new Float64Array(labellings.length)
  for (let start = 0; start < labellings.length; start += together) {
    const block = labellings.slice(start, start + together)
    const weights = matrix(x.rows, block.length * per, allocate(x.rows * block.length * per))
    const products = matrix(x.rows, weights.cols, allocate(x.rows * weights.cols))
    fillWeights(weights, block, counts, 0, x.rows)
    gemmNN(kernel, weights, products)
    block.forEach((_, b) => {
      const gram = (a: number, d: number): number => {
        let sum = 0
        for (let i = 0; i < x.rows; i++)
          sum += weights.data[i * weights.cols + b * per + a]! * products.data[i * weights.cols + b * per + d]!
        return sum
      }
      out[start + b] = pairsOf(gram, counts)
    })
    release(weights.data)
    release(products.data)
  }
  release(kernel.data)
  return out
}

function featureStatistics(
  x: Matrix,
  labellings: readonly Int32Array[],
  counts: readonly number[],
  seed: number,
): Float64Array {
  const per = counts.length - 1
  const frequencies = randomFrequencies(x.cols, frequencyCount, randomStream(seed, 'mmd-frequencies'))
  const width = 2 * frequencyCount
  // Kernel m of the five has frequencies of variance 2 / (b m); each takes every fifth frequency.
  const base = Math.sqrt(2 / (4 * bandwidthOf(x)))
  const scaled = matrix(x.cols, frequencyCount)
  for (let f = 0; f < frequencyCount; f++) {
    const factor = base * Math.SQRT2 ** (f % kernelCount)
    for (let k = 0; k < x.cols; k++) scaled.data[k * frequencyCount + f] = factor * frequencies.data[f * x.cols + k]!
  }
  const columns = labellings.length * per
  const sums = matrix(columns, width, allocate(columns * width))
  for (let from = 0; from < x.rows; from += rowsPerChunk) {
    const to = Math.min(from + rowsPerChunk, x.rows)
    const rows = to - from
    const angles = matrix(rows, frequencyCount, allocate(rows * frequencyCount))
    gemmNN(matrix(rows, x.cols, x.data.slice(from * x.cols, to * x.cols)), scaled, angles)
    const features = matrix(rows, width, allocate(rows * width))
    for (let i = 0; i < rows; i++) {
      for (let f = 0; f < frequencyCount; f++) {
        const angle = angles.data[i * frequencyCount + f]!
        features.data[i * width + 2 * f] = Math.cos(angle)
        features.data[i * width + 2 * f + 1] = Math.sin(angle)
      }
    }
    const weights = matrix(rows, columns, allocate(rows * columns))
    fillWeights(weights, labellings, counts, from, to)
    gemmTN(weights, features, sums, { accumulate: from > 0 })
    for (const part of [angles, features, weights]) release(part.data)
  }
  const scale = kernelCount / frequencyCount
  const out = Float64Array.from(labellings, (_, b) =>
    pairsOf((a, d) => {
      let sum = 0
      for (let f = 0; f < width; f++)
        sum += sums.data[(b * per + a) * width + f]! * sums.data[(b * per + d) * width + f]!
      return scale * sum
    }, counts),
  )
  release(sums.data)
  return out
}
