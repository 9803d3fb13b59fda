import { readFileSync } from 'node:fs'
import { matrix, randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { trustworthiness } from './trustworthiness.ts'

const { gradient: golden } = JSON.parse(readFileSync(new URL('./goldens/t-sne.json', import.meta.url), 'utf8')) as {
  gradient: { cols: number; table: number[]; map: number[]; trustworthiness: Record<string, number> }
}

describe('trustworthiness', () => {
  const table = matrix(40, golden.cols, Float32Array.from(golden.table))
  const map = matrix(40, 2, Float32Array.from(golden.map))

  test.each(Object.entries(golden.trustworthiness))('is that of scikit-learn, k = %s', (k, expected) => {
    expect(trustworthiness(table, map, Number(k))).toBeCloseTo(expected, 12)
  })

  test('is 1 for the table itself, also scaled', () => {
    expect(
      trustworthiness(
        table,
        matrix(
          40,
          golden.cols,
          table.data.map((value) => 3 * value),
        ),
      ),
    ).toBe(1)
  })

  test('is about one half for a map that has nothing to do with the table', () => {
    const random = randomStream(1, 'unrelated')
    const one = matrix(
      400,
      5,
      Float32Array.from({ length: 2000 }, () => random.normal()),
    )
    const other = matrix(
      400,
      2,
      Float32Array.from({ length: 800 }, () => random.normal()),
    )
    expect(Math.abs(trustworthiness(one, other) - 0.5)).toBeLessThan(0.05)
  })

  test('refuses sizes that do not fit', () => {
    expect(() => trustworthiness(table, matrix(39, 2))).toThrow('trustworthiness: expected a map of 40 rows, got 39')
    expect(() => trustworthiness(table, map, 20)).toThrow(
      'trustworthiness: expected k of at least 1 and below half of 40 rows, got 20',
    )
  })
})
