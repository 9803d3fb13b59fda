/** @file Draws from distributions that the random stream of core does not have. */

import type { Random } from '@indistinct/core'

/** Gamma(shape, 1) for shape >= 1 (Marsaglia and Tsang 2000). */
export function gamma(shape: number, random: Random): number {
  if (!(shape >= 1)) throw new RangeError(`gamma: expected a shape of at least 1, got ${shape}`)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Beta(a, b) for a, b >= 1. */
export function beta(a: number, b: number, random: Random): number {
  const x = gamma(a, random)
  return x / (x + gamma(b, random))
}

/** Number of successes in n trials of probability p, by trying: n is small here. */
export function binomial(n: number, p: number, random: Random): number {
  let successes = 0
  for (let t = 0; t < n; t++) if (random.uniform() < p) successes++
  return successes
}
