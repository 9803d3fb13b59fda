import { matrix, randomStream, type Labels } from '@indistinct/core'
import { audit, logistic } from '@indistinct/attackers'
import { describe, expect, test } from 'vitest'
import { runLadder, type LadderOptions } from './ladder.ts'

const random = randomStream(1, 'ladder')
const codes = Int32Array.from({ length: 300 }, (_, i) => (i % 10 === 9 ? -1 : i % 2))
const labels: Labels = { classes: ['f', 'm'], codes }
const embedding = matrix(
  300,
  4,
  Float32Array.from({ length: 1200 }, (_, p) => random.normal() + (p % 4 === 0 ? codes[p >> 2]! : 0)),
)
const attack: LadderOptions['attack'] = (table) =>
  audit(table, labels, {
    seed: 1,
    attackers: [logistic],
    protocols: ['five-fold'],
    input: 'standardised',
    repeats: { 'five-fold': 1 },
    permutations: 99,
    refit: false,
  })

describe('runLadder', () => {
  test('has a row for the original and each method, the noise last and as far as another', async () => {
    const seen: string[] = []
    const rows = await runLadder(embedding, labels, {
      methods: ['random-noise', 'leace', 'gaussian-transport'],
      seed: 1,
      attack,
      onMethod: (name) => void seen.push(name),
      ndcg: () => ({ value: 0.25 }),
    })
    expect(rows.map(({ name }) => name)).toEqual([
      'original',
      'leace',
      'gaussian-transport',
      'random-noise, like gaussian-transport',
    ])
    expect(seen).toEqual(rows.map(({ name }) => name))
    expect(rows[0]).toMatchObject({
      displacement: 0,
      kept: { value: 1 },
      ndcg: { value: 0.25 },
      attack: 'logistic, five-fold, standardised',
    })
    expect(rows[0]!.passes).toBeUndefined()
    expect(rows[0]!.leak!.value).toBeGreaterThan(0.7)
    for (const { leak, auc } of rows) expect(Math.max(auc!, 1 - auc!)).toBeCloseTo(leak!.value, 9)
    expect(rows[3]!.leak!.value).toBeGreaterThan(0.6)
    for (const row of rows.slice(1)) {
      expect(row.failure).toBeUndefined()
      expect(row.leak!.high).toBeGreaterThanOrEqual(row.leak!.value)
      expect(row.kept!.value).toBeLessThan(1)
      expect(row.seconds).toBeGreaterThan(0)
    }
    // Root mean squares are equal; the means of one sample of distances each are near.
    expect(rows[3]!.displacement! / rows[2]!.displacement!).toBeCloseTo(1, 0)
  })

  test('a failure is a row, and the others go on', async () => {
    const rows = await runLadder(embedding, labels, {
      methods: ['mean-matching', 'leace'],
      seed: 1,
      attack: (table, name) =>
        name === 'mean-matching' ? Promise.reject(new Error('no such luck')) : attack(table, name),
    })
    expect(rows.map(({ name, failure }) => [name, failure])).toEqual([
      ['original', undefined],
      ['mean-matching', 'no such luck'],
      ['leace', undefined],
    ])
    const broken = matrix(300, 4, embedding.data.slice().fill(NaN, 9, 10))
    const failed = await runLadder(broken, labels, { methods: ['leace'], seed: 1, attack })
    expect(failed[1]!.failure).toContain('expected finite values')
  })
})
