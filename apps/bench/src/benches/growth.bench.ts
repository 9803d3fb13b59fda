/** @file How time, memory and error grow with the number of users. */

import { randomStream, type Json } from '@indistinct/core'
import { randomFourierMmd, randomFrequencies, rbfMmd } from '@indistinct/kernels'
import { calibratedFlow, gaussianTransport, meanMatching, u2uClosedForm } from '@indistinct/unlearners'
import type { Bench, Fact } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { peakMemory } from '../peak-memory.ts'
import { summary } from '../statistics.ts'

const cols = 64
const frequencies = 512
const sizes = [1000, 10_000, 100_000, 1_000_000]

/** The exact kernel visits all pairs: beyond these sizes that takes many minutes. */
const mostExact = 100_000
const mostExactFlow = 10_000
/** Runs of work on so many users or more take seconds each. */
const few = 100_000

const unlearned = { users: 1_000_000, seconds: 300, megabytes: 1500 }

type Work =
  | 'U2U-R closed form'
  | 'mean matching'
  | 'Gaussian transport'
  | 'MMD, exact'
  | 'MMD, random Fourier'
  | 'flow, exact'
  | 'flow, random Fourier'
const works: readonly { readonly work: Work; readonly most: number; readonly runs: (rows: number) => number }[] = [
  { work: 'U2U-R closed form', most: Infinity, runs: (rows) => (rows < few ? 5 : 3) },
  { work: 'mean matching', most: Infinity, runs: (rows) => (rows < few ? 5 : 3) },
  { work: 'Gaussian transport', most: Infinity, runs: (rows) => (rows < few ? 5 : 3) },
  { work: 'MMD, exact', most: mostExact, runs: (rows) => (rows < few ? 5 : 1) },
  { work: 'MMD, random Fourier', most: Infinity, runs: (rows) => (rows < few ? 5 : 3) },
  { work: 'flow, exact', most: mostExactFlow, runs: (rows) => (rows < 10_000 ? 5 : 1) },
  { work: 'flow, random Fourier', most: Infinity, runs: (rows) => (rows < few ? 5 : 1) },
]

export const growthBench: Bench = {
  name: 'growth',
  title: `Growth with the number of users, K = ${cols}`,
  target: '1,000,000 x 64 unlearned by the flow in under 5 minutes and 1.5 GB',
  cases: async () => [],
  // eslint-disable-next-line max-lines-per-function -- a list of cases, one after the other
  async extra({ threads, log }) {
    const rows: Json[][] = []
    const facts: Fact[] = []
    const exact: Record<number, number> = {}
    for (const { work, most, runs } of works) {
      for (const size of sizes.filter((each) => each <= most)) {
        const { before, peak, result } = await peakMemory(
          'growth',
          { work, rows: size, runs: runs(size), exact: exact[size] ?? null },
          threads,
        )
        if (work === 'MMD, exact') exact[size] = result['value']!
        rows.push([
          work,
          size,
          result['seconds']!,
          result['cpuSeconds']!,
          runs(size),
          before / 1e6,
          peak / 1e6,
          result['passes'] ?? null,
          result['error'] ?? null,
          result['standardError'] ?? null,
          result['ratio'] ?? null,
        ])
        log(
          `  ${work}, N = ${size}: ${result['seconds']!.toFixed(3)} s, ${result['cpuSeconds']!.toFixed(3)} s of ` +
            `processor time, ${Math.round(peak / 1e6)} MB`,
        )
        if (work !== 'flow, random Fourier' || size !== unlearned.users) continue
        facts.push(
          {
            name: 'time of the flow on 1,000,000 users',
            value: result['seconds']!,
            unit: 's',
            atMost: unlearned.seconds,
          },
          { name: 'its processor time, all threads', value: result['cpuSeconds']!, unit: 's' },
          {
            name: 'its memory at the peak, with table and result',
            value: peak / 1e6,
            unit: 'MB',
            atMost: unlearned.megabytes,
          },
        )
      }
    }
    return {
      columns: [
        'work',
        'N',
        'seconds',
        'CPU seconds',
        'runs',
        'MB before',
        'MB at peak',
        'passes',
        'error of MMD²',
        'standard error',
        'MMD² / null after',
      ],
      rows,
      facts,
      caption:
        'Median seconds of the runs, and processor time of all threads; MMD is value and gradient. Memory is ' +
        'that of a process of its own that does nothing ' +
        'else, with table and result. By itself the flow takes the exact kernel up to 50,000 users and random ' +
        'Fourier features beyond. The error is that ' +
        `of the MMD² estimated from ${frequencies} frequencies, relative to the exact MMD² where that was ` +
        'computed: the root mean square over the ' +
        'runs, each with frequencies of its own. The standard error is the one that an estimate gives of itself, ' +
        'relative to it.',
    }
  },
}

/** One work at one size, for probes.ts. */
// eslint-disable-next-line max-lines-per-function -- a list of works, one after the other
export function growthProbe({
  work,
  rows,
  runs,
  exact,
}: {
  work: Work
  rows: number
  runs: number
  exact: number | null
}): () => Record<string, number> {
  const { theta, labels, samples } = normalTable(rows, cols, 7, 0.1)
  // Compiled, and with the pool of threads up, before memory and time are taken.
  const small = normalTable(200, cols, 7)
  const act = (table: typeof small, run: number): Record<string, number> => {
    switch (work) {
      case 'U2U-R closed form':
        u2uClosedForm(table.theta, table.labels)
        return {}
      case 'mean matching':
        meanMatching(table.theta, table.labels)
        return {}
      case 'Gaussian transport':
        gaussianTransport(table.theta, table.labels)
        return {}
      case 'MMD, exact':
        return { value: rbfMmd(table.theta, table.samples).value }
      case 'MMD, random Fourier': {
        const result = randomFourierMmd(
          table.theta,
          table.samples,
          randomFrequencies(cols, frequencies, randomStream(run, 'growth')),
        )
        result.gradient()
        return { value: result.value, standardError: result.standardError / result.value }
      }
      case 'flow, exact':
      case 'flow, random Fourier': {
        const result = calibratedFlow(table.theta, table.labels, {
          kernel: work === 'flow, exact' ? 'exact' : 'random-fourier',
          frequencies,
        })
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
    const processor: number[] = []
    const values: number[] = []
    let last: Record<string, number> = {}
    for (let run = 0; run < runs; run++) {
      const cpu = process.cpuUsage()
      const start = performance.now()
      last = act({ theta, labels, samples }, run)
      times.push((performance.now() - start) / 1000)
      const { user, system } = process.cpuUsage(cpu)
      processor.push((user + system) / 1e6)
      if (last['value'] !== undefined) values.push(last['value'])
    }
    const error = work === 'MMD, random Fourier' &&
      exact !== null && { error: Math.sqrt(values.reduce((sum, value) => sum + (value / exact - 1) ** 2, 0) / runs) }
    return { ...last, seconds: summary(times).median, cpuSeconds: summary(processor).median, ...error }
  }
}
