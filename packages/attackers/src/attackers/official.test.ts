import { describe, expect, test } from 'vitest'
import { attack } from '../attack.ts'
import { shiftedClasses } from '../testing.ts'
import { mlp } from './mlp.ts'
import { officialMlp, officialXgb } from './official.ts'
import { xgb } from './xgb.ts'

describe('attackers of the authors’ code', () => {
  test.each([
    [officialMlp, mlp],
    [officialXgb, xgb],
  ])('$name learns, and is not the paper’s', async (official, paper) => {
    const { embedding, labels } = shiftedClasses([60, 60], 4, 1.5, 1)
    const options = { protocol: 'five-fold', repeats: 1, seed: 3, permutations: 99 } as const
    const [ours, theirs] = [
      await attack(embedding, labels, official, options),
      await attack(embedding, labels, paper, options),
    ]
    expect(ours.auc.value).toBeGreaterThan(0.7)
    expect(ours.attacker).toBe(official.name)
    expect([...ours.splits[0]!.probabilities.data]).not.toEqual([...theirs.splits[0]!.probabilities.data])
  })
})
