/**
 * @file Scores in float32 that keep the order of log-odds. A posterior of 1 - 1e-9 is 1 in float32, and an attacker
 * that is very sure of many users, as Gaussian densities in many dimensions are, would call them all equal: ties that
 * cost it AUC for no reason of its own. So beyond log-odds of 4 in size, a probability of 0.982, the tail falls off
 * like one over a logarithm instead of exponentially; value and slope meet there. Up to there scores are probabilities,
 * beyond it they only rank: float32 keeps log-odds apart that differ by a thousandth, whatever their size.
 */

import type { Matrix } from '@indistinct/core'

const turn = 4
const tail = 1 / (1 + Math.exp(turn))

/** Strictly increasing in `logOdds`, the logistic function up to 4 in size; score(-l) = 1 - score(l). */
export function logOddsScore(logOdds: number): number {
  const size = Math.abs(logOdds)
  // d/dl of the logistic tail is -(1 - tail) tail at the turn, and so is that of this quotient.
  const rest = size <= turn ? 1 / (1 + Math.exp(size)) : tail / (1 + (1 - tail) * Math.log1p(size - turn))
  return logOdds < 0 ? rest : 1 - rest
}

/**
 * Scores (N, C) of unnormalised log-probabilities: each class's log-odds against all others together. For two classes
 * rows sum to one; for more they do up to the tails, and the most probable class keeps the highest score.
 * @param logits (N, C)
 */
export function scoresOfLogits(logits: Float64Array, rows: number, classes: number): Matrix {
  const data = new Float32Array(rows * classes)
  for (let i = 0; i < rows; i++) {
    const start = i * classes
    for (let c = 0; c < classes; c++) {
      let highest = -Infinity
      for (let d = 0; d < classes; d++) if (d !== c && logits[start + d]! > highest) highest = logits[start + d]!
      let sum = 0
      for (let d = 0; d < classes; d++) if (d !== c) sum += Math.exp(logits[start + d]! - highest)
      data[start + c] = logOddsScore(logits[start + c]! - highest - Math.log(sum))
    }
  }
  return { rows, cols: classes, data }
}

/** Scores (N, 2) of log-odds (N) for the second of two classes. */
export function scoresOfLogOdds(logOdds: Float64Array): Matrix {
  const rows = logOdds.length
  const data = new Float32Array(2 * rows)
  for (let i = 0; i < rows; i++) {
    data[2 * i] = logOddsScore(-logOdds[i]!)
    data[2 * i + 1] = logOddsScore(logOdds[i]!)
  }
  return { rows, cols: 2, data }
}
