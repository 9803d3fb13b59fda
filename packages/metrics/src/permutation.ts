/**
 * @file Permutation test of a leak, with scores held fixed.
 *
 * What it tests: given the scores that fitted attackers gave to the scored users, are the users' labels exchangeable?
 * Labels are permuted among all users that were scored at least once (one permutation for all scorings, so that a user
 * keeps one label throughout), and the statistic is recomputed. They are dealt in the order of the users' ids, so that
 * attacks of one seed that scored the same users share their permutations, whatever their splits, labels and tables:
 * `maxStatistic` then corrects for all of them at once. Attackers are not refitted: the test speaks of these
 * scores of these users, not of other shadow sets. Where classes were balanced by drawing from the larger one anew
 * for each scoring, permuted classes are less balanced than the true ones, which makes p slightly too large rather
 * than too small.
 *
 * Scores of a cross-validation, or of repeated draws of who is known, need `spread`: they depend on the labels through
 * the fits, and without a leak their AUC varies more than permutations with fixed scores show. For an attacker that is
 * linear in what it was taught, the AUC's deviation is a sum over pairs (taught, scored) of users; each pair enters
 * both ways, and as (a + b)^2 is at most 2 (a^2 + b^2), the variance is at most twice that of one way, reached where
 * teaching is symmetric (a linear or kernel attacker). Deviations under permutation are therefore multiplied by the
 * square root of 2; by less where fewer pairs enter both ways.
 */

import { randomStream, shuffle, type Matrix } from '@indistinct/core'
import { aucOfRanks } from './auc.ts'
import { midranks } from './midranks.ts'
import { quantile } from './bootstrap.ts'

/** Probabilities (N, C) that an attacker gave to `users` (N ids, the same in every scoring) of labels `codes` (N). */
export interface ClassScoring {
  readonly users: Int32Array
  readonly probabilities: Matrix
  readonly codes: Int32Array
}

export interface PermutationTest {
  /** Mean over tested classes of max(a, 1 - a), a the class's mean AUC over scorings. */
  readonly statistic: number
  /** (1 + number of permutations at least as large) / (permutations + 1). */
  readonly p: number
  /** Mean of the statistic under permutation: what this measure shows where nothing leaks. */
  readonly chance: number
  /** 95 % quantile of the statistic under permutation: larger values are significant at 5 %. */
  readonly critical: number
  /** The statistic under each permutation, ascending: for other quantiles. */
  readonly null: Float64Array
  /** The statistic less one half under each permutation, in their order: for a test over several attacks. */
  readonly deviations: Float64Array
  /** Standard deviation under permutation of the mean (not folded) AUC, times `spread`. */
  readonly standardError: number
}

export interface PermutationOptions {
  readonly seed: number
  /** 999 unless given. */
  readonly permutations?: number
  /**
   * Factor on deviations from one half under permutation: the square root of 2 for scores of a cross-validation, 1
   * where nobody who teaches is scored in another split.
   */
  readonly spread?: number
}

/**
 * @param tested classes whose one-versus-rest AUC enters; [1] for two classes
 * @throws RangeError when a tested class does not occur among the scored users, or is all of them.
 */
export function permutationTest(
  scorings: readonly ClassScoring[],
  tested: readonly number[],
  options: PermutationOptions,
): PermutationTest {
  const { seed, permutations = 999, spread = 1 } = options
  const pool = scoredPool(scorings, tested)
  const { labels } = pool
  const observed = meanAuc(pool, tested).folded
  const random = randomStream(seed, 'permutation-test')
  const folded = new Float64Array(permutations)
  let sum = 0
  let squares = 0
  let atLeast = 0
  for (let b = 0; b < permutations; b++) {
    shuffle(labels, random)
    const drawn = meanAuc(pool, tested)
    folded[b] = 0.5 + spread * (drawn.folded - 0.5)
    sum += drawn.plain
    squares += drawn.plain * drawn.plain
    // Permutations that reproduce the observed labels may differ from it in the last bit only: they count as ties.
    if (folded[b]! >= observed - 1e-12) atLeast++
  }
  const mean = sum / permutations
  const sorted = folded.slice().sort()
  return {
    statistic: observed,
    p: (1 + atLeast) / (permutations + 1),
    chance: folded.reduce((total, value) => total + value, 0) / permutations,
    critical: quantile(sorted, 0.95),
    null: sorted,
    deviations: folded.map((value) => Math.max(0, value - 0.5)),
    standardError: spread * Math.sqrt(Math.max(0, squares / permutations - mean * mean)),
  }
}

/** One scoring: of each row the place of its user in the pool, and its ranks for each tested class. */
interface RankedScoring {
  readonly slots: Int32Array
  readonly ranks: readonly Float64Array[]
  /** Used again for each relabelling. */
  readonly isClass: Uint8Array
}

interface ScoredPool {
  readonly scorings: readonly RankedScoring[]
  /** Of each user; relabelled in place. */
  readonly labels: Int32Array
}

function scoredPool(scorings: readonly ClassScoring[], tested: readonly number[]): ScoredPool {
  const codeOf = new Map<number, number>()
  for (const { users, codes } of scorings) users.forEach((user, i) => codeOf.has(user) || codeOf.set(user, codes[i]!))
  const pool = Int32Array.from(codeOf.keys()).sort()
  const slotOf = new Map<number, number>()
  pool.forEach((user, slot) => slotOf.set(user, slot))
  const prepared = scorings.map(({ users, probabilities, codes }) => {
    const { rows, cols, data } = probabilities
    if (rows !== users.length || rows !== codes.length) {
      throw new RangeError(`permutationTest: expected ${rows} users and codes, got ${users.length} and ${codes.length}`)
    }
    const slots = new Int32Array(rows)
    for (let i = 0; i < rows; i++) slots[i] = slotOf.get(users[i]!)!
    const ranks = tested.map((c) => midranks(Float64Array.from({ length: rows }, (_, i) => data[i * cols + c]!)))
    return { slots, ranks, isClass: new Uint8Array(rows) }
  })
  return { scorings: prepared, labels: pool.map((user) => codeOf.get(user)!) }
}

/** Mean over tested classes of the AUC under the pool's labels, as it is and folded. */
function meanAuc({ scorings, labels }: ScoredPool, tested: readonly number[]): { folded: number; plain: number } {
  let folded = 0
  let plain = 0
  tested.forEach((c, t) => {
    let sum = 0
    let used = 0
    for (const { slots, ranks, isClass } of scorings) {
      let count = 0
      for (let i = 0; i < slots.length; i++) {
        isClass[i] = labels[slots[i]!] === c ? 1 : 0
        count += isClass[i]!
      }
      if (count === 0 || count === slots.length) continue
      sum += aucOfRanks(ranks[t]!, isClass)
      used++
    }
    if (used === 0)
      throw new RangeError(`permutationTest: expected users in and outside class ${c}, got only one of the two`)
    plain += sum / used / tested.length
    folded += (0.5 + Math.abs(sum / used - 0.5)) / tested.length
  })
  return { folded, plain }
}
