/** @file What every figure has in common: well-formed, escaped, self-contained, deterministic. */

import { matrix } from '@indistinct/core'
import { describe, expect, test } from 'vitest'
import { dimensionHistograms } from '../charts/dimension-histograms.ts'
import { exampleFigures } from '../testing/example-figures.ts'
import { html } from '../markup.ts'
import { paperFigure, type PaperFigure } from './paper-figure.ts'
import { paretoFigure } from './pareto-figure.ts'
import { tradeOffFigure } from './trade-off-figure.ts'
import { tsneFigure } from './tsne-figure.ts'
import { wellFormed, type Element } from '../testing/well-formed.ts'

const parse = (markup: string): Element[] => wellFormed(`<!DOCTYPE html>${markup}`)
const figures = exampleFigures()

describe.each(Object.entries(figures))('%s', (_, figure) => {
  test('is one well-formed SVG document with a title and a description', () => {
    const elements = parse(figure.svg)
    expect(elements[0]!.name).toBe('svg')
    expect(elements[0]!.attributes.get('xmlns')).toBe('http://www.w3.org/2000/svg')
    expect(elements.slice(1, 3).map(({ name }) => name)).toEqual(['title', 'desc'])
    const panels = elements.filter(({ attributes }) => attributes.get('role') === 'img')
    const ids = new Set(elements.map(({ attributes }) => attributes.get('id')))
    expect(panels.length).toBeGreaterThan(0)
    for (const panel of panels)
      for (const id of panel.attributes.get('aria-labelledby')!.split(' ')) expect(ids).toContain(id)
  })

  test('runs and fetches nothing', () => {
    expect(figure.svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /http|url\(|@import|<script|<image|<use|href|\son[a-z]+=/i,
    )
  })

  test('draws with classes that its style knows, at finite places', () => {
    const style = /<style>([^]*?)<\/style>/.exec(figure.svg)![1]!
    const drawn = parse(figure.svg).filter(({ name }) => ['path', 'rect', 'circle'].includes(name))
    for (const { attributes } of drawn)
      for (const name of attributes.get('class')?.split(' ') ?? []) expect(style).toMatch(new RegExp(`\\.${name}\\b`))
    expect(figure.svg).not.toMatch(/NaN|Infinity|undefined/)
  })

  test('embeds as an HTML figure with its caption', () => {
    const elements = parse(figure.markup.text)
    expect(elements[0]!.name).toBe('figure')
    expect(elements.some(({ name }) => name === 'figcaption')).toBe(true)
    expect(elements.some(({ name, attributes }) => name === 'style' || attributes.has('style'))).toBe(false)
  })
})

test('equal data gives equal bytes', () => {
  const again = exampleFigures()
  for (const [name, figure] of Object.entries(figures)) {
    expect(again[name]!.svg).toBe(figure.svg)
    expect(again[name]!.markup.text).toBe(figure.markup.text)
  }
})

describe('names from data', () => {
  const hostile = '<script>alert("1")</script> & \'x\' \u202e`'
  const cases: Record<string, PaperFigure> = {
    'trade-off': tradeOffFigure({
      title: hostile,
      measures: [{ name: hostile, kind: 'auc' }],
      series: [{ name: hostile, points: [{ alpha: 1, values: [{ value: 0.6 }] }] }],
      baseline: { name: hostile, values: [{ value: 0.7 }] },
      axis: hostile,
    }),
    't-sne': tsneFigure({
      title: hostile,
      classes: [hostile],
      colouredBy: hostile,
      panels: [{ heading: hostile, note: hostile, points: matrix(2, 2), codes: Int32Array.of(0, -1) }],
    }),
    dimensions: dimensionHistograms(
      {
        classes: [{ name: hostile, users: 3 }],
        dimensions: [{ name: hostile, before: { from: 0, to: 1, shares: [[0.5, 0.5]], ks: 0, meanDifference: 0 } }],
      },
      { title: hostile },
    ),
    pareto: paretoFigure({
      title: hostile,
      lossAxis: hostile,
      leakAxis: hostile,
      points: [{ name: hostile, group: hostile, loss: { value: 1 }, leak: { value: 0.6 } }],
    }),
  }

  test.each(Object.entries(cases))('are escaped in %s', (_, { svg, markup }) => {
    for (const text of [svg, markup.text]) {
      expect(parse(text).some(({ name }) => name === 'script')).toBe(false)
      expect(text).not.toContain('\u202e')
      expect(text).toContain('&lt;script&gt;')
    }
  })
})

test('a long legend takes more lines instead of a wider figure', () => {
  const svg = html`<svg viewBox="0 0 100 100"></svg>`
  const withLegend = (entries: number): string =>
    paperFigure({
      id: 'x',
      title: 'x',
      caption: 'x',
      legend: Array.from({ length: entries }, (_, i) => ({
        name: `a class called number ${i}`,
        sample: html`<path d="M1 6h24"/>`,
      })),
      panels: [{ heading: 'x', svg }],
      columns: 1,
      size: [300, 200],
    }).svg
  const sizeOf = (text: string): number[] => /width="(\d+)" height="(\d+)"/.exec(text)!.slice(1).map(Number)
  const [width, height] = sizeOf(withLegend(1))
  expect(sizeOf(withLegend(6))).toEqual([width, height! + 5 * 20])
})
