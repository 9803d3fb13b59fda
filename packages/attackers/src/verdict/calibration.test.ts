/** @file Over many tables without a leak and with one: false alarms at their rate, intervals that hold the truth. */

import { expect, test } from 'vitest'
import { attack } from '../attack.ts'
import type { AttackResult } from '../attack-result.ts'
import { meansAttacker, shiftedClasses } from '../testing.ts'
import type { ProtocolName } from '../protocols/protocols.ts'

async function attacks(
  shift: number,
  protocol: ProtocolName,
  tables: number,
  repeats = protocol === 'paper' ? 5 : 2,
): Promise<AttackResult[]> {
  const results: AttackResult[] = []
  for (let seed = 0; seed < tables; seed++) {
    const { embedding, labels } = shiftedClasses([40, 60], 5, shift, seed)
    results.push(
      await attack(embedding, labels, meansAttacker, {
        protocol,
        seed,
        permutations: 99,
        innerFolds: 0,
        repeats,
      }),
    )
  }
  return results
}

test.each<ProtocolName>(['paper', 'five-fold'])(
  '%s: p is no smaller than it says where nothing leaks',
  async (protocol) => {
    const results = await attacks(0, protocol, 150)
    const share = results.filter(({ permutation }) => permutation.p <= 0.1).length / results.length
    // A binomial of 150 draws at 0.1 has a standard error of 0.024; unwidened, cross-validation shows 0.25.
    expect(share).toBeLessThan(0.175)
    expect(results.filter(({ foldedAuc }) => foldedAuc.lower > 0.5).length / results.length).toBeLessThan(0.12)
  },
)

test('paper: many repeats, in which everybody is known at times and scored at times', async () => {
  const results = await attacks(0, 'paper', 250, 20)
  const share = results.filter(({ permutation }) => permutation.p <= 0.1).length / results.length
  // Its standard error is 0.019; unwidened it would be 0.20.
  expect(share).toBeLessThan(0.15)
})

test.each<ProtocolName>(['paper', 'five-fold'])('%s: intervals hold the mean AUC of such tables', async (protocol) => {
  const results = await attacks(0.7, protocol, 120)
  const truth = results.reduce((sum, { auc }) => sum + auc.value, 0) / results.length
  const covered = results.filter(({ auc }) => auc.lower <= truth && truth <= auc.upper).length / results.length
  expect(covered).toBeGreaterThan(0.88)
})
