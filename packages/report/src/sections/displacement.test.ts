import { copyMatrix, encodeLabels, matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { displacementFigure, displacementOf } from './displacement.ts'

// Rows at distance 5 from their mean (0, 0): the spread is 5.
const before = matrix(4, 2, new Float32Array([3, 4, -3, -4, 4, -3, -4, 3]))
const labels = encodeLabels(['a', 'a', 'b', null])

describe('displacementOf', () => {
  test('is relative to the spread of the table', () => {
    const after = copyMatrix(before)
    after.data[0] = 3 + 5
    after.data[4] = 4 + 10
    const data = displacementOf(before, after, labels)
    expect(data.spread).toBeCloseTo(5, 6)
    expect(data.groups.map((g) => [g.name, g.users, g.unmoved, g.quantiles[5]])).toEqual([
      ['a', 2, 1, 1],
      ['b', 1, 0, 2],
      ['no label', 1, 1, 0],
    ])
    for (const group of data.groups) expect(group.shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
    const text = displacementFigure(data).text
    expect(text).toContain('1 (50\u00a0%)')
    expect(text).toContain('2.000')
  })

  test('equal rows give absolute distances, nothing moved gives a table only', () => {
    const flat = matrix(4, 2)
    expect(displacementOf(flat, before, labels)).toMatchObject({ spread: 0 })
    expect(displacementFigure(displacementOf(flat, before, labels)).text).toContain('absolute')
    expect(displacementFigure(displacementOf(before, before, labels)).text).not.toContain('<figure>')
  })

  test('refuses shapes that do not fit', () => {
    expect(() => displacementOf(before, matrix(1, 2), labels)).toThrow(RangeError)
    expect(() => displacementOf(before, before, encodeLabels(['a']))).toThrow(RangeError)
  })
})
