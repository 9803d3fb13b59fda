/** The divergences that the paper names beside those of its experiments, as options of D2D-R and U2U-R. */

import { setThreads, threads } from '@indistinct/kernels'
import { gaussianKl } from '@indistinct/losses'
import { afterEach, describe, expect, test } from 'vitest'
import { adversarialProfiles } from './adversarial-profiles.ts'
import { d2dRegularised } from './d2d-regularised.ts'
import { centroidAuc, leakyTable } from '../testing/leaky-tables.ts'
import { u2uRegularised } from './u2u-regularised.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

describe("d2dRegularised, divergence 'kl'", () => {
  test.each([[[200, 120]], [[150, 100, 80]]])('attackers succeed before and not after, classes of %j', (sizes) => {
    const before = leakyTable(sizes, 6, 1.5, 1, 4)
    const { embedding, trace, parameters } = d2dRegularised(before.embedding, before.labels, {
      divergence: 'kl',
      steps: 150,
      learningRate: 0.01,
    })
    expect(trace[0]!.kl).toBe(gaussianKl(before.embedding, before.labels).value)
    expect(trace[0]!.kl! / trace[0]!.null!).toBeGreaterThan(2)
    expect(trace.at(-1)!.kl! / trace.at(-1)!.null!).toBeLessThan(1)
    expect(centroidAuc(before, 3)).toBeGreaterThan(0.7)
    expect(centroidAuc({ embedding, labels: before.labels }, 3)).toBeLessThan(0.55)
    expect(embedding.data.subarray(0, 24)).toEqual(before.embedding.data.subarray(0, 24))
    expect(parameters['divergence']).toBe('kl')
  })

  test('an unknown divergence is named', () => {
    const { embedding, labels } = leakyTable([20, 10], 3, 1, 2)
    expect(() => d2dRegularised(embedding, labels, { divergence: 'js' as 'kl' })).toThrow(
      "d2dRegularised: expected divergence 'mmd' or 'kl', got 'js'",
    )
  })
})

describe('u2uRegularised, divergences', () => {
  test("'cosine' of labels is 'one-hot'; 'cross-entropy' is it at a trade-off smaller by -ln(1e-7)", () => {
    const { embedding, labels } = leakyTable([30, 20, 12], 4, 1, 3, 3)
    const scale = -Math.log(1e-7)
    const run = (options: Parameters<typeof u2uRegularised>[2]) =>
      u2uRegularised(embedding, labels, { optimiser: 'gradient', steps: 60, ...options })
    const plain = run({ tradeOff: 20 })
    const close = (other: typeof plain): void =>
      plain.embedding.data.forEach((value, p) => expect(other.embedding.data[p]).toBeCloseTo(value, 4))
    close(run({ tradeOff: 20, divergence: 'cosine' }))
    close(run({ tradeOff: 20 * scale, divergence: 'cross-entropy' }))
  })

  test.each([[[150, 100]], [[90, 60, 80]]])(
    "'adversarial' takes the classes away from the attacker, sizes %j",
    (sizes) => {
      const before = leakyTable(sizes, 6, 2, 4, 5)
      const { embedding, trace, parameters } = u2uRegularised(before.embedding, before.labels, {
        divergence: 'adversarial',
        steps: 400,
        learningRate: 0.01,
      })
      expect(centroidAuc(before, 3)).toBeGreaterThan(0.8)
      expect(centroidAuc({ embedding, labels: before.labels }, 3)).toBeLessThan(centroidAuc(before, 3) - 0.25)
      expect(trace.at(-1)!.distinguishability!).toBeLessThan(0.5 * trace[0]!.distinguishability!)
      expect(embedding.data.subarray(0, 30)).toEqual(before.embedding.data.subarray(0, 30))
      expect(parameters).toMatchObject({
        divergence: 'adversarial',
        firstSteps: 200,
        refreshEvery: 10,
        refreshSteps: 10,
        seed: 0,
      })
    },
  )

  test("'adversarial' gives the same bytes on any number of threads, and others with another seed", () => {
    const { embedding, labels } = leakyTable([60, 40], 5, 1, 5)
    const run = (count: number, seed: number) => {
      setThreads(count)
      return u2uRegularised(embedding, labels, {
        divergence: 'adversarial',
        steps: 12,
        seed,
        firstSteps: 5,
        refreshEvery: 5,
      }).embedding.data
    }
    const first = run(1, 0)
    expect(run(2, 0)).toEqual(first)
    expect(run(5, 0)).toEqual(first)
    expect(run(1, 1)).not.toEqual(first)
  })

  test('an unknown divergence is named', () => {
    const { embedding, labels } = leakyTable([20, 10], 3, 1, 2)
    expect(() => u2uRegularised(embedding, labels, { divergence: 'kl' as 'cosine' })).toThrow(
      'expected divergence one-hot, cross-entropy, cosine or adversarial, got kl',
    )
    expect(() => u2uRegularised(embedding, labels, { divergence: 'adversarial', refreshEvery: 0 })).toThrow(
      'u2uRegularised: expected refreshEvery as a positive integer, got 0',
    )
  })
})

describe('adversarialProfiles', () => {
  test('probabilities of labelled users, updated every so many passes, which know the planted classes', () => {
    const { embedding, labels } = leakyTable([80, 60], 5, 4, 6, 3)
    const profiles = adversarialProfiles(labels, { refreshEvery: 4 })
    const first = profiles(embedding, 1).data.slice()
    expect([...first.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0])
    const right = [...labels.codes.keys()].filter(
      (i) => labels.codes[i] !== -1 && first[2 * i + labels.codes[i]!]! > 0.5,
    )
    expect(right.length / 140).toBeGreaterThan(0.9)
    for (let i = 3; i < labels.codes.length; i++) expect(first[2 * i]! + first[2 * i + 1]!).toBeCloseTo(1, 5)
    for (const pass of [2, 3, 4]) expect(profiles(embedding, pass).data).toEqual(first)
    expect(profiles(embedding, 5).data).not.toEqual(first)
  })
})
