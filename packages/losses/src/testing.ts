/** @file What the tests of this package share: synthetic tables, naive sums and central differences. */

import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'

/** Users drawn normal around class means, with class spreads; codes cycle through `sizes` in blocks, -1 first. */
export function clusteredTable(
  sizes: readonly number[],
  K: number,
  seed: number,
  unlabelled = 0,
): { theta: Matrix; labels: Labels } {
  const random = randomStream(seed, 'clustered-table')
  const rows = sizes.reduce((a, b) => a + b, unlabelled)
  const codes = new Int32Array(rows).fill(-1)
  const theta = matrix(rows, K)
  let i = unlabelled
  sizes.forEach((size, c) => {
    for (let m = 0; m < size; m++) codes[i++] = c
  })
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < K; k++) {
      theta.data[r * K + k] = 0.4 * codes[r]! * Math.cos(k + codes[r]!) + (1 + 0.3 * codes[r]!) * random.normal()
    }
  }
  return { theta, labels: { classes: sizes.map((_, c) => `class-${c}`), codes } }
}

/**
 * Largest difference between `gradient` and central differences of `value`, relative to the largest gradient entry.
 * The step is a power of two and added in float32, and the step actually taken divides the difference.
 */
export function gradientError(
  theta: Matrix,
  gradient: Matrix,
  value: (theta: Matrix) => number,
  step = 2 ** -7,
): number {
  let worst = 0
  let scale = 0
  for (let p = 0; p < theta.data.length; p++) {
    const at = theta.data[p]!
    theta.data[p] = at + step
    const high = theta.data[p]!
    const above = value(theta)
    theta.data[p] = at - step
    const low = theta.data[p]!
    const below = value(theta)
    theta.data[p] = at
    worst = Math.max(worst, Math.abs((above - below) / (high - low) - gradient.data[p]!))
    scale = Math.max(scale, Math.abs(gradient.data[p]!))
  }
  return worst / scale
}

/** Five-kernel MMD^2 of rows `first` against `second` in plain float64 sums: the reference the kernels are held to. */
export function referenceMmd(
  theta: Matrix,
  first: Int32Array,
  second: Int32Array,
  bandwidth?: number,
): { value: number; bandwidth: number; nullValue: number } {
  const rows = [...first, ...second]
  const n = rows.length
  const squared = (i: number, j: number): number => {
    let sum = 0
    for (let k = 0; k < theta.cols; k++)
      sum += (theta.data[rows[i]! * theta.cols + k]! - theta.data[rows[j]! * theta.cols + k]!) ** 2
    return sum
  }
  let b = bandwidth
  if (b === undefined) {
    b = 0
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) b += squared(i, j) / (n * (n - 1))
  }
  let value = 0
  let total = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let kernel = 0
      for (const scale of [0.25, 0.5, 1, 2, 4]) kernel += Math.exp(-squared(i, j) / (b * scale))
      total += kernel
      const wi = i < first.length ? 1 / first.length : -1 / second.length
      const wj = j < first.length ? 1 / first.length : -1 / second.length
      value += wi * wj * kernel
    }
  }
  const s = (1 / first.length + 1 / second.length) / n
  return { value, bandwidth: b, nullValue: (s * (n * 5 * n - total)) / (n - 1) }
}
