import { describe, expect, test } from 'vitest'
import { count, estimateText, fixed, interval, percent, signed, significant } from './format-number.ts'

describe('numbers as text', () => {
  test('fixed has a true minus and no negative zero', () => {
    expect([fixed(0.5, 3), fixed(-0.25, 1), fixed(-0.0001, 2), fixed(-0, 1)]).toEqual([
      '0.500',
      '\u22120.3',
      '0.00',
      '0.0',
    ])
  })

  test('signed', () => {
    expect([signed(0.012, 2), signed(-0.012, 2), signed(0.001, 2)]).toEqual(['+0.01', '\u22120.01', '0.00'])
  })

  test('count groups thousands', () => {
    expect([count(0), count(943), count(1000209)]).toEqual(['0', '943', '1\u2009000\u2009209'])
  })

  test('percent and significant', () => {
    expect(percent(0.123, 1)).toBe('12.3\u00a0%')
    expect([significant(0.012345), significant(-1234567, 2), significant(0.0000123), significant(0)]).toEqual([
      '0.0123',
      '\u22121.2e6',
      '1.23e\u22125',
      '0',
    ])
  })

  test('intervals', () => {
    expect(interval({ value: 0.5 }, 2)).toBe('')
    expect(estimateText({ value: 0.5, low: 0.4, high: 0.61 }, 2)).toBe('0.50 [0.40, 0.61]')
    expect(estimateText({ value: 0.5 }, 2)).toBe('0.50')
  })
})
