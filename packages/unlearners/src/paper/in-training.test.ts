import { recommender } from '@indistinct/recommenders'
import { describe, expect, test } from 'vitest'
import { inTrainingMethods, type InTrainingName } from './in-training.ts'
import { leakyInteractions } from '../testing/leaky-interactions.ts'
import { leakyTable } from '../testing/leaky-tables.ts'

const names = Object.keys(inTrainingMethods) as InTrainingName[]

describe.each(names)('%s', (name) => {
  const { regulariser, defaults, description } = inTrainingMethods[name]

  test('acts on every user table without being told anything, unlabelled users left alone', () => {
    const { embedding, labels } = leakyTable([30, 20], 5, 1.5, 1, 4)
    const given = regulariser(labels)({ gmf: embedding, mlp: embedding }, { epoch: 1, step: 1 })
    expect(Object.keys(given)).toEqual(['gmf', 'mlp'])
    for (const gradient of Object.values(given)) {
      expect(gradient!.data.subarray(0, 20).every((value) => value === 0)).toBe(true)
      expect(gradient!.data.subarray(20).some((value) => value !== 0)).toBe(true)
    }
    expect(description).toMatch(/^\S.{20,}$/)
  })

  test('its defaults are what it does without options', () => {
    const { data, labels } = leakyInteractions(2)
    const run = (options: object) =>
      recommender('bpr-mf').train(data, { epochs: 2, batch: 400 }, { regulariser: regulariser(labels, options) })
        .parameters
    expect(run(defaults)).toEqual(run({}))
    expect(run({ weight: 5 })).not.toEqual(run({}))
  })
})
