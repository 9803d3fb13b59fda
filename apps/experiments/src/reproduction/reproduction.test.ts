/** @file docs/reproduction.md is what the committed results give, and verdicts follow the figures. */

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { verdictOf } from './claim.ts'
import { committed, pagePath } from './committed.ts'
import { dimensionsOf, sweptOf } from './figure-numbers.ts'
import { reproductionPage } from './page.ts'

test('the page is what the results give; after an edit run `npm run reproduction`', () => {
  expect(readFileSync(pagePath, 'utf8'), 'docs/reproduction.md is stale: npm run reproduction').toBe(
    reproductionPage(committed()),
  )
})

test('a verdict follows the figures', () => {
  const { files, ...rest } = committed()
  const verdict = (page: string): string =>
    /\| D2D-R hides better[^\n]*\| (holds[^|]*|does not hold) \|/.exec(page)![1]!
  expect(verdict(reproductionPage({ files, ...rest }))).toBe('holds in part')
  // With the leaks of D2D-R at nothing, it hides best of all.
  const hidden = files.map((file) => ({
    ...file,
    models: file.models.map((model) =>
      model.method !== 'd2d-r'
        ? model
        : {
            ...model,
            attacks: model.attacks.map((attack) => ({
              ...attack,
              figures: { ...attack.figures, auc: attack.figures.auc!.map(() => 0.5) },
            })),
          },
    ),
  }))
  expect(verdict(reproductionPage({ files: hidden, ...rest }))).toBe('holds')
  expect(
    [
      [true, true],
      [true, false],
      [false, false],
    ].map(verdictOf),
  ).toEqual(['holds', 'holds in part', 'does not hold'])
})

describe('numbers of pictures', () => {
  test('Figure 2: a line for each measure and method', () => {
    const svg =
      '<title id="t">AUC of mlp against trade-off α</title><desc id="d">u2u-r: 0.528 at 1.0e−6, 0.480 [0.4, 0.5] ' +
      'at 0.0001, 0.5 at 1; original: 0.651.</desc>'
    expect(sweptOf(svg)).toEqual([
      {
        measure: 'AUC of mlp',
        method: 'u2u-r',
        points: [
          { alpha: 1e-6, value: 0.528 },
          { alpha: 1e-4, value: 0.48 },
          { alpha: 1, value: 0.5 },
        ],
      },
    ])
    expect(() => sweptOf('<svg/>')).toThrow('expected panels')
  })

  test('Figure 4: ranges and distances, before and after', () => {
    const svg =
      '<title id="t">Histogram of dimension 0, after</title><desc id="d">Distributions of F, M from −1.5 to ' +
      '1.25; Kolmogorov-Smirnov distance 0.183, standardised mean difference 0.400.</desc>'
    expect(dimensionsOf(svg)).toEqual([{ phase: 'after', range: 2.75, ks: 0.183, meanDifference: 0.4 }])
    expect(() => dimensionsOf('<svg/>')).toThrow('expected histograms')
  })
})
