/** @file One step of the flow: where pairs of classes stand, and how far to go. */

import type { PairMmd } from './flow-table.ts'

/** Stops a flow whose passes are spent; it never leaves this file. */
export const passesSpent = new Error('passes spent')

/** Shares of the way to a calibrated table that are tried for one that leaves no pair below its floor. */
export const sharesTried = 4

/** A pair of classes on some table. */
interface Pair<Mmd> {
  readonly first: number
  readonly second: number
  readonly mmd: Mmd
  /** MMD^2 over level x null: 1 is landed, above is a leak, below is a leak of another kind. */
  readonly ratio: number
}

/** A table with its pairs measured. */
export interface Measured<State, Mmd> {
  readonly state: State
  readonly pairs: readonly Pair<Mmd>[]
}

export function isAbove({ pairs }: Measured<unknown, unknown>, tolerance: number): boolean {
  return pairs.some((pair) => pair.ratio > 1 + tolerance)
}

export function smallestRatio({ pairs }: Measured<unknown, unknown>): number {
  return Math.min(...pairs.map((pair) => pair.ratio))
}

/** Whether one of several pairs was dragged below its landing; a single pair never is. */
export function isBelow({ pairs }: Measured<unknown, unknown>, floor: number): boolean {
  return pairs.length > 1 && pairs.some((pair) => pair.ratio < floor)
}

/**
 * A table on the way from `from`, at the longest share of it that leaves every pair above `floor`, as near as some
 * tries come: all the way, or back along the line through the smallest ratios.
 */
export function towards<At extends Measured<unknown, unknown>>(
  from: At,
  floor: number,
  measureAt: (share: number) => At,
  discard: (rejected: At) => void,
): At | undefined {
  const ratio = smallestRatio(from)
  const target = floor + (Math.min(1, ratio) - floor) / 4
  // From below the floor a shorter share leads nowhere.
  const most = ratio < floor ? 1 : sharesTried
  let share = 1
  for (let tried = 0; tried < most; tried++) {
    const reached = measureAt(share)
    if (smallestRatio(reached) >= floor) return reached
    share *= Math.min(0.9, Math.max(0.1, (ratio - target) / (ratio - smallestRatio(reached))))
    discard(reached)
  }
  return undefined
}

/**
 * Tries `step`, and shorter ones until the misfit of `from` comes down. With two labels it also comes down onto the
 * landing and never below: a step too long is brought back along its ray to where MMD^2 stands on it. Below `shortest`,
 * or out of passes, it ends on the best table so far, or stays at `from`.
 */
export function advance<At extends Measured<unknown, PairMmd>>(
  from: At,
  step: number,
  tolerance: number,
  sizes: readonly number[],
  measureAt: (step: number) => At,
  discard: (rejected: At) => void,
  shortest = 0,
): { reached: At; shortened: boolean } {
  const misfit = misfitFrom(from, sizes)
  // `low` is the longest step known to stay above the landing, `high` the shortest known as too long.
  let [low, lowRatio] = [0, from.pairs[0]!.ratio]
  let [high, highRatio] = [Infinity, NaN]
  let tried = step
  let better: At | undefined
  const ended = (reached: At, shortened: boolean): { reached: At; shortened: boolean } => {
    if (better && better !== reached) discard(better)
    return { reached, shortened }
  }
  for (;;) {
    if (tried < shortest) return ended(better ?? from, true)
    let reached: At
    try {
      reached = measureAt(tried)
    } catch (error) {
      if (error !== passesSpent || !better) throw error
      return ended(better, true)
    }
    const ratio = reached.pairs.length === 1 ? reached.pairs[0]!.ratio : NaN
    if (ratio < 1) [high, highRatio] = [tried, ratio]
    else if (misfit(reached) >= misfit(from)) [high, highRatio] = [tried, NaN]
    else if (high === Infinity || Number.isNaN(highRatio) || ratio <= 1 + tolerance)
      return ended(reached, high !== Infinity)
    else {
      ;[low, lowRatio] = [tried, ratio]
      if (better) discard(better)
      better = reached
    }
    if (reached !== better) discard(reached)
    const share = Number.isNaN(highRatio) ? 0.5 : (lowRatio - 1 - tolerance / 2) / (lowRatio - highRatio)
    // Kept off the ends, where the line through both ratios would stall.
    tried = low + (high - low) * Math.min(0.9, Math.max(0.1, share))
  }
}

/**
 * Sum over pairs of n_a n_b b null (ratio - 1)^2, with all but the ratio as in `from`: `directionFactors` are its
 * steepest descent.
 */
function misfitFrom(
  from: Measured<unknown, PairMmd>,
  sizes: readonly number[],
): (measured: Measured<unknown, unknown>) => number {
  const weights = from.pairs.map(
    ({ first, second, mmd, ratio }) => sizes[first]! * sizes[second]! * mmd.bandwidth * (mmd.value / ratio),
  )
  return ({ pairs }) => pairs.reduce((sum, pair, p) => sum + weights[p]! * (pair.ratio - 1) ** 2, 0)
}

/**
 * What each pair's gradient counts in the displacement of every user per unit of eta, by the gradients of one
 * measurement of a table and the ratios of another, or of the same.
 */
export function directionFactors(at: Measured<unknown, PairMmd>, sizes: readonly number[]): number[] {
  const most = Math.max(...at.pairs.map((pair) => Math.abs(pair.ratio - 1)))
  const n = sizes.reduce((sum, size) => sum + size, 0)
  return at.pairs.map(
    ({ first, second, mmd, ratio }) =>
      // The last factor, the share of the largest excess, is 1 for two labels.
      -(mmd.bandwidth / 4) * ((2 * sizes[first]! * sizes[second]!) / n) * ((ratio - 1) / most),
  )
}
