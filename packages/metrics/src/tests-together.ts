/**
 * @file Tests of one null hypothesis by the same permutations, corrected for all of them. Those whose attackers were
 * fitted again under each permutation are one family, those whose scores were held fixed another; each is corrected by
 * the step-down maximum (`maxStatistic`), and where there are both each has half of the 5 %.
 */

import { NORMAL_975 } from './auc-interval.ts'
import { quantile } from './bootstrap.ts'
import { maxStatistic } from './max-statistic.ts'

/** A test: how far its statistic was from "nothing leaks", and how far under each permutation. */
export interface PermutedTest {
  readonly observed: number
  readonly permuted: ArrayLike<number>
  /** Whether attackers were fitted again under each permutation. */
  readonly refitted: boolean
}

/** In the order of the tests. */
export interface TestsTogether {
  /** p of each test, corrected for all of them. */
  readonly correctedP: number[]
  /** Standard errors of an interval that covers all at once. */
  readonly critical: number[]
  /**
   * Folded AUC at which each test stands out four times in five; 1 for one that sees nothing in most relabellings, such
   * as an attacker that scores all users alike.
   */
  readonly detectable: number[]
}

/** @throws RangeError where a family has no permutations, or a deviation is not finite. */
export function testsTogether(tests: readonly PermutedTest[]): TestsTogether {
  const correctedP = new Array<number>(tests.length)
  const critical = new Array<number>(tests.length)
  const detectable = new Array<number>(tests.length)
  const families = familiesOf(tests)
  for (const family of families) {
    const m = Math.min(...family.map((at) => tests[at]!.permuted.length))
    const permuted = Array.from({ length: m }, (_, b) => family.map((at) => tests[at]!.permuted[b]!))
    const test = maxStatistic(
      family.map((at) => tests[at]!.observed),
      permuted,
      0.05 / families.length,
    )
    family.forEach((at, a) => {
      correctedP[at] = Math.min(1, families.length * test.adjusted[a]!)
      critical[at] = Math.max(NORMAL_975, test.critical)
      // 80 % of a normal distribution lie above its mean less 0.8416 standard deviations.
      detectable[at] = seesSomething(tests[at]!) ? Math.min(1, 0.5 + (test.critical + 0.8416) * test.scale[a]!) : 1
    })
  }
  return { correctedP, critical, detectable }
}

/** Whether most relabellings move the statistic, beyond the last bits of a sum. */
function seesSomething({ permuted }: PermutedTest): boolean {
  return quantile(Float64Array.from(permuted).sort(), 0.5) > 1e-9
}

/** The corrected p that every test can reach, however many they are. */
export function smallestAdjusted(
  tests: readonly { readonly permutations: number; readonly refitted: boolean }[],
): number {
  const families = familiesOf(tests)
  return Math.max(
    ...families.map((family) => families.length / (1 + Math.min(...family.map((at) => tests[at]!.permutations)))),
  )
}

/** Indices of the tests that were fitted again, and of the others; none empty. */
function familiesOf(tests: readonly { readonly refitted: boolean }[]): number[][] {
  const indices = [...tests.keys()]
  return [true, false]
    .map((refitted) => indices.filter((at) => tests[at]!.refitted === refitted))
    .filter(({ length }) => length > 0)
}
