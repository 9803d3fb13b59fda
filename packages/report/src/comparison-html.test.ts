import { describe, expect, test } from 'vitest'
import { comparisonFigure, comparisonHtml, type ComparisonData } from './comparison-html.ts'
import { wellFormed } from './testing/well-formed.ts'

const data: ComparisonData = {
  title: 'Methods against <b>gender</b>',
  subject: '10 users',
  neighbours: 10,
  warnings: ['"one" & two'],
  attribute: {
    name: 'gender',
    classes: [
      { name: '<F>', users: 4 },
      { name: 'M', users: 5 },
    ],
    missing: 1,
  },
  rows: [
    {
      name: 'original',
      leak: { value: 0.8, low: 0.75, high: 0.85 },
      attack: 'mlp, paper, raw',
      kept: { value: 1 },
      displacement: 0,
    },
    {
      name: 'leace',
      leak: { value: 0.6, low: 0.5, high: 0.66 },
      attack: 'xgb, paper, raw',
      auc: 0.4,
      kept: { value: 0.7, low: 0.68, high: 0.72 },
      displacement: 0.3,
      seconds: 0.012,
      passes: 1,
    },
    { name: 'flow', failure: 'no <luck>' },
  ],
  provenance: { seed: 1, command: 'indistinct compare "a b"' },
}

describe('comparisonHtml', () => {
  test('is well-formed, escapes what came from files, and lists failures', () => {
    const page = comparisonHtml(data)
    expect(() => wellFormed(page)).not.toThrow()
    expect(page).toContain('Methods against &lt;b&gt;gender&lt;/b&gt;')
    expect(page).toContain('flow: no &lt;luck&gt;')
    expect(page).not.toContain('<F>')
    expect(page).toContain('0.600 [0.500, 0.660]')
    expect(page).toContain('<td>0.400</td>')
    expect(page).not.toContain('NDCG@10<')
  })

  test('loss is NDCG where there is one, neighbours otherwise', () => {
    expect(comparisonFigure(data).svg).toContain('share of the 10 nearest users lost')
    const rows = data.rows.map((row, at) =>
      row.failure === undefined ? { ...row, ndcg: { value: 0.3 - at / 100, low: 0.2, high: 0.4 } } : row,
    )
    const { svg } = comparisonFigure({ ...data, rows })
    expect(svg).toContain('NDCG@10 lost')
    expect(comparisonHtml({ ...data, rows })).toContain('0.2900 [0.2000, 0.4000]')
    expect(svg).toMatch(/leace: worst folded AUC 0\.600 \[0\.500, 0\.660\], NDCG@10 lost 0\.010/)
  })

  test('nothing but failures is a page too', () => {
    expect(() =>
      wellFormed(comparisonHtml({ title: 't', neighbours: 10, rows: [{ name: 'a', failure: 'b' }] })),
    ).not.toThrow()
  })
})
