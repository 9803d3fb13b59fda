import { randomStream } from '@indistinct/core'
import { maxStatistic } from '@indistinct/metrics'
import { expect, test } from 'vitest'
import { audit } from '../audit.ts'
import { shiftedClasses } from '../testing.ts'
import { knn } from '../attackers/knn.ts'
import { logistic } from '../attackers/logistic.ts'
import { qda } from '../attackers/qda.ts'
import { settled } from './relabelled-attacks.ts'

const most = 200
const level = 0.025

/** Deviations of three attacks that have something in common, under `m` relabellings. */
function deviations(m: number, seed: number): Float64Array[] {
  const random = randomStream(seed, 'deviations')
  const out = Array.from({ length: 3 }, () => new Float64Array(m))
  for (let b = 0; b < m; b++) {
    const common = random.normal()
    for (const values of out) values[b] = Math.abs(common + random.normal())
  }
  return out
}

const smallest = (observed: readonly number[], permuted: readonly Float64Array[]): number =>
  Math.min(
    ...maxStatistic(
      observed,
      Array.from(permuted[0]!, (_, b) => permuted.map((values) => values[b]!)),
      level,
    ).adjusted,
  )

test('relabelling ends where nothing leaks, and never so that something is found', () => {
  let used = 0
  let found = 0
  let foundByAll = 0
  const tables = 2000
  for (let seed = 0; seed < tables; seed++) {
    const observed = deviations(1, -1 - seed).map((values) => values[0]!)
    const all = deviations(most, seed)
    let m = 40
    while (
      m < most &&
      !settled(
        observed,
        all.map((values) => values.subarray(0, m)),
        { most, level, found: false },
      )
    )
      m += 20
    const p = smallest(
      observed,
      all.map((values) => values.subarray(0, m)),
    )
    if (m < most) expect(p).toBeGreaterThan(level)
    used += m / tables
    if (p <= level) found++
    if (smallest(observed, all) <= level) foundByAll++
  }
  expect(used).toBeLessThan(70)
  // 5 of 201 equally likely ranks; a binomial of 2,000 draws has a standard error of 0.0035.
  expect(foundByAll / tables).toBeLessThan(0.025 + 0.009)
  expect(found).toBeLessThanOrEqual(foundByAll)
  // What is lost are findings that the units of further relabellings would have made.
  expect(foundByAll - found).toBeLessThanOrEqual(0.001 * tables)
})

test('a leak that was found already ends it at the first look, which reaches the level', () => {
  const permuted = deviations(40, 1)
  expect(settled([9, 9, 9], permuted, { most, level, found: true })).toBe(true)
  expect(smallest([9, 9, 9], permuted)).toBeLessThanOrEqual(level)
  expect(settled([9, 9, 9], permuted, { most, level, found: false })).toBe(false)
})

test('an audit ends early with and without a leak, and runs as many relabellings as it is told', async () => {
  const options = {
    seed: 1,
    attackers: [logistic, qda, knn],
    protocols: ['paper'],
    repeats: { paper: 3 },
    input: 'raw',
  } as const
  const counts = async (shift: number, more: object = {}): Promise<number[]> => {
    const { embedding, labels } = shiftedClasses([80, 90], 4, shift, 6)
    const { attacks } = await audit(embedding, labels, { ...options, ...more })
    return attacks.map(({ permutation }) => permutation.permutations)
  }
  expect(await counts(0)).toEqual([40, 40, 999])
  expect(await counts(2)).toEqual([40, 40, 999])
  expect(await counts(2, { permutations: 99 })).toEqual([99, 99, 99])
  expect(await counts(2, { sequential: false })).toEqual([200, 200, 999])
})
