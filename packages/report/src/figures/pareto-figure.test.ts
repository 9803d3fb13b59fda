import { randomStream } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { examplePareto } from '../testing/example-figures.ts'
import { paretoFigure, paretoFront } from './pareto-figure.ts'

const at = (loss: number, leak: number) => ({ loss: { value: loss }, leak: { value: leak } })

describe('paretoFront', () => {
  test('is what comparing all pairs leaves', () => {
    const random = randomStream(2, 'pareto')
    // Round values, so that there are ties.
    const points = Array.from({ length: 80 }, () => at(random.integer(12), random.integer(12)))
    const betters = (a: (typeof points)[number], b: (typeof points)[number]): boolean =>
      a.loss.value <= b.loss.value &&
      a.leak.value <= b.leak.value &&
      (a.loss.value < b.loss.value || a.leak.value < b.leak.value)
    const expected = points.flatMap((point, p) => (points.some((other) => betters(other, point)) ? [] : [p]))
    expect(paretoFront(points).sort((a, b) => a - b)).toEqual(expected)
  })

  test('goes by rising loss', () => {
    expect(paretoFront([at(3, 0.5), at(0, 0.9), at(2, 0.95), at(1, 0.6)])).toEqual([1, 3, 0])
    expect(paretoFront([])).toEqual([])
  })
})

describe('paretoFigure', () => {
  test('names every point and lists the front in words', () => {
    const { svg } = paretoFigure(examplePareto())
    for (const { name } of examplePareto().points)
      expect(svg).toMatch(new RegExp(`<text class="name"[^>]*>${name}</text>`))
    expect(svg).toContain('Bettered by no other: original, mean matching, gaussian transport, calibrated flow.')
    expect([...svg.matchAll(/<path class="front"/g)]).toHaveLength(2)
    expect([...svg.matchAll(/<path class="gate"/g)]).toHaveLength(2)
  })

  test('draws one point, and none', () => {
    expect(paretoFigure({ title: 't', points: [{ name: 'a', ...at(0, 0.5) }] }).svg).not.toContain('NaN')
    expect(paretoFigure({ title: 't', points: [] }).svg).not.toContain('NaN')
  })

  test('refuses values that are not finite', () => {
    expect(() => paretoFigure({ title: 't', points: [{ name: 'a', ...at(NaN, 0.5) }] })).toThrow(
      'paretoFigure: expected finite values for "a", got NaN',
    )
  })
})
