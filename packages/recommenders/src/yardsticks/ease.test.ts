import { readFileSync } from 'node:fs'
import { csrFromPairs } from '@indistinct/core'
import { expect, test } from 'vitest'
import { twoWorlds } from '../testing.ts'
import { ease, easeWeights } from './ease.ts'

interface Golden {
  readonly users: number
  readonly items: number
  readonly pairs: readonly (readonly [user: number, item: number])[]
  readonly ease: { readonly l2: number; readonly weights: readonly number[] }
}

test("EASE's weights are those of NumPy's closed form", () => {
  const {
    users,
    items,
    pairs,
    ease: { l2, weights },
  } = JSON.parse(readFileSync(new URL('../goldens/least-squares.json', import.meta.url), 'utf8')) as Golden
  const seen = csrFromPairs(
    users,
    items,
    Int32Array.from(pairs, ([u]) => u),
    Int32Array.from(pairs, ([, i]) => i),
  )
  const none = csrFromPairs(users, items, new Int32Array(0), new Int32Array(0))
  const own = easeWeights({ users, items, train: seen, validation: none }, { l2 })
  expect(own.length).toBe(items * items)
  expect(weights.reduce((worst, value, at) => Math.max(worst, Math.abs(value - own[at]!)), 0)).toBeLessThan(1e-11)
})

test('EASE ranks by its weights, seen items left out, and reads the training items alone', () => {
  const data = twoWorlds()
  const ids = ease(data).rank(data.train, 12)
  ids.forEach((item, at) => expect(data.groupOf(item)).toBe(data.groupOf(Math.floor(at / 12))))
  for (let u = 0; u < data.users; u++) {
    const row = ids.subarray(u * 12, u * 12 + 12)
    expect(new Set(row).size).toBe(12)
    for (const item of data.train.indices.subarray(data.train.indptr[u]!, data.train.indptr[u + 1]!))
      expect(row).not.toContain(item)
  }
  expect(ease(data).rank(data.train, data.items)[data.items - 1]).toBe(-1)
  const other = { ...data, validation: data.train }
  expect(ease(other).rank(data.train, 12)).toEqual(ids)
  // Best first, by scores computed here.
  const weights = easeWeights(data)
  const score = (user: number, item: number): number =>
    data.train.indices
      .subarray(data.train.indptr[user]!, data.train.indptr[user + 1]!)
      .reduce((sum, i) => sum + weights[i * data.items + item]!, 0)
  for (let at = 1; at < 12; at++) expect(score(0, ids[at]!)).toBeLessThanOrEqual(score(0, ids[at - 1]!))
})

test('EASE refuses what does not fit in memory, and penalties that make no sense', () => {
  const data = twoWorlds()
  const [train, validation] = [data.train, data.validation].map((part) => ({ ...part, cols: 20_000 }))
  expect(() => ease({ ...data, items: 20_000, train: train!, validation: validation! })).toThrow(
    'expected at most 10000 items',
  )
  expect(() => ease(data, { l2: 0 })).toThrow('expected a positive l2, got 0')
})
