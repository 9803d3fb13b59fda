/** @file How far unlearning moved each user, in units of the table's own spread, by class. */

import { checkCount, checkOptions, type Labels, type Matrix } from '@indistinct/core'
import { checkTables } from '../checked-tables.ts'
import { classLegend } from '../charts/class-colours.ts'
import { dataTable } from './data-table.ts'
import { count, fixed, percent, significant } from '../charts/format-number.ts'
import { outlines } from '../charts/histogram.ts'
import { html, shorten, type Markup } from '../markup.ts'
import { mergeSmallClasses } from '../t-sne/merge-small-classes.ts'
import { figure, panel } from '../charts/panel.ts'
import type { DisplacementData, DisplacementGroup } from '../report-data.ts'

/**
 * Distance that each user moved, divided by the root mean square distance of users from the table's mean: 1 is as far
 * as a typical user lies from the centre. Users without a label are a group of their own where there are any.
 * @param before (N, K)
 * @param after (N, K)
 */
export function displacementOf(
  before: Matrix,
  after: Matrix,
  labels: Labels,
  options: { bins?: number } = {},
): DisplacementData {
  checkOptions('displacementOf', options, { bins: 'number' })
  checkTables('displacementOf', { before, after, labels })
  const { bins = 30 } = options
  checkCount('displacementOf', 'bins', bins)
  const spread = spreadOf(before)
  const { classes, codes } = mergeSmallClasses(labels)
  const byClass: number[][] = Array.from({ length: classes.length + 1 }, () => [])
  for (let i = 0; i < before.rows; i++) {
    let square = 0
    for (let p = i * before.cols; p < (i + 1) * before.cols; p++) square += (after.data[p]! - before.data[p]!) ** 2
    const code = codes[i]!
    byClass[code < 0 ? classes.length : code]!.push(Math.sqrt(square) / (spread || 1))
  }
  const named = byClass
    .map((values, code) => ({ name: classes[code]?.name ?? 'no label', values: Float64Array.from(values).sort() }))
    .filter(({ values }) => values.length > 0)
  // The histogram ends where all but the farthest 1 % of the most mobile class lie; its last bin takes the others.
  const to = Math.max(0, ...named.map(({ values }) => quantile(values, 0.99)))
  const everyone = Float64Array.from(byClass.flat()).sort()
  return {
    spread,
    to,
    groups: named.map(({ name, values }) => groupOf(name, values, to, bins)),
    all: groupOf('all users', everyone, to, bins),
  }
}

function groupOf(name: string, values: Float64Array, to: number, bins: number): DisplacementGroup {
  const shares = new Array<number>(bins).fill(0)
  for (const value of values)
    shares[to > 0 ? Math.min(bins - 1, Math.floor((value / to) * bins)) : 0]! += 1 / values.length
  const [p5, p25, p50, p75, p95, most] = [0.05, 0.25, 0.5, 0.75, 0.95, 1].map((q) =>
    values.length > 0 ? quantile(values, q) : 0,
  )
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  return {
    name,
    users: values.length,
    unmoved: values.filter((value) => value === 0).length,
    mean,
    quantiles: [p5!, p25!, p50!, p75!, p95!, most!],
    shares,
  }
}

/** Linear between order statistics. */
function quantile(sorted: Float64Array, q: number): number {
  const place = (sorted.length - 1) * q
  const low = sorted[Math.floor(place)]!
  return low + (sorted[Math.ceil(place)]! - low) * (place % 1)
}

function spreadOf(m: Matrix): number {
  let sum = 0
  for (let k = 0; k < m.cols; k++) {
    let mean = 0
    for (let i = 0; i < m.rows; i++) mean += m.data[i * m.cols + k]! / m.rows
    for (let i = 0; i < m.rows; i++) sum += (m.data[i * m.cols + k]! - mean) ** 2
  }
  return Math.sqrt(sum / Math.max(1, m.rows))
}

/** Draws the distribution of each class that moved, and tabulates all of them. */
export function displacementFigure(data: DisplacementData): Markup {
  const unit = data.spread > 0 ? "in units of the table's spread" : 'absolute, since all rows were equal before'
  // Colours follow the place among all groups, so that leaving one out changes none.
  const moved = data.groups.map((group, code) => ({ ...group, code })).filter((group) => group.unmoved < group.users)
  const top = Math.max(0, ...moved.flatMap((group) => group.shares)) * 1.05
  const drawn =
    moved.length > 0 &&
    data.to > 0 &&
    figure(
      [
        {
          svg: panel(
            {
              id: 'displacement',
              title: 'Distance that users were moved',
              description:
                `Share of each class by distance, ${unit}. ` +
                `${moved.map((g) => `${g.name}: median ${significant(g.quantiles[2])}`).join('; ')}.`,
              x: { domain: [0, data.to], label: 'distance moved', ticks: 5 },
              y: { domain: [0, top], percent: true },
            },
            (x, y) => outlines(moved, [0, data.to], x, y),
          ),
        },
      ],
      `Share of each class by distance moved, ${unit}; the last bin holds everyone farther.`,
      classLegend(moved, 'line'),
    )
  const table = dataTable(
    `Distance moved, ${unit}`,
    ['Class', 'Users', 'Unmoved', 'Mean', '5\u00a0%', '25\u00a0%', 'Median', '75\u00a0%', '95\u00a0%', 'Farthest'],
    (data.groups.length > 1 ? [data.all, ...data.groups] : data.groups).map((g) => [
      shorten(g.name, 60),
      count(g.users),
      `${count(g.unmoved)} (${percent(g.users > 0 ? g.unmoved / g.users : 0)})`,
      ...[g.mean, ...g.quantiles].map((q) => (data.spread > 0 ? fixed(q, 3) : significant(q))),
    ]),
    1,
  )
  return html`${drawn}${table}`
}
