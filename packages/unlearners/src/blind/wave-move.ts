/**
 * @file Moves by waves of the vector, which bring the differences that a radial kernel sees down to what chance gives.
 */

import { choleskyFactor, choleskySolve, matrix, type Matrix, type Random } from '@indistinct/core'
import { gemmNN, gemmNT, gemmTN } from '@indistinct/kernels'
import { cappedShares } from '../flow/calibrate-moments.ts'
import { classMoments, type FamilyRatio } from '../flow/class-moments.ts'
import type { BlindMove } from './blind-map.ts'
import { shiftsHoldingMeans, weightedMeans } from './held-means.ts'

/** Waves of a move; half of them in whitened coordinates. */
const count = 128
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
  const n = x.rows
  const values = centred(waveValues(x, waves, Math.cos))
  const products = matrix(count, count)
  gemmTN(values, values, products)
  const variance = (f: number): number => products.data[f * count + f]! / n
  const apart = weightedMeans(values, classes)
  let ratio = 0
  let together = 0
  for (let f = 0; f < count; f++) {
    if (!(variance(f) > 0)) continue
    classes.forEach(
      (rows, c) => (ratio += (rows.length * apart[c * count + f]! ** 2) / variance(f) / (classes.length - 1) / count),
    )
    for (let g = 0; g < count; g++)
      if (variance(g) > 0) together += products.data[f * count + g]! ** 2 / (n * n * variance(f) * variance(g))
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
  const cosines = centred(waveValues(x, waves, Math.cos))
  const asked = aboveChance(
    cosines,
    weightedMeans(cosines, classes).slice(c * count, (c + 1) * count),
    1 / classes[c]!.length - 1 / n,
  )
  if (!asked) return undefined

  // How the means answer: w_f.w_g times the mean of sin_f sin_g e_c, over class c less over all.
  const sines = waveValues(x, waves, Math.sin)
  const weighted = matrix(n, count)
  classes.forEach((rows, own) => {
    const weight = (own === c ? 1 / rows.length : 0) - 1 / n
    for (const i of rows)
      for (let f = 0; f < count; f++)
        weighted.data[i * count + f] = weight * deviations.data[i * C + c]! * sines.data[i * count + f]!
  })
  const answer = matrix(count, count)
  gemmTN(sines, weighted, answer)
  const products = matrix(count, count)
  gemmNT(frequencies, frequencies, products)
  const system = Float64Array.from(
    answer.data,
    (value, p) => ((value + answer.data[(p % count) * count + Math.floor(p / count)]!) / 2) * products.data[p]!,
  )
  const amplitudes = solvedWithRidge(system, asked)
  if (!amplitudes) return undefined
  const moves = matrix(n, x.cols)
  for (let i = 0; i < n; i++)
    for (let f = 0; f < count; f++) sines.data[i * count + f]! *= deviations.data[i * C + c]! * amplitudes[f]!
  gemmNN(sines, frequencies, moves)
  return {
    kind: 'waves',
    of: c,
    frequencies: Float64Array.from(frequencies.data),
    phases: waves.phases,
    amplitudes,
    shifts: shiftsHoldingMeans(moves, classes, deviations),
  }
}

/**
 * What of `apart` (F) is above chance, by waves less their means (n, F), whose means random labels would make vary by
 * `variance`.
 */
function aboveChance(cosines: Matrix, apart: Float64Array, variance: number): Float64Array | undefined {
  const products = matrix(count, count)
  gemmTN(cosines, cosines, products)
  const lower = Float64Array.from(products.data, (value) => (value * variance) / cosines.rows)
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

/** x less the mean of each column, in place. */
function centred(x: Matrix): Matrix {
  const means = new Float64Array(x.cols)
  for (let p = 0; p < x.data.length; p++) means[p % x.cols]! += x.data[p]! / x.rows
  for (let p = 0; p < x.data.length; p++) x.data[p]! -= means[p % x.cols]!
  return x
}

/** cos or sin of every wave for every row (n, F). */
function waveValues(x: Matrix, { frequencies, phases }: Waves, of: (angle: number) => number): Matrix {
  const out = matrix(x.rows, frequencies.rows)
  gemmNT(x, frequencies, out)
  for (let p = 0; p < out.data.length; p++) out.data[p] = of(out.data[p]! + phases[p % phases.length]!)
  return out
}
