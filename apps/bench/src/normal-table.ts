/** @file Synthetic tables for benchmarks whose time does not depend on the values. */

import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import type { TwoSamples } from '@indistinct/kernels'

/** Share of the first class: that of women in MovieLens 1M. */
const firstShare = 0.283

/** Users of the first class among so many. */
export function firstClassSize(rows: number): number {
  return Math.round(firstShare * rows)
}

export interface LabelledTable {
  readonly theta: Matrix
  readonly labels: Labels
  readonly samples: TwoSamples
}

/**
 * Users (N, K) of two classes, drawn normal with spreads that fall along the columns, as a trained embedding's do;
 * the first class, which comes first, is `shift` of each spread off and a tenth wider.
 */
export function normalTable(rows: number, cols: number, seed: number, shift = 0.3): LabelledTable {
  const random = randomStream(seed, 'normal table', rows, cols)
  const n1 = firstClassSize(rows)
  const theta = matrix(rows, cols)
  const codes = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    const first = i < n1
    codes[i] = first ? 0 : 1
    for (let k = 0; k < cols; k++) {
      const spread = 0.1 * Math.exp((-2 * k) / cols)
      theta.data[i * cols + k] = spread * (random.normal() * (first ? 1.1 : 1) + (first ? shift : 0))
    }
  }
  return {
    theta,
    labels: { classes: ['first', 'second'], codes },
    samples: {
      first: Int32Array.from({ length: n1 }, (_, i) => i),
      second: Int32Array.from({ length: rows - n1 }, (_, i) => n1 + i),
    },
  }
}
