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

import { checkCount, checkMatrix, checkOptions, type Matrix } from '@indistinct/core'
import { product64NT } from '@indistinct/kernels'
import { midranks } from './midranks.ts'
import { quantile } from './bootstrap.ts'
import { relabelled } from './relabelled.ts'

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
  checkOptions('permutationTest', options, { seed: 'number', permutations: 'number', spread: 'number' })
  const { seed, permutations = 999, spread = 1 } = options
  checkCount('permutationTest', 'permutations', permutations)
  if (tested.length === 0) throw new RangeError('permutationTest: expected classes to test, got none')
  const pool = scoredPool(scorings, tested)
  const observed = meanAucs(pool, tested, [pool.labels])[0]!.folded
  const folded = new Float64Array(permutations)
  let sum = 0
  let squares = 0
  let atLeast = 0
  let b = 0
  for (const labels of inBlocks(relabelled(pool.labels, permutations, seed))) {
    for (const drawn of meanAucs(pool, tested, labels)) {
      folded[b] = 0.5 + spread * (drawn.folded - 0.5)
      sum += drawn.plain
      squares += drawn.plain * drawn.plain
      // Permutations that reproduce the observed labels may differ from it in the last bit only: they count as ties.
      if (folded[b]! >= observed - 1e-12) atLeast++
      b++
    }
  }
  const mean = sum / permutations
  const sorted = folded.slice().sort()
  return {
    statistic: observed,
    p: (1 + atLeast) / (permutations + 1),
    chance: folded.reduce((total, value) => total + value, 0) / permutations,
    critical: quantile(sorted, 0.95),
    deviations: folded.map((value) => Math.max(0, value - 0.5)),
    standardError: spread * Math.sqrt(Math.max(0, squares / permutations - mean * mean)),
  }
}

/** Scorings of a pool of users. */
interface ScoredPool {
  /** Users of each scoring (S). */
  readonly sizes: readonly number[]
  /**
   * For each tested class (2 S, N): each user's rank in each scoring, then 1 where the scoring has the user; 0 where it
   * has not.
   */
  readonly ranks: readonly Float64Array[]
  /** Codes of the users (N). */
  readonly labels: Int32Array
}

function scoredPool(scorings: readonly ClassScoring[], tested: readonly number[]): ScoredPool {
  const codeOf = new Map<number, number>()
  for (const { users, codes } of scorings) users.forEach((user, i) => codeOf.has(user) || codeOf.set(user, codes[i]!))
  const pool = Int32Array.from(codeOf.keys()).sort()
  const slotOf = new Map<number, number>()
  pool.forEach((user, slot) => slotOf.set(user, slot))
  const ranks = tested.map(() => new Float64Array(2 * scorings.length * pool.length))
  for (const [s, { users, probabilities, codes }] of scorings.entries()) {
    checkMatrix('permutationTest', probabilities, 'probabilities')
    const { rows, cols, data } = probabilities
    const beyond = tested.find((c) => !(c >= 0 && c < cols))
    if (beyond !== undefined)
      throw new RangeError(`permutationTest: expected classes below ${cols}, which have a column, got ${beyond}`)
    if (rows !== users.length || rows !== codes.length) {
      throw new RangeError(`permutationTest: expected ${rows} users and codes, got ${users.length} and ${codes.length}`)
    }
    const slots = users.map((user) => slotOf.get(user)!)
    const column = new Float64Array(rows)
    for (const [t, c] of tested.entries()) {
      for (let i = 0; i < rows; i++) column[i] = data[i * cols + c]!
      const of = midranks(column)
      slots.forEach((slot, i) => {
        ranks[t]![s * pool.length + slot] = of[i]!
        ranks[t]![(scorings.length + s) * pool.length + slot] = 1
      })
    }
  }
  return {
    sizes: scorings.map(({ users }) => users.length),
    ranks,
    labels: pool.map((user) => codeOf.get(user)!),
  }
}

/** Labels of one product, of all relabellings in it: 8 MB in float64. */
const labelsAtOnce = 2 ** 20

function* inBlocks<T extends ArrayLike<number>>(values: Iterable<T>): Generator<T[]> {
  let block: T[] = []
  for (const value of values) {
    block.push(value)
    if ((block.length + 1) * value.length <= labelsAtOnce) continue
    yield block
    block = []
  }
  if (block.length > 0) yield block
}

interface MeanAuc {
  readonly folded: number
  readonly plain: number
}

/**
 * Mean over tested classes of the AUC under each of several labellings, as it is and folded. Ranks are halves of whole
 * numbers, so that their sums, by a product with who is in the class, are exact.
 */
function meanAucs(
  { sizes, ranks, labels }: ScoredPool,
  tested: readonly number[],
  labellings: readonly ArrayLike<number>[],
): MeanAuc[] {
  const [users, count] = [labels.length, labellings.length]
  const isClass = new Float32Array(count * users)
  const out = labellings.map(() => ({ folded: 0, plain: 0 }))
  for (const [t, c] of tested.entries()) {
    labellings.forEach((codes, b) => {
      for (let i = 0, p = b * users; i < users; i++, p++) isClass[p] = codes[i] === c ? 1 : 0
    })
    const sums = product64NT(
      { rows: 2 * sizes.length, cols: users, data: ranks[t]! },
      { rows: count, cols: users, data: isClass },
    )
    for (const [b, drawn] of out.entries()) {
      let sum = 0
      let used = 0
      for (const [s, size] of sizes.entries()) {
        const inClass = sums[(sizes.length + s) * count + b]!
        if (inClass === 0 || inClass === size) continue
        sum += (sums[s * count + b]! - (inClass * (inClass + 1)) / 2) / (inClass * (size - inClass))
        used++
      }
      if (used === 0)
        throw new RangeError(`permutationTest: expected users in and outside class ${c}, got only one of the two`)
      drawn.plain += sum / used / tested.length
      drawn.folded += (0.5 + Math.abs(sum / used - 0.5)) / tested.length
    }
  }
  return out
}
