import { matrix, type Labels, type Matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { balancedHistograms, displacementOf, mapUsers, tellingDimensions, tSne } from './index.ts'

const table = matrix(
  12,
  2,
  Float32Array.from({ length: 24 }, (_, p) => Math.sin(p)),
)
const labels: Labels = { classes: ['f', 'm'], codes: Int32Array.from({ length: 12 }, (_, i) => i % 2) }

type Section = (before: Matrix, after: Matrix, labels: Labels, options: never) => unknown
const sections: Readonly<Record<string, Section>> = { balancedHistograms, displacementOf, mapUsers, tellingDimensions }

describe.each(Object.entries(sections))('%s', (name, section) => {
  const make = (before: unknown, after: unknown, given: unknown, options: object = {}): unknown => {
    const seeded = name === 'mapUsers' || name === 'balancedHistograms' ? { seed: 1 } : {}
    return section(before as Matrix, after as Matrix, given as Labels, { ...seeded, ...options } as never)
  }

  test('refuses tables and labels that do not fit', () => {
    make(table, table, labels)
    const doubles = { ...table, data: Float64Array.from(table.data) }
    expect(() => make(doubles, table, labels)).toThrow(`${name}: expected a table before of whole rows and cols`)
    expect(() => make(table, doubles, labels)).toThrow(`${name}: expected a table after of whole rows and cols`)
    expect(() => make(table, matrix(11, 2), labels)).toThrow('after, got 11')
    expect(() => make(table, table, { ...labels, codes: labels.codes.slice(1) })).toThrow('expected 12 labels, got 11')
    expect(() => make(table, table, { ...labels, codes: labels.codes.map((code) => 2 * code) })).toThrow('got 2')
  })

  test('refuses misspelt options', () => {
    expect(() => make(table, table, labels, { binz: 3 })).toThrow(/expected options among .*, got binz/)
  })
})

test('t-SNE refuses misspelt options and texts for numbers', () => {
  expect(() => tSne(table, { seed: 1, perplexty: 5 } as never)).toThrow('got perplexty')
  expect(() => tSne(table, { seed: 1, perplexity: '5' } as never)).toThrow('expected perplexity as a number, got "5"')
})
