import { randomStream, type Matrix } from '@indistinct/core'
import { macroAuc } from '@indistinct/metrics'
import { describe, expect, test } from 'vitest'
import { attack } from '../attack.ts'
import { shiftedClasses } from '../testing.ts'
import { namedAttackers } from '../named-attackers.ts'
import type { Attacker } from '../attacker.ts'
import { bestOf } from './best-of.ts'
import { logistic } from './logistic.ts'
import { qda } from './qda.ts'
import type { SyncAttacker } from './sync-attacker.ts'

/** These look at equal or rounded values alone, and the suite's tables have neither. Their own tests have. */
const seeingElsewhere = ['equal-rows', 'lattice']
const named = Object.values(namedAttackers)
  .map(({ attacker }) => attacker)
  .filter(({ name }) => !seeingElsewhere.includes(name))
const synchronous = named.filter((attacker): attacker is SyncAttacker => 'fitSync' in attacker)
// The battery's best-of tries four attackers on three inputs; two on one take the same way.
const attackers: Attacker[] = named.map((attacker) =>
  attacker.name === 'best-of' ? bestOf([logistic, qda], { folds: 3 }) : attacker,
)

describe.each(attackers)('$name', (attacker) => {
  test.each(['paper', 'five-fold'] as const)(
    '%s: finds a planted leak, and none among random labels',
    async (protocol) => {
      const options = { protocol, seed: 1, repeats: 2, input: 'standardised' } as const
      const planted = shiftedClasses([200, 260], 4, 1.5, 1)
      const found = await attack(planted.embedding, planted.labels, attacker, options)
      // The best attacker's AUC is Phi(1.5) = 0.93; radii are told from centroids of 20 users under the paper's
      // protocol.
      expect(found.auc.value).toBeGreaterThan(0.75)
      expect(found.auc.value).toBeLessThan(0.96)
      expect(found.balancedAccuracy.value).toBeGreaterThan(0.65)
      const random = shiftedClasses([200, 260], 4, 0, 2)
      const chance = await attack(random.embedding, random.labels, attacker, options)
      // Three standard errors of an AUC of 200 users of each class, widened for cross-validation.
      expect(Math.abs(chance.auc.value - 0.5)).toBeLessThan(3 * Math.SQRT2 * Math.sqrt(401 / (12 * 200 * 200)))
    },
  )

  test('more than two labels, in more dimensions than users of a label', async () => {
    const { embedding, labels } = shiftedClasses([24, 24, 24], 40, 4, 3)
    const { auc, classes } = await attack(embedding, labels, attacker, { protocol: 'five-fold', seed: 1, repeats: 1 })
    expect(classes.length).toBe(3)
    expect(auc.value).toBeGreaterThan(0.75)
  })

  test('the same fit gives the same scores, finite and from zero to one', async () => {
    const { embedding, labels } = shiftedClasses([30, 40], 5, 0.5, 4)
    const run = async (): Promise<Matrix> =>
      (await attacker.fit(embedding, labels.codes, { classes: 2, seed: 7 })).scores(embedding)
    const scores = await run()
    expect(await run()).toEqual(scores)
    expect([scores.rows, scores.cols]).toEqual([70, 2])
    for (const value of scores.data) expect(value >= 0 && value <= 1).toBe(true)
  })
})

test.each(synchronous)('$name fits without promises as with them', async (attacker) => {
  const { embedding, labels } = shiftedClasses([30, 40], 5, 0.5, 5)
  const options = { classes: 2, seed: 3 }
  const later = await (await attacker.fit(embedding, labels.codes, options)).scores(embedding)
  expect(attacker.fitSync(embedding, labels.codes, options)(embedding)).toEqual(later)
})

test('without a leak, scores of users held out lean to neither side of chance', () => {
  // Attackers that count a user in its own class's mean or spread while fitting would be sure of themselves, or below
  // chance.
  for (const attacker of synchronous) {
    let sum = 0
    for (let draw = 0; draw < 40; draw++) {
      const random = randomStream(draw, 'lean')
      const known = shiftedClasses([25, 25], 6, 0, random.integer(2 ** 31))
      const held = shiftedClasses([60, 60], 6, 0, random.integer(2 ** 31))
      sum +=
        macroAuc(
          attacker.fitSync(known.embedding, known.labels.codes, { classes: 2, seed: 1 })(held.embedding),
          held.labels.codes,
        ) / 40
    }
    // Standard error of one draw is 0.053, of the mean of 40 0.0084.
    expect(Math.abs(sum - 0.5)).toBeLessThan(0.026)
  }
})
