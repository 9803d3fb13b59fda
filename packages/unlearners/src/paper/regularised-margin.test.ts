import { matrix, randomStream } from '@indistinct/core'
import { scoreTopK } from '@indistinct/kernels'
import { margin } from '@indistinct/losses'
import { describe, expect, test } from 'vitest'
import { d2dRegularised } from './d2d-regularised.ts'
import { leakyTable } from '../testing/leaky-tables.ts'
import { u2uRegularised } from './u2u-regularised.ts'

describe.each([
  ['d2dRegularised', d2dRegularised, 'mmd', 1],
  ['u2uRegularised', u2uRegularised, 'distinguishability', 1e4],
] as const)('%s with the margin of scores', (_, unlearn, drawn, weight) => {
  const { embedding, labels } = leakyTable([30, 20], 4, 1.5, 1)
  const random = randomStream(1, 'items')
  const items = matrix(
    40,
    4,
    Float32Array.from({ length: 160 }, () => random.normal()),
  )
  const lists = scoreTopK(embedding, items, undefined, 8)
  const loss = (theta: typeof embedding) => margin(theta, items, lists)
  const run = (tradeOff: number) =>
    unlearn(embedding, labels, { tradeOff, steps: 60, learningRate: 0.02, regulariser: { name: 'margin', loss } })

  test('a heavier one keeps the lists better', () => {
    const [light, heavy] = [run(1e-6), run(weight)]
    expect(loss(heavy.embedding).value).toBeLessThan(0.8 * loss(light.embedding).value)
    expect(light.trace.at(-1)![drawn]).toBeLessThan(heavy.trace.at(-1)![drawn]!)
  })

  test('the result says that it was used, and its trace what it was', () => {
    const { parameters, trace } = run(1e-6)
    expect(parameters['regulariser']).toBe('margin')
    expect(trace[0]!['margin']).toBe(loss(embedding).value)
    expect(unlearn(embedding, labels, { steps: 1 }).parameters).not.toHaveProperty('regulariser')
  })
})
