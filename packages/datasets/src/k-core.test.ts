import { randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { degrees } from './dataset.ts'
import { datasetOfPairs } from './testing.ts'
import { kCore } from './k-core.ts'

describe('kCore', () => {
  // A square of users 0, 1 and items 0, 1, and a chain 1-2-2-3-3 hanging from it that unravels one link a round.
  const square = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const
  const chain = [
    [1, 2],
    [2, 2],
    [2, 3],
    [3, 3],
  ] as const

  test('drops until nothing changes, and renumbers', () => {
    const core = kCore(datasetOfPairs(4, 4, [...chain, ...square]), 2)
    expect(core.users).toEqual(['u0', 'u1'])
    expect(core.items).toEqual(['i0', 'i1'])
    expect([...core.interactions.users]).toEqual([0, 0, 1, 1])
    expect([...core.interactions.items]).toEqual([0, 1, 0, 1])
    expect(core.attributes['gender']).toEqual({ classes: ['F', 'M'], codes: Int32Array.of(0, 1) })
  })

  test('keeps everything at k = 1', () => {
    const dataset = datasetOfPairs(4, 4, [...chain, ...square])
    expect(kCore(dataset, 1)).toEqual(dataset)
  })

  test('leaves nobody below k, and is the largest such part', () => {
    const random = randomStream(3, 'k-core')
    const pairs = Array.from({ length: 800 }, () => [random.integer(100), random.integer(80)] as const)
    const dataset = datasetOfPairs(100, 80, pairs)
    const core = kCore(dataset, 5)
    const { users, items } = degrees(core)
    expect(Math.min(...users, ...items)).toBeGreaterThanOrEqual(5)
    expect(core.users.length).toBeLessThan(dataset.users.length)
    expect(core.items.length).toBeLessThan(dataset.items.length)
    // Dropping one node at a time, worst first, must end at the same users.
    let left = pairs.filter(([u, j], p) => pairs.findIndex(([v, k]) => u === v && j === k) === p)
    for (;;) {
      const count = new Map<string, number>()
      for (const [u, j] of left) for (const node of [`u${u}`, `i${j}`]) count.set(node, (count.get(node) ?? 0) + 1)
      const worst = [...count].sort((a, b) => a[1] - b[1])[0]!
      if (worst[1] >= 5) break
      left = left.filter(([u, j]) => `u${u}` !== worst[0] && `i${j}` !== worst[0])
    }
    expect(new Set(left.map(([u]) => `u${u}`))).toEqual(new Set(core.users))
    expect(left.length).toBe(core.interactions.users.length)
  })

  test('says so when nothing is left', () => {
    expect(() => kCore(datasetOfPairs(4, 4, [...square]), 3)).toThrow(
      expect.objectContaining({
        code: 'bad-data',
        message: expect.stringContaining('no user and item have 3 interactions among themselves') as string,
      }),
    )
    expect(() => kCore(datasetOfPairs(4, 4, [...square]), 0)).toThrow('kCore: expected a positive integer k, got 0')
  })
})
