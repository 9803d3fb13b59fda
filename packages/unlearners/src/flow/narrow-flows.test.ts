import { bytesOf, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { nullMmd, rbfMmd, setThreads, threads } from '@indistinct/kernels'
import { afterEach, describe, expect, test } from 'vitest'
import { auc, leakyTable, type LeakyTable } from '../testing/leaky-tables.ts'
import { unlearnTables } from '../unlearn-tables.ts'
import { calibratedFlow } from './calibrated-flow.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** Normal users (N, K) of whom class 1 stands a little aside, and more often where a short wave is high. */
function wavyTable(N: number, K: number, height: number, seed: number): LeakyTable {
  const random = randomStream(seed, 'wavy')
  const embedding = matrix(N, K)
  const codes = new Int32Array(N)
  for (let i = 0; i < N; i++) {
    for (let k = 0; k < K; k++) embedding.data[i * K + k] = random.normal()
    const [a, b] = embedding.data.subarray(i * K, i * K + 2)
    codes[i] = random.uniform() < 0.4 + height * Math.sign(Math.cos(3 * (a! + b!))) ? 1 : 0
    if (codes[i] === 1) embedding.data[i * K + K - 1]! += 0.6
  }
  return { embedding, labels: { classes: ['zero', 'one'], codes } }
}

/** MMD^2 over its null under kernels `times` narrower than the mean squared distance. */
function narrowRatio(embedding: Matrix, { codes }: Labels, times: number): number {
  const [first, second] = [0, 1].map((code) => Int32Array.from(codes.keys()).filter((i) => codes[i] === code))
  const samples = { first: first!, second: second! }
  const bandwidth = rbfMmd(embedding, samples, { gradient: false }).bandwidth / times
  const { value, total, trace } = rbfMmd(embedding, samples, { gradient: false, bandwidth })
  return value / nullMmd(total, trace, first!.length, second!.length)
}

/** AUC of the share of class 1 around each user, the user left out, weighed by a normal curve as wide as `width`. */
function neighbourAuc({ rows: N, cols: K, data }: Matrix, { codes }: Labels, width: number): number {
  const scores = Array.from({ length: N }, (_, i) => {
    let [near, all] = [0, 1e-12]
    for (let j = 0; j < N; j++) {
      let square = 0
      for (let k = 0; k < K; k++) square += (data[i * K + k]! - data[j * K + k]!) ** 2
      const weight = i === j ? 0 : Math.exp(-square / (2 * width ** 2))
      near += weight * codes[j]!
      all += weight
    }
    return near / all
  })
  return auc(scores, [...codes])
}

describe('narrow kernels after the flow', () => {
  const { embedding, labels } = wavyTable(1500, 4, 0.2, 1)
  const wide = calibratedFlow(embedding, labels)
  const narrow = calibratedFlow(embedding, labels, { narrow: 16 })

  test('who is near to whom tells the label after the flow, and with them not', () => {
    expect(wide.parameters['outcome']).toBe('landed')
    expect(narrowRatio(wide.embedding, labels, 16)).toBeGreaterThan(1.02)
    expect(neighbourAuc(wide.embedding, labels, 0.3)).toBeGreaterThan(0.58)
    expect(narrow.parameters['outcome']).toBe('landed')
    expect(narrowRatio(narrow.embedding, labels, 16)).toBeLessThan(1.0011)
    expect(Math.abs(neighbourAuc(narrow.embedding, labels, 0.3) - 0.5)).toBeLessThan(0.05)
  })

  test('it goes on from where the flow landed, says where it went, and moves users less than that', () => {
    const { narrowFlows, ...parameters } = narrow.parameters
    expect(parameters).toEqual({ ...wide.parameters, narrow: 16 })
    const flows = narrowFlows as { whitening: number; outcome: string; pairs: { ratio: number }[]; wide: number }[]
    expect(flows.map(({ whitening }) => whitening)).toEqual([1, 0])
    for (const { pairs, wide } of flows) {
      expect(pairs[0]!.ratio).toBeLessThan(1.0011)
      expect(wide).toBeGreaterThan(0.85)
    }
    expect(narrow.trace.slice(0, wide.passes)).toEqual(wide.trace)
    expect(narrow.trace.map(({ pass }) => pass)).toEqual(narrow.trace.map((_, i) => i + 1))
    const far = (a: Matrix, b: Matrix): number => a.data.reduce((sum, value, p) => sum + (value - b.data[p]!) ** 2, 0)
    expect(far(narrow.embedding, wide.embedding)).toBeLessThan(far(wide.embedding, embedding))
  })

  test('what would draw classes nearer than chance, seen by the wide kernel, is left out', () => {
    const high = wavyTable(1500, 4, 0.38, 1)
    const { embedding: moved, parameters } = calibratedFlow(high.embedding, high.labels, { narrow: 16 })
    const flows = parameters['narrowFlows'] as { outcome: string; wide: number }[]
    expect(flows.some(({ outcome, wide }) => outcome === 'left out' && wide < 0.85)).toBe(true)
    expect(narrowRatio(moved, high.labels, 1)).toBeGreaterThan(0.85)
  })

  test('the same bytes with any number of threads', () => {
    setThreads(3)
    expect(bytesOf(calibratedFlow(embedding, labels, { narrow: 16 }).embedding.data)).toEqual(
      bytesOf(narrow.embedding.data),
    )
  })

  test('of tables together the last kernels alone are narrow', () => {
    const parts = [1, 2].map((seed) => leakyTable([200, 150], 4, 1, seed))
    const tables = { a: parts[0]!.embedding, b: parts[1]!.embedding }
    const results = unlearnTables(tables, parts[0]!.labels, 'flow', { narrow: 16 })
    for (const { parameters } of Object.values(results)) {
      expect(parameters['narrowFlows']).toHaveLength(2)
      expect(parameters['together']).toMatchObject({
        outcome: expect.stringMatching(/landed|already at null/) as string,
      })
    }
  })

  test('nothing moves where nothing stands out; passes run out; random frequencies are refused', () => {
    const still = leakyTable([60, 40], 6, 0, 6)
    const at = calibratedFlow(still.embedding, still.labels, { narrow: 16 })
    expect(at.parameters['outcome']).toBe('already at null')
    expect(at.embedding.data).toEqual(still.embedding.data)
    expect(calibratedFlow(embedding, labels, { narrow: 16, maxPasses: wide.passes }).parameters).toMatchObject({
      outcome: 'not landed',
      stopped: `all ${wide.passes} passes are spent`,
    })
    expect(() => calibratedFlow(embedding, labels, { narrow: 16, kernel: 'random-fourier' })).toThrow(
      'expected the exact kernel with narrow',
    )
    expect(() => calibratedFlow(embedding, labels, { narrow: 0.5 })).toThrow('expected narrow to be 0')
  })
})
