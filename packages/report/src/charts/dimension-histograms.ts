/**
 * @file Every dimension's values by class, the classes drawn down to one size, before and after (the paper's Figure 4).
 */

import { checkOptions, randomStream, shuffle, type Labels, type Matrix } from '@indistinct/core'
import { checkTables } from '../checked-tables.ts'
import { classColour, classDash } from './class-colours.ts'
import { count, fixed } from './format-number.ts'
import { outlines } from './histogram.ts'
import { html } from '../markup.ts'
import { mergeSmallClasses } from '../t-sne/merge-small-classes.ts'
import { panel } from './panel.ts'
import { paperFigure, type PaperFigure } from '../figures/paper-figure.ts'
import type { HistogramData } from '../report-data.ts'
import { shapesOf, valuesOf } from '../sections/telling-dimensions.ts'

export interface BalancedOptions {
  /** Chooses the users of the larger classes. */
  readonly seed: number
  /** Dimensions in the order they are drawn (default all). */
  readonly dimensions?: readonly number[]
  /** Bins of each histogram (default 24). */
  readonly bins?: number
}

/**
 * Histograms of the dimensions of both tables, over the same users in both: as many of each class, drawn without
 * replacement, as the smallest class has. Users without a label are left out; beyond six classes the smaller ones are
 * merged first.
 * @param before (N, K)
 * @param after (N, K)
 */
export function balancedHistograms(
  before: Matrix,
  after: Matrix | undefined,
  labels: Labels,
  options: BalancedOptions,
): HistogramData {
  checkOptions('balancedHistograms', options, { seed: 'number', bins: 'number', dimensions: 'list' })
  checkTables('balancedHistograms', { before, after, labels })
  const { seed, bins = 24, dimensions = Array.from({ length: before.cols }, (_, k) => k) } = options
  if (!(Number.isInteger(bins) && bins >= 1))
    throw new RangeError(`balancedHistograms: expected a whole number of bins, got ${bins}`)
  for (const k of dimensions)
    if (!(Number.isInteger(k) && k >= 0 && k < before.cols))
      throw new RangeError(`balancedHistograms: expected dimensions from 0 to ${before.cols - 1}, got ${k}`)
  const { classes, codes } = mergeSmallClasses(labels)
  const filled = classes.filter(({ users }) => users > 0).map(({ users }) => users)
  if (filled.length === 0) return { classes, dimensions: [] }
  const drawn = Math.min(...filled)
  const kept = new Int32Array(codes.length).fill(-1)
  classes.forEach((_, code) => {
    const members: number[] = []
    codes.forEach((own, i) => own === code && members.push(i))
    for (const i of shuffle(members, randomStream(seed, 'report', 'balanced', code)).slice(0, drawn)) kept[i] = code
  })
  const users = classes.map((each) => Math.min(each.users, drawn))
  return {
    classes: classes.map(({ name }, code) => ({ name, users: users[code]! })),
    dimensions: dimensions.map((k) =>
      shapesOf(k, valuesOf(before, k, kept, users), after && valuesOf(after, k, kept, users), bins),
    ),
  }
}

const size = [200, 120] as const

/** Draws each dimension before and, beside it, after; both have one height of bars wherever they have one range. */
export function dimensionHistograms(data: HistogramData, options: { title: string; id?: string }): PaperFigure {
  const { title, id = 'dimensions' } = options
  const names = data.classes.map(({ name }) => name).join(', ')
  const panels = data.dimensions.flatMap(({ name, before, after }, index) => {
    const sameRange = before?.from === after?.from && before?.to === after?.to
    const top = Math.max(0, ...[before, after].flatMap((shape) => shape?.shares.flat() ?? []))
    return (
      [
        ['before', before],
        ['after', after],
      ] as const
    ).flatMap(([phase, shape]) => {
      if (!shape) return []
      const heading = `${name}${before && after ? `, ${phase}` : ''}`
      const own = sameRange ? top : Math.max(0, ...shape.shares.flat())
      const svg = panel(
        {
          id: `${id}-${index}-${phase}`,
          title: `Histogram of ${heading}`,
          description:
            `Distributions of ${names} from ${fixed(shape.from, 3)} to ${fixed(shape.to, 3)}; Kolmogorov-Smirnov ` +
            `distance ${fixed(shape.ks, 3)}, standardised mean difference ${fixed(shape.meanDifference, 3)}.`,
          size,
          x: { domain: [shape.from, shape.to], ticks: 3 },
          y: { domain: [0, own * 1.05 || 1], ticks: 2, percent: true },
        },
        (x, y) =>
          outlines(
            shape.shares.map((shares, code) => ({ shares, code })),
            [shape.from, shape.to],
            x,
            y,
          ),
      )
      return [{ heading, note: `KS ${fixed(shape.ks, 2)}, mean difference ${fixed(shape.meanDifference, 2)}`, svg }]
    })
  })
  return paperFigure({
    id,
    title,
    caption:
      'Share of each class in equal bins, over equally many users of each. KS is the Kolmogorov-Smirnov distance ' +
      '(0 to 1) of one class from the rest; the mean difference is in standard deviations. Dimensions that look ' +
      'alike one by one can still tell classes apart together.',
    legend: data.classes.map((each, code) => ({
      name: `${each.name} (${count(each.users)})`,
      sample: html`<path class="area ${classColour(code)}" d="M1 6h24v6h-24z"/>\
<path class="line ${classColour(code)}" stroke-dasharray="${classDash(code)}" d="M1 6h24"/>`,
    })),
    panels,
    columns: 4,
    size,
    ...(data.dimensions.some(({ after }) => after) && { layout: 'paired' }),
  })
}
