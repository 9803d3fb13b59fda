import { recommenders } from '@indistinct/recommenders'
import {
  engineMethods,
  engineRecommenders,
  inTrainingMethods as stagedInTraining,
  togetherMethods,
} from '@indistinct/stages'
import { inTrainingMethods, isTogether, unlearners } from '@indistinct/unlearners'
import { describe, expect, test } from 'vitest'
import { methodNames } from './choices.ts'

describe('methodNames', () => {
  test('are those after training and those during it, none twice', () => {
    expect(methodNames).toEqual([...Object.keys(unlearners), ...Object.keys(inTrainingMethods)])
    expect(new Set(methodNames).size).toBe(methodNames.length)
  })

  test('the stage graph trains anew for the methods that act during training, and no others', () => {
    expect(stagedInTraining).toEqual(Object.keys(inTrainingMethods))
  })

  test('an engine is named for the recommenders that are trained by gradients, and the methods that take steps', () => {
    expect(engineRecommenders).toEqual(recommenders.filter(({ defaults }) => 'lr' in defaults).map(({ name }) => name))
    expect([...engineMethods].sort()).toEqual(
      Object.entries(unlearners)
        .filter(([, { defaults }]) => 'maxPasses' in defaults || 'steps' in defaults)
        .map(([name]) => name)
        .sort(),
    )
  })

  test('it takes the models of a release as one for the methods that do, and no others', () => {
    expect(togetherMethods).toEqual(Object.keys(unlearners).filter(isTogether))
  })
})
