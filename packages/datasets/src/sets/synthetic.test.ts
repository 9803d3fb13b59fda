import { bytesOf, sha256 } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { degrees, type Dataset } from '../dataset.ts'
import { kCore } from '../k-core.ts'
import { interactionMatrix } from '../split.ts'
import { syntheticDataset } from './synthetic.ts'

/** Of the interactions; comparing them element by element takes seconds. */
function digest({ users, items, interactions }: Dataset): string {
  const codes = [interactions.users, interactions.items].map((each) => Buffer.from(bytesOf(each)).toString('latin1'))
  return sha256(JSON.stringify([users, items, codes]))
}

/**
 * AUC of naive Bayes on the items of a user: log ratios of item frequencies among F and M, learned on the even users,
 * summed over the items of the odd ones.
 */
function leakAuc(dataset: Dataset): number {
  const { rows, indptr, indices } = interactionMatrix(dataset)
  const codes = dataset.attributes['gender']!.codes
  const count = [0, 1].map(() => new Float64Array(dataset.items.length).fill(1))
  const total = [dataset.items.length, dataset.items.length]
  for (let u = 0; u < rows; u += 2) {
    for (let p = indptr[u]!; p < indptr[u + 1]!; p++) {
      count[codes[u]!]![indices[p]!]!++
      total[codes[u]!]!++
    }
  }
  const scores: [number[], number[]] = [[], []]
  for (let u = 1; u < rows; u += 2) {
    let score = 0
    for (let p = indptr[u]!; p < indptr[u + 1]!; p++) {
      score += Math.log(count[0]![indices[p]!]! / total[0]!) - Math.log(count[1]![indices[p]!]! / total[1]!)
    }
    scores[codes[u] as 0 | 1].push(score / (indptr[u + 1]! - indptr[u]!))
  }
  let wins = 0
  for (const f of scores[0]) for (const m of scores[1]) wins += f > m ? 1 : f === m ? 0.5 : 0
  return wins / (scores[0].length * scores[1].length)
}

describe('syntheticDataset', () => {
  const dataset = syntheticDataset()

  test('has the size, gender ratio and degrees of MovieLens 100K', () => {
    const core = kCore(dataset, 5)
    const codes = dataset.attributes['gender']!.codes
    expect(dataset.attributes['gender']!.classes).toEqual(['F', 'M'])
    expect([codes.filter((code) => code === 0).length, codes.filter((code) => code === 1).length]).toEqual([273, 670])
    expect(core.users.length).toBe(943)
    expect(core.items.length).toBeGreaterThan(1300)
    expect(core.items.length).toBeLessThan(1700)
    expect(core.interactions.users.length).toBeGreaterThan(90_000)
    expect(core.interactions.users.length).toBeLessThan(110_000)
    const { users, items } = degrees(core)
    const quantile = (of: Int32Array, share: number): number => of.slice().sort()[Math.floor(share * of.length)]!
    // MovieLens 100K after the 5-core filter: user median 65, item median 43, largest item 583.
    expect(quantile(users, 0)).toBeGreaterThanOrEqual(15)
    expect(Math.abs(quantile(users, 0.5) - 65)).toBeLessThan(10)
    expect(Math.abs(quantile(items, 0.5) - 43)).toBeLessThan(10)
    expect(Math.abs(Math.max(...items) - 583)).toBeLessThan(150)
  })

  test('is the same for the same seed, and another for another', () => {
    expect(digest(syntheticDataset())).toBe(digest(dataset))
    expect(digest(syntheticDataset({ seed: 1 }))).not.toBe(digest(dataset))
  })

  test('leaks more the stronger the leak', () => {
    const weak = leakAuc(syntheticDataset({ strength: 0.3 }))
    const usual = leakAuc(dataset)
    const strong = leakAuc(syntheticDataset({ strength: 3 }))
    expect(usual).toBeGreaterThan(0.68)
    expect(usual).toBeGreaterThan(weak + 0.05)
    expect(strong).toBeGreaterThan(0.93)
  })

  test('has interactions that know nothing of the labels at strength 0', () => {
    const free = syntheticDataset({ strength: 0 })
    expect(digest(free)).toBe(digest(syntheticDataset({ strength: 0, femaleShare: 0.9 })))
    expect(digest(dataset)).not.toBe(digest(syntheticDataset({ femaleShare: 0.9 })))
    // The standard error of an AUC from about 136 and 335 users is 0.03.
    expect(Math.abs(leakAuc(free) - 0.5)).toBeLessThan(0.09)
  })

  test('can be small', () => {
    const small = syntheticDataset({ users: 60, items: 120, seed: 2 })
    expect(small.users.length).toBe(60)
    expect(Math.max(...degrees(small).users)).toBeLessThanOrEqual(54)
  })

  test.each([[{ strength: -1 }], [{ strength: NaN }], [{ users: 1 }], [{ items: 5.5 }], [{ femaleShare: 2 }]])(
    'refuses %j',
    (options) => {
      expect(() => syntheticDataset(options)).toThrow(RangeError)
    },
  )
})
