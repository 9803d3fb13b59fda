import { beforeAll, describe as suite, expect, test } from 'vitest'
import { degrees, type Dataset } from '../dataset.ts'
import { describe } from '../describe.ts'
import { lfm2bStatistics as published } from './lfm-2b-statistics.ts'
import { lfm2bTwin } from './lfm-2b-twin.ts'

suite('lfm2bTwin', () => {
  let twin: Dataset
  let degree: ReturnType<typeof degrees>
  let codes: Int32Array
  beforeAll(() => {
    twin = lfm2bTwin()
    degree = degrees(twin)
    codes = twin.attributes['gender']!.codes
  })

  test('has exactly the published users, items and interactions of each gender', () => {
    expect(twin.notes).toEqual([])
    expect(describe(twin)).toMatchObject({
      users: 19_972,
      items: 99_639,
      interactions: 2_829_503,
      attributes: {
        gender: {
          classes: [
            { label: 'F', users: 4415, interactions: 444_076 },
            { label: 'M', users: 15_557, interactions: 2_385_427 },
          ],
        },
      },
    })
  })

  test('is a 5-core without further filtering', () => {
    expect(Math.min(...degree.users)).toBe(5)
    expect(degree.items.reduce((least, count) => Math.min(least, count))).toBe(5)
  })

  test.each([
    ['female', 0],
    ['male', 1],
  ] as const)('has the published tracks per %s user, within 10 %%', (name, code) => {
    const of = degree.users.filter((_, u) => codes[u] === code).sort()
    const mean = of.reduce((a, b) => a + b, 0) / of.length
    const std = Math.sqrt(of.reduce((a, b) => a + (b - mean) ** 2, 0) / of.length)
    const quantile = (share: number): number => of[Math.floor(share * of.length)]!
    const got = { mean, std, q25: quantile(0.25), q50: quantile(0.5), q75: quantile(0.75) }
    for (const key of Object.keys(got) as (keyof typeof got)[]) {
      expect(Math.abs(got[key] / published[name].tracksPerUser[key] - 1), key).toBeLessThan(0.1)
    }
    expect(of.at(-1)).toBeLessThanOrEqual(published[name].tracksPerUser.max)
  })

  test.each([
    ['female', 0],
    ['male', 1],
  ] as const)('has the published share of tracks known to %s users, within 2 points', (name, code) => {
    const known = new Uint8Array(twin.items.length)
    twin.interactions.users.forEach((u, p) => {
      if (codes[u] === code) known[twin.interactions.items[p]!] = 1
    })
    const share = known.reduce((a, b) => a + b, 0) / known.length
    expect(Math.abs(share - published[name].coverage)).toBeLessThan(0.02)
  })
})
