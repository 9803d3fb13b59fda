/**
 * @file Moves by waves of the vector, which bring the differences that a radial kernel sees down to what chance gives.
 */

import { choleskyFactor, choleskySolve, gatherRows, matrix, type Matrix, type Random } from '@indistinct/core'
import { gemmNT, gemmTN } from '@indistinct/kernels'
import { cappedShares } from '../flow/calibrate/calibrate-moments.ts'
import { classMoments, type FamilyRatio } from '../flow/calibrate/class-moments.ts'
import type { BlindMove } from './blind-map.ts'
import { product } from '../linear-algebra/small-product.ts'
import { shiftsHoldingMeans } from './held-means.ts'
import { meansLessAll } from './moved-table.ts'

/** Waves of a move; half of them in whitened coordinates. */
const count = 128
/** Rows of whose waves are in memory at a time. */
const chunkRows = 4096
/** Radial kernels exp(-g d^2 / K) in turn, d the distance in units of the spread. */
const narrowness = [1, 3]
/** Share of its variance that a wave is taken to have of its own, where others explain all of it. */
const leastOwn = 1e-3
/** Ridges of a step, over the mean of what they are added to. */
const narrowestRidge = 0.03
const widestRidge = 1

/** cos(w.x + phase): w as rows (F, K), within the directions in which users differ, and phases (F). */
export interface Waves {
  readonly frequencies: Matrix
  readonly phases: Float64Array
}

/** Waves that together are radial kernels of several widths, in the spreads of columns and of axes of x (n, K). */
export function drawWaves(x: Matrix, classes: readonly Int32Array[], random: Random): Waves {
  const K = x.cols
  const { axes, variances, whitening, compared: P } = classMoments(x, classes)
  const within = variances.filter((variance) => variance > 1e-10 * variances[0]!).length
  const frequencies = matrix(count, K)
  for (let f = 0; f < count; f++) {
    const whitened = f % 2 === 1 && P > 0
    const dimensions = whitened ? P : within
    const scale = Math.sqrt((2 * narrowness[(f >> 1) % narrowness.length]!) / dimensions)
    const along = Float64Array.from({ length: dimensions }, () => scale * random.normal())
    for (let a = 0; a < dimensions; a++)
      for (let k = 0; k < K; k++) frequencies.data[f * K + k]! += along[a]! * (whitened ? whitening : axes)[a * K + k]!
  }
  return { frequencies, phases: Float64Array.from({ length: count }, () => 2 * Math.PI * random.uniform()) }
}

/**
 * Squared differences of classes in the means of `waves` over their null, mean over waves; `terms` is how many
 * independent ones vary as much.
 */
export function waveRatio(x: Matrix, classes: readonly Int32Array[], waves: Waves): FamilyRatio {
  const { products, apart } = cosineSums(x, classes, waves)
  const variance = (f: number): number => products[f * count + f]!
  let ratio = 0
  let together = 0
  for (let f = 0; f < count; f++) {
    if (!(variance(f) > 0)) continue
    classes.forEach(
      (rows, c) => (ratio += (rows.length * apart[c * count + f]! ** 2) / variance(f) / (classes.length - 1) / count),
    )
    for (let g = 0; g < count; g++)
      if (variance(g) > 0) together += products[f * count + g]! ** 2 / (variance(f) * variance(g))
  }
  return { ratio, terms: ((classes.length - 1) * count ** 2) / Math.max(1, together) }
}

/**
 * The move of users of x (n, K) by e_c(x), column c of `deviations` (n, C), down a sum of `waves`: Newton's step on how
 * far their means over class c lie from those over all. In coordinates in which chance makes all of these alike, what
 * is above is capped at one height (`cappedShares`). Undefined where nothing is.
 */
export function waveMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  waves: Waves,
): BlindMove | undefined {
  const C = classes.length
  const n = x.rows
  const { frequencies } = waves
  const { products: spread, apart } = cosineSums(x, classes, waves)
  const own = apart.slice(c * count, (c + 1) * count)
  const asked = aboveChance(spread, own, 1 / classes[c]!.length - 1 / n)
  if (!asked) return undefined

  // How the means answer: w_f.w_g times the mean of sin_f sin_g e_c, over class c less over all.
  const answer = new Float64Array(count * count)
  const sums = new Float64Array(C * count)
  const answers = matrix(count, count)
  eachChunkOfWaves(x, classes, waves, Math.sin, (sines, chunk, own) => {
    const weight = (own === c ? 1 / classes[c]!.length : 0) - 1 / n
    const weighted = matrix(chunk.length, count)
    for (let r = 0, p = 0; r < chunk.length; r++) {
      const said = deviations.data[chunk[r]! * C + c]!
      for (let f = 0; f < count; f++, p++) {
        weighted.data[p] = said * sines.data[p]!
        sums[own * count + f]! += weighted.data[p]!
      }
    }
    gemmTN(sines, weighted, answers)
    answers.data.forEach((sum, p) => void (answer[p]! += weight * sum))
  })
  const products = matrix(count, count)
  gemmNT(frequencies, frequencies, products)
  const system = answer.map(
    (value, p) => ((value + answer[(p % count) * count + Math.floor(p / count)]!) / 2) * products.data[p]!,
  )
  const amplitudes = solvedWithRidge(system, asked)
  if (!amplitudes) return undefined
  const heights = meansLessAll(sums, classes).map((value, p) => value * amplitudes[p % count]!)
  const moved = product(heights, Float64Array.from(frequencies.data), C, count, x.cols)
  return {
    kind: 'waves',
    of: c,
    frequencies: Float64Array.from(frequencies.data),
    phases: waves.phases,
    amplitudes,
    shifts: shiftsHoldingMeans(moved, classes, deviations),
  }
}

/**
 * What of `apart` (F) is above chance, by the covariance of waves over all users (F, F), whose means random labels
 * would make vary by `variance` times it.
 */
function aboveChance(spread: Float64Array, apart: Float64Array, variance: number): Float64Array | undefined {
  const lower = spread.map((value) => value * variance)
  const trace = lower.reduce((sum, value, p) => sum + (p % (count + 1) === 0 ? value : 0), 0)
  if (!(trace > 0)) return undefined
  for (let f = 0; f < count; f++) lower[f * count + f]! += (leastOwn * trace) / count
  choleskyFactor(lower, count)
  // L^-1 apart: by chance its entries are independent, of variance 1.
  const own = new Float64Array(count)
  for (let f = 0; f < count; f++) {
    let sum = apart[f]!
    for (let g = 0; g < f; g++) sum -= lower[f * count + g]! * own[g]!
    own[f] = sum / lower[f * count + f]!
  }
  const kept = cappedShares(
    own.map((value) => value ** 2),
    own.map(() => 1),
    1,
  )
  if (kept.every((share) => share === 1)) return undefined
  return own.map((_, f) => {
    let sum = 0
    for (let g = 0; g <= f; g++) sum += lower[f * count + g]! * own[g]! * (1 - kept[g]!)
    return sum
  })
}

/** (system + ridge I)^-1 right with the narrowest ridge that makes it positive. */
function solvedWithRidge(system: Float64Array, right: Float64Array): Float64Array | undefined {
  const mean = system.reduce((sum, value, p) => sum + (p % (count + 1) === 0 ? value : 0), 0) / count
  if (!(mean > 0)) return undefined
  for (let ridge = narrowestRidge; ridge <= widestRidge; ridge *= 2) {
    const lower = system.slice()
    for (let f = 0; f < count; f++) lower[f * count + f]! += ridge * mean
    try {
      choleskyFactor(lower, count)
    } catch {
      continue
    }
    choleskySolve(lower, count, right)
    return right
  }
  return undefined
}

/** Covariance over all users of the cosines of `waves` (F, F), and their means over each class less over all (C, F). */
function cosineSums(
  x: Matrix,
  classes: readonly Int32Array[],
  waves: Waves,
): { products: Float64Array; apart: Float64Array } {
  const products = new Float64Array(count * count)
  const sums = new Float64Array(classes.length * count)
  const own = matrix(count, count)
  eachChunkOfWaves(x, classes, waves, Math.cos, (cosines, chunk, c) => {
    for (let r = 0, p = 0; r < chunk.length; r++)
      for (let f = 0; f < count; f++, p++) sums[c * count + f]! += cosines.data[p]!
    gemmTN(cosines, cosines, own)
    own.data.forEach((sum, p) => void (products[p]! += sum / x.rows))
  })
  const mean = new Float64Array(count)
  sums.forEach((sum, p) => void (mean[p % count]! += sum / x.rows))
  const covariance = products.map((value, p) => value - mean[Math.floor(p / count)]! * mean[p % count]!)
  return { products: covariance, apart: meansLessAll(sums, classes) }
}

/** cos or sin of every wave for the rows of a chunk (r, F), a class after the other. */
function eachChunkOfWaves(
  x: Matrix,
  classes: readonly Int32Array[],
  { frequencies, phases }: Waves,
  of: (angle: number) => number,
  visit: (values: Matrix, chunk: Int32Array, c: number) => void,
): void {
  classes.forEach((rows, c) => {
    for (let first = 0; first < rows.length; first += chunkRows) {
      const chunk = rows.subarray(first, first + chunkRows)
      const values = matrix(chunk.length, count)
      gemmNT(gatherRows(x, chunk), frequencies, values)
      for (let r = 0, p = 0; r < chunk.length; r++)
        for (let f = 0; f < count; f++, p++) values.data[p] = of(values.data[p]! + phases[f]!)
      visit(values, chunk, c)
    }
  })
}
