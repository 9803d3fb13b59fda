/** @file How time, memory and error grow with the number of users. */

import { randomStream, type Json } from '@indistinct/core'
import { randomFourierMmd, randomFrequencies, rbfMmd } from '@indistinct/kernels'
import { calibratedFlow, u2uClosedForm } from '@indistinct/unlearners'
import type { Bench } from './bench.ts'
import { normalTable } from './normal-table.ts'
import { peakMemory } from './peak-memory.ts'
import { summary } from './statistics.ts'

const cols = 64
const frequencies = 512
const sizes = [1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000]

/** The exact kernel visits all pairs: from here on a pass takes minutes. */
const mostExact = 100_000
const mostExactFlow = 30_000

type Work = 'U2U-R closed form' | 'MMD pass, exact' | 'MMD pass, random Fourier' | 'flow, exact' | 'flow, random Fourier'
const works: readonly { readonly work: Work; readonly most: number; readonly runs: (rows: number) => number }[] = [
  { work: 'U2U-R closed form', most: Infinity, runs: () => 5 },
  { work: 'MMD pass, exact', most: mostExact, runs: (rows) => (rows > 30_000 ? 1 : 5) },
  { work: 'MMD pass, random Fourier', most: Infinity, runs: () => 5 },
  { work: 'flow, exact', most: mostExactFlow, runs: (rows) => (rows > 3000 ? 1 : 5) },
  { work: 'flow, random Fourier', most: Infinity, runs: (rows) => (rows > 30_000 ? 1 : 5) },
]

export const growthBench: Bench = {
  name: 'growth',
  title: `Growth with the number of users, K = ${cols}`,
  target: '1,000,000 x 64 unlearned in under 5 minutes and 1.5 GB',
  cases: async () => [],
  async extra({ threads, log }) {
    const rows: Json[][] = []
    for (const { work, most, runs } of works) {
      for (const size of sizes.filter((each) => each <= most)) {
        const { before, peak, result } = await peakMemory('growth', { work, rows: size, runs: runs(size) }, threads)
        rows.push([
          work, size, result['seconds']!, runs(size), before / 1e6, peak / 1e6, result['passes'] ?? null,
          result['error'] ?? null, result['standardError'] ?? null, result['ratio'] ?? null,
        ])
        log(`  ${work}, N = ${size}: ${result['seconds']!.toFixed(3)} s, ${Math.round(peak / 1e6)} MB`)
      }
    }
    return {
      columns: ['work', 'N', 'seconds', 'runs', 'MB before', 'MB at peak', 'passes', 'error of MMD²', 'standard error', 'MMD² / null after'],
      rows,
      caption:
        `Median seconds of the runs; memory of a process of its own that does nothing else, with table and result. The error is that ` +
        `of the estimate from ${frequencies} frequencies relative to the exact MMD², where that was computed: the root mean square over the runs.`,
    }
  },
}

/** One work at one size, for probes.ts. */
export function growthProbe({ work, rows, runs }: { work: Work; rows: number; runs: number }): () => Record<string, number> {
  const { theta, labels, samples } = normalTable(rows, cols, 7, 0.1)
  // Compiled, and with the pool of threads up, before memory and time are taken.
  const small = normalTable(200, cols, 7)
  const act = (table: typeof small, run: number): Record<string, number> => {
    switch (work) {
      case 'U2U-R closed form':
        u2uClosedForm(table.theta, table.labels)
        return {}
      case 'MMD pass, exact':
        return { value: rbfMmd(table.theta, table.samples).value }
      case 'MMD pass, random Fourier': {
        const result = randomFourierMmd(table.theta, table.samples, randomFrequencies(cols, frequencies, randomStream(run, 'growth')))
        result.gradient()
        return { value: result.value, standardError: result.standardError / result.value }
      }
      case 'flow, exact':
      case 'flow, random Fourier': {
        const result = calibratedFlow(table.theta, table.labels, { kernel: work === 'flow, exact' ? 'exact' : 'random-fourier', frequencies })
        const pairs = result.parameters['pairs'] as readonly { readonly ratio: number }[]
        return { passes: result.passes, ratio: pairs[0]!.ratio }
      }
      default:
        throw new RangeError(`growthProbe: expected a kind of work, got '${String(work satisfies never)}'`)
    }
  }
  act(small, 0)
  return () => {
    const times: number[] = []
    const values: number[] = []
    let last: Record<string, number> = {}
    for (let run = 0; run < runs; run++) {
      const start = performance.now()
      last = act({ theta, labels, samples }, run)
      times.push((performance.now() - start) / 1000)
      if (last['value'] !== undefined) values.push(last['value'])
    }
    const told = Object.fromEntries(Object.entries(last).filter(([name]) => name !== 'value'))
    return { ...told, seconds: summary(times).median, ...errorOf(work, values, rows) }
  }

  function errorOf(kind: Work, values: readonly number[], count: number): Record<string, number> {
    if (kind !== 'MMD pass, random Fourier' || count > mostExact) return {}
    const exact = rbfMmd(theta, samples, { gradient: false }).value
    return { error: Math.sqrt(values.reduce((sum, value) => sum + (value / exact - 1) ** 2, 0) / values.length) }
  }
}
