import { csrFromPairs, csrHas, randomStream } from '@indistinct/core'
import { afterEach, expect, test } from 'vitest'
import { sampleUnseen, setThreads, threads } from './index.ts'

const initialThreads = threads()
afterEach(() => setThreads(initialThreads))

/** User 0 has seen items 0, 1, 4 and 6 of 7; user 1 nothing; user 2 all but item 3. */
const seen = csrFromPairs(
  3,
  7,
  Int32Array.of(0, 0, 0, 0, 2, 2, 2, 2, 2, 2),
  Int32Array.of(0, 1, 4, 6, 0, 1, 2, 4, 5, 6),
)

test('draws every unseen item equally often and no seen one', () => {
  const perUser = 3000
  const out = new Int32Array(3 * perUser)
  sampleUnseen(Int32Array.of(0, 1, 2), seen, perUser, randomStream(1, 'draws'), out)
  for (let user = 0; user < 3; user++) {
    const counts = new Int32Array(7)
    for (const item of out.subarray(user * perUser, (user + 1) * perUser)) counts[item]!++
    const unseen = [0, 1, 2, 3, 4, 5, 6].filter((item) => !csrHas(seen, user, item))
    expect(counts.reduce((sum, count) => sum + count)).toBe(perUser)
    for (let item = 0; item < 7; item++) {
      const expected = unseen.includes(item) ? perUser / unseen.length : 0
      // Five standard deviations of a binomial count.
      expect(Math.abs(counts[item]! - expected)).toBeLessThanOrEqual(5 * Math.sqrt(expected))
    }
  }
})

test('streams differ by key and repeat with it, on any number of threads', () => {
  const users = new Int32Array(20_000).map((_, r) => r % 2)
  const draw = (seed: number, count: number): Int32Array => {
    setThreads(count)
    const out = new Int32Array(users.length)
    sampleUnseen(users, seen, 1, randomStream(seed, 'draws'), out)
    return out
  }
  expect(draw(1, 2)).toEqual(draw(1, 1))
  expect(draw(1, 5)).toEqual(draw(1, 1))
  expect(draw(2, 1)).not.toEqual(draw(1, 1))
  // Tasks of one call have streams of their own.
  const once = draw(1, 1)
  expect(once.slice(0, 4096)).not.toEqual(once.slice(4096, 8192))
})

test('refuses a user without unseen items and a misfit output', () => {
  const full = csrFromPairs(1, 2, Int32Array.of(0, 0), Int32Array.of(0, 1))
  expect(() => sampleUnseen(Int32Array.of(0), full, 1, randomStream(1), new Int32Array(1))).toThrow(
    'got user 0, who has seen all 2',
  )
  expect(() => sampleUnseen(Int32Array.of(0), seen, 2, randomStream(1), new Int32Array(1))).toThrow(
    'expected out of 1 x 2, got 1',
  )
})
