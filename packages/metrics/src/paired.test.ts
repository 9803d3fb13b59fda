import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { meanEstimate, pairedTest, wilcoxonSignedRank } from './paired.ts'
import { studentCritical, studentTwoSided } from './student-t.ts'

interface Golden {
  cases: {
    first: number[]
    second: number[]
    mean: number
    deviation: number
    lower: number
    upper: number
    t: number
    wilcoxon: number
  }[]
  tails: { t: number; degrees: number; p: number }[]
}
const golden = JSON.parse(readFileSync(new URL('./goldens/paired.json', import.meta.url), 'utf8')) as Golden

describe('student-t', () => {
  test.each(golden.tails)('two-sided tail of $t with $degrees degrees as in scipy', ({ t, degrees, p }) => {
    expect(studentTwoSided(t, degrees) / p).toBeCloseTo(1, 10)
    expect(studentCritical(p, degrees) / t).toBeCloseTo(1, 8)
  })
})

describe('meanEstimate and pairedTest', () => {
  test.each(golden.cases)(
    'as scipy has it ($first.length pairs)',
    ({ first, second, mean, deviation, lower, upper, t, wilcoxon }) => {
      const estimate = meanEstimate(first)
      expect(estimate.mean).toBeCloseTo(mean, 12)
      expect(estimate.deviation).toBeCloseTo(deviation, 12)
      expect(estimate.lower).toBeCloseTo(lower, 8)
      expect(estimate.upper).toBeCloseTo(upper, 8)
      const paired = pairedTest(first, second)!
      expect(paired.t).toBeCloseTo(t, 10)
      expect(paired.wilcoxon).toBeCloseTo(wilcoxon, 12)
    },
  )

  test('one value has neither deviation nor interval, one pair no test', () => {
    expect(meanEstimate([3])).toEqual({ n: 1, mean: 3 })
    expect(pairedTest([1], [2])).toBeUndefined()
  })

  test('equal repetitions: no difference, or a certain one', () => {
    expect(pairedTest([1, 2, 3], [1, 2, 3])).toEqual({ n: 3, difference: 0, t: 1, wilcoxon: 1 })
    expect(pairedTest([2, 3, 4], [1, 2, 3])).toMatchObject({ difference: 1, t: 0, wilcoxon: 0.25 })
  })

  test('ties share their mean rank', () => {
    // Ranks 1.5, 1.5, 3 with one of the tied negative: sums of at most 1.5 are reached in 3 of 8 ways.
    expect(wilcoxonSignedRank([1, -1, 2])).toBe(0.75)
  })

  test('refuses what is not comparable', () => {
    expect(() => pairedTest([1, 2], [1])).toThrow('pairedTest: expected as many values of both, got 2 and 1')
    expect(() => meanEstimate([])).toThrow('expected at least one value, got none')
    expect(() => meanEstimate([1, NaN])).toThrow('expected finite values, got NaN')
  })
})
