import { describe, expect, test } from 'vitest'
import { exampleTradeOff } from '../testing/example-figures.ts'
import { alphaMarks, tradeOffFigure, type TradeOffData } from './trade-off-figure.ts'

const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length
const labelsOf = (from: number, to: number): string[] => alphaMarks([from, to]).map(({ label }) => label)

describe('alphaMarks', () => {
  test('powers of ten, fewer where they are many', () => {
    expect(labelsOf(-4.2, 0.2)).toEqual(['10⁻⁴', '10⁻³', '10⁻²', '10⁻¹', '10⁰'])
    expect(labelsOf(-8, 2)).toEqual(['10⁻⁸', '10⁻⁶', '10⁻⁴', '10⁻²', '10⁰', '10²'])
  })

  test('1, 2 and 5 on short axes, at their logarithms', () => {
    expect(alphaMarks([-2.01, -0.99])).toEqual([
      { value: -2, label: '0.01' },
      { value: -2 + Math.log10(2), label: '0.02' },
      { value: -2 + Math.log10(5), label: '0.05' },
      { value: -1, label: '0.1' },
    ])
  })
})

describe('tradeOffFigure', () => {
  test('one line, band and set of marks for each series in each panel', () => {
    const { svg } = tradeOffFigure(exampleTradeOff())
    const key = 3
    expect(count(svg, /<path class="line k\d"/g)).toBe(9 + key)
    expect(count(svg, /<path class="area k\d"/g)).toBe(9)
    expect(count(svg, /<path class="hollow k\d"/g)).toBe(9 * 7 + key)
    expect(count(svg, /<path class="baseline"/g)).toBe(3 + 1)
    expect(count(svg, /<path class="chance"/g)).toBe(2 + 1)
  })

  test('points lie by the logarithm of alpha, whatever order they came in', () => {
    const points = [100, 1, 10].map((alpha) => ({ alpha, values: [{ value: alpha }] }))
    const { svg } = tradeOffFigure({
      title: 't',
      measures: [{ name: 'u', kind: 'utility' }],
      series: [{ name: 's', points }],
    })
    const path = /class="line k0" stroke-dasharray="none" d="(M\d[^"]*L[^"]*)"/.exec(svg)![1]!
    const xs = [...path.matchAll(/[ML]([\d.]+) /g)].map(([, x]) => Number(x))
    expect(xs).toHaveLength(3)
    expect(xs[1]! - xs[0]!).toBeCloseTo(xs[2]! - xs[1]!, 0)
    expect(xs[1]! - xs[0]!).toBeGreaterThan(50)
  })

  test('a missing value leaves a gap in the band; a lone interval is a whisker', () => {
    const values = [
      { value: 0.6, low: 0.5, high: 0.7 },
      { value: 0.6 },
      { value: 0.6, low: 0.5, high: 0.7 },
      { value: 0.6, low: 0.5, high: 0.7 },
      undefined,
    ]
    const { svg } = tradeOffFigure({
      title: 't',
      measures: [{ name: 'a', kind: 'auc' }],
      series: [{ name: 's', points: values.map((value, i) => ({ alpha: 10 ** i, values: [value] })) }],
    })
    expect(count(svg, /<path class="whisker k0"/g)).toBe(1)
    expect(count(svg, /<path class="area k0"/g)).toBe(1)
    expect(count(svg, /<path class="hollow k0"/g)).toBe(4 + 1)
  })

  test('AUC panels share one axis', () => {
    const { svg } = tradeOffFigure(exampleTradeOff())
    const heights = [...svg.matchAll(/<path class="chance" d="M[\d.]+ ([\d.]+)H/g)].map(([, y]) => y)
    expect(heights).toHaveLength(2)
    expect(heights[0]).toBe(heights[1])
  })

  const one = (alpha: number, values: TradeOffData['series'][number]['points'][number]['values']): TradeOffData => ({
    title: 't',
    measures: [{ name: 'a', kind: 'auc' }],
    series: [{ name: 's', points: [{ alpha, values }] }],
  })
  test.each([
    ['an alpha of 0', one(0, [{ value: 1 }]), 'expected an alpha above 0 in series "s", got 0'],
    ['a value too many', one(1, [{ value: 1 }, { value: 1 }]), 'expected 1 values for each point of "s", got 2'],
    ['a bound that is not finite', one(1, [{ value: 1, low: NaN, high: 1 }]), 'expected finite values in "s", got NaN'],
    ['no points', { ...one(1, []), series: [] }, 'expected a series with points, got none'],
  ])('refuses %s', (_, data, message) => {
    expect(() => tradeOffFigure(data)).toThrow(`tradeOffFigure: ${message}`)
  })
})
