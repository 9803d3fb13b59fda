import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { certify } from './certify.ts'
import { codeCentres, codesOfEqualRows, codesOfRows } from './codes.ts'

function users(count: number, shift: number, name: string): { table: Matrix; labels: Labels } {
  const random = randomStream(2, name)
  const codes = Int32Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1 : 0))
  return {
    table: matrix(
      count,
      3,
      Float32Array.from(
        { length: 3 * count },
        (_, p) => random.normal() + (p % 3 === 0 && codes[Math.floor(p / 3)] === 1 ? shift : 0),
      ),
    ),
    labels: { classes: ['f', 'm'], codes },
  }
}

describe('certify', () => {
  test('a table of many vectors is bounded against classes only; of few codes against anybody', () => {
    const { table, labels } = users(3000, 0, 'plain')
    const plain = certify(table, labels, { seed: 1 })
    expect(plain).toMatchObject({ users: 2400, setAside: 600, vectors: 2400, delta: 0.05 })
    expect(plain.bounds.map(({ against, measure }) => `${against}, ${measure}`)).toEqual([
      'a threshold on one column, AUC',
      'a threshold on one column, balanced accuracy',
      'a score in the ball of a kernel, balanced accuracy',
    ])
    const coded = certify(table, labels, { seed: 1, codes: 8 })
    expect(coded.vectors).toBe(8)
    expect(codesOfEqualRows(coded.table).count).toBe(8)
    expect(coded.bounds[0]).toMatchObject({ against: 'any attacker', measure: 'AUC', label: 'm' })
    for (const { sample, margin, bound } of coded.bounds)
      expect([bound > sample, bound]).toEqual([true, Math.min(1, sample + margin)])
    expect(coded.bounds[0]!.bound).toBeLessThan(0.65)
    expect(certify(table, labels, { seed: 1, codes: 8 })).toEqual(coded)
  })

  test('a leak is not bounded away', () => {
    const { table, labels } = users(3000, 2, 'leak')
    for (const { sample, measure } of certify(table, labels, { seed: 1, codes: 16 }).bounds)
      expect(sample, measure).toBeGreaterThan(0.59)
  })

  test('each of several labels is told from the others, at the price of as many bounds', () => {
    const { table, labels } = users(900, 0, 'three')
    const three: Labels = { classes: ['a', 'b', 'c'], codes: labels.codes.map((_, i) => i % 3) }
    const found = certify(table, three, { seed: 1 })
    expect([...new Set(found.bounds.map(({ label }) => label))]).toEqual(['a', 'b', 'c'])
    const margin = Math.sqrt(((1 / 240 + 1 / 480) * Math.log((3 * 3) / 0.05)) / 2)
    expect(Math.abs(found.bounds[0]!.margin / margin - 1)).toBeLessThan(0.05)
  })

  test('a label of few users is bounded, whoever is set aside', () => {
    const { table, labels } = users(200, 0, 'rare')
    for (let seed = 0; seed < 20; seed++) {
      const rare: Labels = { classes: ['a', 'b', 'c'], codes: labels.codes.map((code, i) => (i === 7 ? 2 : code)) }
      const { bounds, users: certified, setAside } = certify(table, rare, { seed })
      expect([...new Set(bounds.map(({ label }) => label))]).toEqual(['a', 'b', 'c'])
      expect(bounds.find(({ label }) => label === 'c')!.bound).toBe(1)
      expect(certified + setAside).toBe(200)
    }
  })

  test('labels have no part in codes', () => {
    const { table, labels } = users(500, 1, 'blind')
    const other: Labels = { classes: ['f', 'm'], codes: labels.codes.map((code) => 1 - code) }
    expect(certify(table, other, { seed: 1, codes: 5 }).table).toEqual(
      certify(table, labels, { seed: 1, codes: 5 }).table,
    )
  })
})

describe('codes', () => {
  test('are the means of what is nearest to them', () => {
    const m = matrix(6, 1, Float32Array.of(0, 1, 2, 10, 11, 12))
    const centres = codeCentres(m, Int32Array.of(0, 1, 2, 3, 4, 5), 2, 1)
    expect([...centres.data].sort((a, b) => a - b)).toEqual([1, 11])
    const codes = codesOfRows(m, centres)
    expect([codes[0] === codes[2], codes[3] === codes[5], codes[0] === codes[3]]).toEqual([true, true, false])
    expect(codeCentres(matrix(4, 1), Int32Array.of(0, 1, 2, 3), 3, 1).rows).toBe(1)
    expect(codesOfEqualRows(matrix(3, 1, Float32Array.of(0, -0, 1)))).toEqual({
      codes: Int32Array.of(0, 0, 1),
      count: 2,
    })
  })
})
