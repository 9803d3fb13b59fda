import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { tsneFigure } from './tsne-figure.ts'

const points = matrix(4, 2, Float32Array.of(-1000, 0, 1000, 0, 0, 1, 0, 1))
const draw = (codes: Int32Array, map = points) =>
  tsneFigure({ title: 't', classes: ['F', 'M'], panels: [{ heading: 'original', points: map, codes }] })

describe('tsneFigure', () => {
  test('draws every point with the mark of its class, and says how many of each there are', () => {
    const { svg } = draw(Int32Array.of(0, 1, 1, -1))
    const panel = svg.slice(svg.indexOf('class="panel"'))
    const marks = (style: string): number =>
      [...panel.matchAll(new RegExp(`<path class="${style}" d="([^"]*)"`, 'g'))].reduce(
        (sum, [, d]) => sum + [...d!.matchAll(/M/g)].length,
        0,
      )
    expect([marks('dot k0'), marks('mark k1'), marks('dot k-none')]).toEqual([1, 2, 1])
    expect(svg).toContain('Map of 4 users in two dimensions, coloured as F 1, M 2.')
    expect(svg).toContain('no class')
  })

  test('one scale in both directions, all points inside', () => {
    const { svg } = draw(new Int32Array(4))
    const frame = /<rect class="frame" x="8" y="8" width="(\d+)" height="(\d+)"/.exec(svg)!
    expect(frame[1]).toBe(frame[2])
    const places = [...svg.slice(svg.indexOf('class="frame"')).matchAll(/M([\d.]+) ([\d.]+)h0/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ])
    expect(places).toHaveLength(4)
    for (const place of places) for (const value of place) expect(value > 8 && value < 8 + Number(frame[1])).toBe(true)
    // Points a thousandth of the width apart vertically are drawn less than a unit apart.
    expect(Math.abs(places[0]![1]! - places[2]![1]!)).toBeLessThan(1)
  })

  test('one point, equal points and no points have a frame', () => {
    for (const rows of [0, 1, 3]) expect(draw(new Int32Array(rows), matrix(rows, 2)).svg).not.toContain('NaN')
  })

  test('refuses what does not fit', () => {
    expect(() => draw(new Int32Array(3))).toThrow('tsneFigure: expected 4 codes in panel "original", got 3')
    expect(() => draw(new Int32Array(4), matrix(4, 3))).toThrow(
      'tsneFigure: expected maps of 2 columns, got 3 in panel "original"',
    )
    expect(() => draw(new Int32Array(1), matrix(1, 2, Float32Array.of(0, Infinity)))).toThrow(
      'tsneFigure: expected finite points in panel "original"',
    )
  })
})
