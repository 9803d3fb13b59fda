import { bytesOf } from '@indistinct/core'
import { setThreads, threads } from '@indistinct/kernels'
import { classRows, d2d } from '@indistinct/losses'
import { afterEach, describe, expect, test } from 'vitest'
import { calibratedFlow } from './calibrated-flow.ts'
import { centroidAuc, leakyTable, type LeakyTable } from '../testing/leaky-tables.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** MMD^2 of every pair over its null, measured afresh on a table. */
function ratios({ embedding, labels }: LeakyTable): number[] {
  return d2d(embedding, labels).pairs.map((pair) => pair.value / pair.nullValue)
}

describe('calibratedFlow', () => {
  test.each([
    { sizes: [60, 40], K: 16, leak: 1.5 },
    { sizes: [250, 110], K: 16, leak: 1.2 },
    { sizes: [900, 300], K: 16, leak: 0.8 },
    { sizes: [250, 110], K: 64, leak: 1.5 },
    { sizes: [300, 700], K: 64, leak: 1 },
  ])('attackers succeed before and are at chance after: $sizes, K = $K', ({ sizes, K, leak }) => {
    const before = leakyTable(sizes, K, leak, 1)
    const result = calibratedFlow(before.embedding, before.labels)
    const after = { embedding: result.embedding, labels: before.labels }
    expect(centroidAuc(before, 4)).toBeGreaterThan(0.65)
    expect(Math.abs(centroidAuc(after, 4) - 0.5)).toBeLessThan(0.06)
    const [ratio] = ratios(after)
    expect(ratio).toBeGreaterThanOrEqual(0.95)
    expect(ratio).toBeLessThanOrEqual(1.011)
    expect(result.parameters.outcome).toBe('landed')
    expect(result.passes).toBe(result.trace.length)
    expect(result.passes).toBeLessThan(25)
  })

  test.each([0.8, 1.5])('lands on level %d, not far below', (level) => {
    const { embedding, labels } = leakyTable([150, 100], 8, 1.5, 2)
    const [ratio] = ratios({ embedding: calibratedFlow(embedding, labels, { level }).embedding, labels })
    expect(ratio! / level).toBeGreaterThanOrEqual(0.95)
    expect(ratio! / level).toBeLessThanOrEqual(1.011)
  })

  test('lands on the null however large the first step is', () => {
    const { embedding, labels } = leakyTable([150, 100], 8, 1.5, 3)
    for (const firstStep of [0.001, 0.2, 1]) {
      const [ratio] = ratios({ embedding: calibratedFlow(embedding, labels, { firstStep }).embedding, labels })
      expect(ratio).toBeGreaterThanOrEqual(0.95)
      expect(ratio).toBeLessThanOrEqual(1.011)
    }
  })

  test('three and four labels: every pair comes down to its null', () => {
    for (const sizes of [
      [200, 120, 80],
      [150, 60, 90, 100],
    ]) {
      const before = leakyTable(sizes, 12, 1.5, 4, 10)
      const result = calibratedFlow(before.embedding, before.labels)
      const after = ratios({ embedding: result.embedding, labels: before.labels })
      expect(Math.min(...ratios(before))).toBeGreaterThan(1.5)
      for (const ratio of after) {
        expect(ratio).toBeGreaterThan(0.945)
        expect(ratio).toBeLessThan(1.011)
      }
    }
  })

  test('moves no row without a label, and the table that went in not at all', () => {
    const { embedding, labels } = leakyTable([60, 40], 6, 2, 5, 12)
    const copy = embedding.data.slice()
    const result = calibratedFlow(embedding, labels)
    expect(embedding.data).toEqual(copy)
    expect(result.embedding.data.subarray(0, 72)).toEqual(copy.subarray(0, 72))
    expect(result.embedding.data.subarray(72)).not.toEqual(copy.subarray(72))
  })

  test('classes already at chance are left alone, and it says so', () => {
    const { embedding, labels } = leakyTable([60, 40], 6, 0, 6)
    const [a, b] = classRows('test', embedding, labels)
    // Mirror users across classes: more alike than chance.
    for (let r = 0; r < b!.length; r++) embedding.data.copyWithin(b![r]! * 6, a![r]! * 6, a![r]! * 6 + 6)
    const result = calibratedFlow(embedding, labels)
    expect(result.embedding.data).toEqual(embedding.data)
    expect(result.parameters.outcome).toBe('already at null')
    expect(result.passes).toBe(1)
  })

  test('same table, same bytes, whatever the number of threads', () => {
    const { embedding, labels } = leakyTable([300, 200], 16, 1.5, 7)
    const run = (count: number) => {
      setThreads(count)
      return Buffer.from(bytesOf(calibratedFlow(embedding, labels).embedding.data)).toString('base64')
    }
    expect(run(1)).toBe(run(2))
  })

  test('random Fourier features land where the exact kernel agrees, within their error', () => {
    const before = leakyTable([2500, 1200], 16, 1, 9)
    const result = calibratedFlow(before.embedding, before.labels, { kernel: 'random-fourier', seed: 3 })
    const [pair] = result.parameters['pairs'] as unknown as { ratio: number; ratioBefore: number; ratioError: number }[]
    expect(result.parameters).toMatchObject({ kernel: 'random-fourier', frequencies: 512, seed: 3, outcome: 'landed' })
    expect(pair!.ratio).toBeLessThanOrEqual(1.011)
    expect(pair!.ratioError).toBeLessThan(0.05)
    const [ratioBefore] = ratios(before)
    expect(ratioBefore).toBeGreaterThan(5)
    expect(Math.abs(pair!.ratioBefore / ratioBefore! - 1)).toBeLessThan(0.1)
    const after = { embedding: result.embedding, labels: before.labels }
    expect(Math.abs(ratios(after)[0]! - 1)).toBeLessThan(0.1)
    expect(Math.abs(centroidAuc(after, 4) - 0.5)).toBeLessThan(0.06)
  })

  test('random Fourier features: three labels, same bytes on any number of threads, others from another seed', () => {
    const { embedding, labels } = leakyTable([300, 200, 150], 8, 1.5, 10)
    const run = (count: number, seed: number) => {
      setThreads(count)
      return calibratedFlow(embedding, labels, { kernel: 'random-fourier', frequencies: 128, seed }).embedding
    }
    const one = run(1, 0)
    expect(run(2, 0)).toEqual(one)
    expect(run(2, 1)).not.toEqual(one)
    for (const ratio of ratios({ embedding: one, labels })) expect(Math.abs(ratio - 1)).toBeLessThan(0.25)
  })

  test('the exact kernel is the default for tables of this size', () => {
    const { embedding, labels } = leakyTable([60, 40], 6, 2, 8)
    expect(calibratedFlow(embedding, labels).parameters['kernel']).toBe('exact')
  })

  test.each(['exact', 'random-fourier'] as const)(
    'out of passes it returns the table it reached, nearer than the start, and says so: %s',
    (kernel) => {
      const { embedding, labels } = leakyTable([60, 40], 6, 2, 8)
      const {
        embedding: reached,
        parameters,
        passes,
      } = calibratedFlow(embedding, labels, { maxPasses: 4, kernel, moments: false, firstStep: 0.02 })
      expect(passes).toBe(4)
      expect(parameters).toMatchObject({ outcome: 'not landed', stopped: 'all 4 passes are spent' })
      const [pair] = parameters['pairs'] as { ratio: number; ratioBefore: number }[]
      expect(pair!.ratio).toBeLessThan(pair!.ratioBefore)
      expect(pair!.ratio).toBeGreaterThan(1.01)
      if (kernel === 'exact') expect(ratios({ embedding: reached, labels })[0]).toBeCloseTo(pair!.ratio, 6)
    },
  )

  test('a single pass measures and moves nobody: not landed, never at null', () => {
    const { embedding, labels } = leakyTable([60, 40], 6, 2, 8)
    const result = calibratedFlow(embedding, labels, { maxPasses: 1 })
    expect(result.parameters['outcome']).toBe('not landed')
    expect(result.embedding.data).toEqual(embedding.data)
  })
})
