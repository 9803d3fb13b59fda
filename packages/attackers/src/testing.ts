/** @file Data and a fast attacker for this package's tests. */

import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import type { Attacker } from './attacker.ts'

/** Standard normal (N, K); users of class c have `shift * c` added to the first two dimensions. */
export function shiftedClasses(
  counts: readonly number[],
  cols: number,
  shift: number,
  seed: number,
): { embedding: Matrix; labels: Labels } {
  const random = randomStream(seed, 'shifted-classes')
  const codes = Int32Array.from(counts.flatMap((count, c) => new Array<number>(count).fill(c)))
  const embedding = matrix(codes.length, cols)
  codes.forEach((code, i) => {
    for (let j = 0; j < cols; j++) embedding.data[i * cols + j] = random.normal() + (j < 2 ? shift * code : 0)
  })
  return { embedding, labels: { classes: counts.map((_, c) => `label-${c}`), codes } }
}

/** Moves each class onto the common mean: the two samples are then more alike than chance, which leaks below 0.5. */
export function matchMeans(embedding: Matrix, labels: Labels): Matrix {
  const { rows, cols, data } = embedding
  const out = data.slice()
  labels.classes.forEach((_, c) => {
    const members = Array.from({ length: rows }, (_, i) => i).filter((i) => labels.codes[i] === c)
    for (let j = 0; j < cols; j++) {
      const mean = members.reduce((sum, i) => sum + data[i * cols + j]!, 0) / members.length
      for (const i of members) out[i * cols + j]! -= mean
    }
  })
  return { rows, cols, data: out }
}

/** Scores by the inner product with each class's mean less the overall mean. */
export const meansAttacker: Attacker = {
  name: 'means',
  scaleFree: false,
  async fit(x, codes, { classes }) {
    const means = matrix(classes, x.cols)
    const counts = new Float64Array(classes)
    for (const code of codes) counts[code]!++
    for (let i = 0; i < x.rows; i++) {
      for (let j = 0; j < x.cols; j++) {
        const value = x.data[i * x.cols + j]!
        means.data[codes[i]! * x.cols + j]! += value / counts[codes[i]!]!
        for (let c = 0; c < classes; c++) means.data[c * x.cols + j]! -= value / x.rows
      }
    }
    return {
      async scores(rows) {
        const out = matrix(rows.rows, classes)
        for (let i = 0; i < rows.rows; i++) {
          for (let c = 0; c < classes; c++) {
            for (let j = 0; j < x.cols; j++)
              out.data[i * classes + c]! += rows.data[i * x.cols + j]! * means.data[c * x.cols + j]!
          }
        }
        return out
      },
    }
  },
}
