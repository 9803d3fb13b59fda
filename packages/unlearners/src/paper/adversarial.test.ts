import { gatherRows, matrix, randomStream, type Labels } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { recommender, recommenders } from '@indistinct/recommenders'
import { afterEach, describe, expect, test } from 'vitest'
import { adversaryRegulariser } from './adversarial.ts'
import { adversaryLoss, balancingWeights, newAdversary } from './adversary.ts'
import { leakyInteractions } from '../testing/leaky-interactions.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

const at = (step: number) => ({ epoch: 1, step })

/** Recommenders that are trained by gradients, which a method that acts during training adds to. */
const gradual = recommenders.filter(({ defaults }) => 'lr' in defaults).map(({ name }) => name)

describe('adversaryRegulariser', () => {
  test('at the first step: the reversed gradient of the untrained adversary, zero without a label', () => {
    const { embedding, labels } = leakyTable([30, 20, 25], 5, 1, 1, 4)
    const given = adversaryRegulariser(labels, { weight: 0.5, hidden: 8, adversarySteps: 1, seed: 3 })(
      { embedding },
      at(1),
    )['embedding']!
    const rows = Int32Array.from(labels.codes.keys()).filter((i) => labels.codes[i] !== -1)
    const adversary = newAdversary(5, 8, 3, randomStream(3, 'adversary', 'embedding'))
    const { gradient } = adversaryLoss(
      adversary,
      gatherRows(embedding, rows),
      labels.codes.filter((code) => code !== -1),
      balancingWeights([30, 20, 25]),
    )
    expect(gatherRows(given, rows).data).toEqual(gradient.data.map((value) => -0.5 * value))
    expect(given.data.subarray(0, 20).every((value) => value === 0)).toBe(true)
  })

  test('classes without users count for nothing', () => {
    const { embedding, labels } = leakyTable([12, 9], 4, 1, 2)
    const spread = { classes: ['none', 'a', 'nobody', 'b'], codes: labels.codes.map((code) => (code === 0 ? 1 : 3)) }
    const contribution = (l: Labels) => adversaryRegulariser(l)({ embedding }, at(1))
    expect(contribution(spread)).toEqual(contribution(labels))
  })

  test('more adversary steps make a better adversary', () => {
    const { embedding, labels } = leakyTable([60, 50], 6, 2, 3)
    const pull = (adversarySteps: number): number => {
      const regulariser = adversaryRegulariser(labels, { adversarySteps, seed: 1 })
      const { data } = regulariser({ embedding }, at(1))['embedding']!
      // Movement that lowers the difference between the classes' means, as an adversary that has learnt it asks for.
      let along = 0
      labels.codes.forEach((code, i) => {
        for (let k = 0; k < 6; k++) along += (code === 1 ? 1 / 50 : -1 / 60) * data[i * 6 + k]! * difference[k]!
      })
      return along / Math.sqrt(data.reduce((sum, value) => sum + value * value, 0))
    }
    const difference = Array.from({ length: 6 }, (_, k) => {
      let sum = 0
      labels.codes.forEach((code, i) => (sum += (code === 1 ? 1 / 50 : -1 / 60) * embedding.data[i * 6 + k]!))
      return sum
    })
    expect(pull(40)).toBeGreaterThan(Math.abs(pull(1)))
  })

  test('a batch draws that many labelled users at every step', () => {
    const { embedding, labels } = leakyTable([60, 50], 4, 1, 4, 10)
    const regulariser = adversaryRegulariser(labels, { batch: 32, adversarySteps: 1 })
    const touched = [1, 2].map((step) => {
      const { data } = regulariser({ embedding }, at(step))['embedding']!
      return [...labels.codes.keys()].filter((i) => data.subarray(4 * i, 4 * i + 4).some((value) => value !== 0))
    })
    for (const rows of touched) expect(rows.length).toBe(32)
    expect(touched[0]).not.toEqual(touched[1])
  })

  test.each(gradual)('%s: attackers succeed without it and hardly with it, on every user table', (name) => {
    const { data, labels } = leakyInteractions(2)
    const options = { epochs: 40, lr: 0.02, batch: 90, validateEvery: 40, patience: 1, seed: 2 }
    const aucs = (weight: number): number[] => {
      const { userTables } = recommender(name).train(data, options, {
        regulariser: adversaryRegulariser(labels, { weight, adversarySteps: 1, learningRate: 0.01, seed: 2 }),
      })
      return Object.values(userTables).map((embedding) => centroidAuc({ embedding, labels }, 2))
    }
    // NMF leaves one of its tables without the classes.
    expect(Math.max(...aucs(0))).toBeGreaterThan(0.95)
    expect(Math.max(...aucs(1))).toBeLessThan(0.75)
  })

  test('at weight 0 training is what it is without', () => {
    const { data, labels } = leakyInteractions(2)
    const plain = recommender('nmf').train(data, { epochs: 2, batch: 300 })
    const treated = recommender('nmf').train(
      data,
      { epochs: 2, batch: 300 },
      { regulariser: adversaryRegulariser(labels, { weight: 0 }) },
    )
    expect(treated.parameters).toEqual(plain.parameters)
  })

  test('one regulariser, trained with twice, gives the same bytes, on any number of threads', () => {
    const { data, labels } = leakyInteractions(3)
    const regulariser = adversaryRegulariser(labels, { batch: 50, weight: 1, seed: 1 })
    const run = (count: number, each = regulariser) => {
      setThreads(count)
      return recommender('nmf').train(data, { epochs: 2, batch: 300 }, { regulariser: each }).parameters
    }
    const first = run(1)
    expect(run(2)).toEqual(first)
    expect(run(5)).toEqual(first)
    expect(run(1, adversaryRegulariser(labels, { batch: 50, weight: 1, seed: 2 }))).not.toEqual(first)
  })

  test('refuses labels, options and tables that do not fit', () => {
    const { embedding, labels } = leakyTable([6, 4], 3, 1, 6)
    expect(() => adversaryRegulariser({ classes: ['a', 'b'], codes: Int32Array.of(0, 0, -1) })).toThrow(
      'adversaryRegulariser: expected users of at least two classes, got 1',
    )
    expect(() => adversaryRegulariser(labels, { hidden: 0 })).toThrow(
      'adversaryRegulariser: expected hidden as a positive integer, got 0',
    )
    expect(() => adversaryRegulariser(labels, { batch: 1 })).toThrow(
      'adversaryRegulariser: expected batch of at least 2 users, got 1',
    )
    expect(() => adversaryRegulariser(labels, { learningRate: 0 })).toThrow(
      'adversaryRegulariser: expected learningRate above 0, got 0',
    )
    expect(() => adversaryRegulariser(labels, { tables: ['users'] })({ embedding }, at(1))).toThrow(
      'expected tables among embedding, got users',
    )
    expect(() => adversaryRegulariser(labels)({ embedding: matrix(3, 3) }, at(1))).toThrow(
      'of the 3 rows of table embedding, got 10',
    )
  })
})
