/** @file Distributions of users whose best attacker is known, for the bounds of `certify` to be held against. */

import { matrix, type Matrix, type Random } from '@indistinct/core'

/** What the best attacker of a class reaches, and a draw of users with the label and without. */
export interface Population<Users> {
  readonly title: string
  readonly draw: (positive: Uint8Array, random: Random) => Users
}

export interface CellPopulation extends Population<Int32Array> {
  readonly advantage: number
  readonly auc: number
}

export interface NormalPopulation extends Population<Matrix> {
  readonly threshold: number
  readonly columnAuc: number
  readonly ball: number
}

/**
 * Users in `count` cells, cell c with a probability in proportion to 1 + t (with the label) and 1 - t (without), t
 * rising over the cells from -1/2 to 1/2. Users with the label grow likelier from cell to cell, so that the best
 * attacker scores by the number of the cell.
 */
export function tiltedCells(count: number): CellPopulation {
  const tilts = Array.from({ length: count }, (_, c) => c / (count - 1) - 0.5)
  const [own, other] = [tilts.map((t) => (1 + t) / count), tilts.map((t) => (1 - t) / count)]
  const drawFrom = (shares: readonly number[], random: Random): number => {
    let left = random.uniform()
    const at = shares.findIndex((share) => (left -= share) < 0)
    return at < 0 ? count - 1 : at
  }
  return {
    title: `${count} cells`,
    advantage: own.reduce((sum, share, c) => sum + Math.abs(share - other[c]!) / 2, 0),
    auc: cellAuc(own, other),
    draw: (positive, random) => Int32Array.from(positive, (value) => drawFrom(value === 1 ? own : other, random)),
  }
}

/**
 * AUC of scoring cells by their number: pairs in which the user with the label lies higher, and half of those level.
 */
export function cellAuc(own: readonly number[], other: readonly number[]): number {
  let below = 0
  let auc = 0
  own.forEach((share, c) => {
    auc += share * (below + other[c]! / 2)
    below += other[c]!
  })
  return auc
}

/** exp(-d^2 / bandwidth), as `kernelBound` has it. */
export const bandwidth = 4

/**
 * Users in two columns of unit variance, those with the label `shift` to the right in the first.
 *
 * A threshold half way tells 2 Phi(shift / 2) - 1 apart, the first column has an AUC of Phi(shift / sqrt 2). The ball
 * of the kernel reaches half the distance of the mean embeddings. For normal x and y, with means m apart and unit
 * variance, E exp(-(x - y)^2 / h) = (1 + 4 / h)^(-1/2) exp(-m^2 / (h + 4)) in each column.
 */
export function shiftedNormals(shift: number): NormalPopulation {
  const near = (1 + 4 / bandwidth) ** -0.5
  const squared = 2 * near * near * (1 - Math.exp(-(shift ** 2) / (bandwidth + 4)))
  return {
    title: `normal, shift ${shift}`,
    threshold: 2 * normalShare(shift / 2) - 1,
    columnAuc: normalShare(shift * Math.SQRT1_2),
    ball: Math.sqrt(squared) / 2,
    draw: (positive, random) =>
      matrix(
        positive.length,
        2,
        Float32Array.from({ length: 2 * positive.length }, (_, p) => {
          const moved = p % 2 === 0 && positive[p / 2] === 1
          return random.normal() + (moved ? shift : 0)
        }),
      ),
  }
}

/** Phi(z), by Simpson's rule. */
export function normalShare(z: number): number {
  const steps = 400
  let sum = 0
  for (let s = 0; s <= steps; s++) {
    const weight = s === 0 || s === steps ? 1 : s % 2 === 1 ? 4 : 2
    sum += weight * Math.exp(-(((z * s) / steps) ** 2) / 2)
  }
  return 0.5 + (sum * z) / (3 * steps) / Math.sqrt(2 * Math.PI)
}
