/** @file Leak and utility against the trade-off alpha, a line for each method (the paper's Figure 2). */

import { classColour, classDash } from '../charts/class-colours.ts'
import { estimateText, significant } from '../charts/format-number.ts'
import { html, type Content, type Markup } from '../markup.ts'
import type { Scale } from '../charts/linear-scale.ts'
import { at, panel } from '../charts/panel.ts'
import { paperFigure, type PaperFigure } from './paper-figure.ts'
import type { Estimate } from '../report-data.ts'
import { seriesMark } from '../charts/series-mark.ts'

export interface TradeOffData {
  readonly title: string
  /** Panels in order, e.g. { name: 'AUC of mlp', kind: 'auc' } and { name: 'NDCG@10', kind: 'utility' }. */
  readonly measures: readonly TradeOffMeasure[]
  readonly series: readonly TradeOffSeries[]
  /** A value without alpha to compare with, e.g. the table before unlearning; `values[m]` belongs to `measures[m]`. */
  readonly baseline?: { readonly name: string; readonly values: readonly (Estimate | undefined)[] }
  /** What the horizontal axis is called (default "trade-off α"). */
  readonly axis?: string
  /** Prefix of ids (default "trade-off"). */
  readonly id?: string
}

export interface TradeOffMeasure {
  readonly name: string
  /** AUC panels share one vertical axis, which holds 0.5. */
  readonly kind: 'auc' | 'utility'
}

export interface TradeOffSeries {
  readonly name: string
  /** `values[m]` belongs to `measures[m]`; alpha is above 0. */
  readonly points: readonly { readonly alpha: number; readonly values: readonly (Estimate | undefined)[] }[]
}

/**
 * Draws a panel for each measure over a logarithmic axis of alpha: a line for each series, its intervals as a band.
 * @throws RangeError for an alpha that is not above 0, for values that are not finite, and for no points at all.
 */
export function tradeOffFigure(data: TradeOffData): PaperFigure {
  const { measures, baseline, id = 'trade-off', axis = 'trade-off \u03b1' } = data
  const series = data.series.map(({ name, points }) => ({
    name,
    points: [...points].sort((a, b) => a.alpha - b.alpha),
  }))
  check(data)
  const domain = domainOf(series)
  const valuesOf = (measure: number): Estimate[] =>
    [...series.flatMap(({ points }) => points.map(({ values }) => values[measure])), baseline?.values[measure]].flatMap(
      (e) => (e ? [e] : []),
    )
  const aucs = measures.flatMap(({ kind }, m) => (kind === 'auc' ? valuesOf(m) : []))
  let intervals = false
  const panels = measures.map(({ name, kind }, m) => {
    const estimates = kind === 'auc' ? [...aucs, { value: 0.5 }] : valuesOf(m)
    const reference = baseline?.values[m]
    intervals ||= valuesOf(m).some(({ low, high }) => low !== undefined && high !== undefined)
    const svg = panel(
      {
        id: `${id}-${m}`,
        title: `${name} against ${axis}`,
        description: descriptionOf(series, m, baseline),
        size: [300, 200],
        x: { domain, label: axis, marks: alphaMarks(domain) },
        y: { domain: spanOf(estimates), ticks: 4 },
      },
      (x, y) => [
        kind === 'auc' && html`<path class="chance" d="M${at(x(domain[0]))} ${at(y(0.5))}H${at(x(domain[1]))}"/>`,
        reference &&
          html`<path class="baseline" d="M${at(x(domain[0]))} ${at(y(reference.value))}H${at(x(domain[1]))}"/>`,
        series.map(({ points }, code) =>
          lineOf(
            points.flatMap(({ alpha, values }) => (values[m] ? [{ at: Math.log10(alpha), estimate: values[m] }] : [])),
            code,
            x,
            y,
          ),
        ),
      ],
    )
    return { heading: name, svg }
  })
  const chance = measures.some(({ kind }) => kind === 'auc')
  return paperFigure({
    id,
    title: data.title,
    caption: captionOf(measures, axis, { intervals, chance }),
    legend: [
      ...series.map(({ name }, code) => ({ name, sample: lineSample(code) })),
      ...(baseline ? [{ name: baseline.name, sample: html`<path class="baseline" d="M1 6h24"/>` }] : []),
      ...(chance ? [{ name: 'chance', sample: html`<path class="chance" d="M1 6h24"/>` }] : []),
    ],
    panels,
    columns: 3,
    size: [300, 200],
    layout: 'large',
  })
}

function lineSample(code: number): Markup {
  return html`<path class="line ${classColour(code)}" stroke-dasharray="${classDash(code)}" d="M1 6h24"/>\
${seriesMark(code, 13, 6)}`
}

function captionOf(
  measures: TradeOffData['measures'],
  axis: string,
  { intervals, chance }: { readonly intervals: boolean; readonly chance: boolean },
): string {
  const bands = intervals ? ' Bands are 95\u00a0% intervals.' : ''
  const dotted = chance
    ? ' The dotted line at 0.5 is an attacker who guesses; an AUC below it is a leak too, since that attacker ' +
      'has only to turn the answer round.'
    : ''
  return `${measures.map(({ name }) => name).join(', ')} against ${axis} on a logarithmic axis.${bands}${dotted}`
}

/** Every estimate of measure `m` in words. */
function descriptionOf(series: TradeOffData['series'], m: number, baseline: TradeOffData['baseline']): string {
  const reference = baseline?.values[m]
  const ofBaseline = reference ? `; ${baseline!.name}: ${estimateText(reference, 3)}` : ''
  return `${series
    .map(
      (one) =>
        `${one.name}: ` +
        `${one.points
          .flatMap(({ alpha, values }) =>
            values[m] ? [`${estimateText(values[m], 3)} at ${significant(alpha, 2)}`] : [],
          )
          .join(', ')}`,
    )
    .join('; ')}${ofBaseline}.`
}

/** The logarithms of all alphas, with a margin. */
function domainOf(series: TradeOffData['series']): [number, number] {
  const alphas = series.flatMap(({ points }) => points.map(({ alpha }) => Math.log10(alpha)))
  const low = Math.min(...alphas)
  const high = Math.max(...alphas)
  const margin = (high - low) * 0.05 || 0.5
  return [low - margin, high + margin]
}

function check({ measures, series, baseline }: TradeOffData): void {
  if (series.every(({ points }) => points.length === 0))
    throw new RangeError('tradeOffFigure: expected a series with points, got none')
  for (const { name, points } of series) {
    for (const { alpha } of points)
      if (!(alpha > 0 && alpha < Infinity))
        throw new RangeError(
          `tradeOffFigure: expected an alpha above 0 in series ${JSON.stringify(name)}, got ${alpha}`,
        )
  }
  const rows = [
    ...series.flatMap(({ name, points }) => points.map(({ values }) => ({ name, values }))),
    ...(baseline ? [baseline] : []),
  ]
  for (const { name, values } of rows) {
    if (values.length !== measures.length)
      throw new RangeError(
        `tradeOffFigure: expected ${measures.length} values for each point of ${JSON.stringify(name)}, got ` +
          `${values.length}`,
      )
    for (const estimate of values) {
      for (const value of estimate ? [estimate.value, estimate.low ?? 0, estimate.high ?? 0] : []) {
        if (!Number.isFinite(value))
          throw new RangeError(`tradeOffFigure: expected finite values in ${JSON.stringify(name)}, got ${value}`)
      }
    }
  }
}

/** A line through the estimates with a mark on each and, where neighbours both have intervals, a band. */
function lineOf(points: readonly { at: number; estimate: Estimate }[], code: number, x: Scale, y: Scale): Content {
  const bands: Markup[] = []
  const spans = points.map(({ at: place, estimate: { low, high } }) =>
    low !== undefined && high !== undefined ? { x: at(x(place)), low: at(y(low)), high: at(y(high)) } : undefined,
  )
  spans.forEach((span, i) => {
    if (!span || spans[i - 1]) return
    let end = i
    while (spans[end + 1]) end++
    const run = spans.slice(i, end + 1).map((each) => each!)
    // A lone interval has no width to fill.
    if (run.length === 1)
      bands.push(html`<path class="whisker ${classColour(code)}" d="M${span.x} ${span.low}V${span.high}"/>`)
    else
      bands.push(
        html`<path class="area ${classColour(code)}" d="M${run.map((each) => `${each.x} ${each.high}`).join('L')}L${run
          .toReversed()
          .map((each) => `${each.x} ${each.low}`)
          .join('L')}z"/>`,
      )
  })
  const path = points
    .map(({ at: place, estimate }, i) => `${i === 0 ? 'M' : 'L'}${at(x(place))} ${at(y(estimate.value))}`)
    .join('')
  return html`${bands}${
    points.length > 1 &&
    html`<path class="line ${classColour(code)}" stroke-dasharray="${classDash(code)}" d="${path}"/>`
  }${points.map(({ at: place, estimate }) => seriesMark(code, x(place), y(estimate.value)))}`
}

function spanOf(estimates: readonly Estimate[]): [number, number] {
  const values = estimates.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])
  if (values.length === 0) return [0, 1]
  const low = Math.min(...values)
  const high = Math.max(...values)
  const margin = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1
  return [low - margin, high + margin]
}

/** Powers of ten inside `domain` (log10), every second or third where they are many; 1, 2, 5 where they are few. */
export function alphaMarks([from, to]: readonly [number, number]): { value: number; label: string }[] {
  const powers: number[] = []
  for (let power = Math.ceil(from - 1e-9); power <= to + 1e-9; power++) powers.push(power)
  if (powers.length >= 3) {
    const step = Math.ceil(powers.length / 7)
    return powers
      .filter((power) => power % step === 0)
      .map((power) => ({ value: power, label: `10${superscript(power)}` }))
  }
  const marks: { value: number; label: string }[] = []
  for (let power = Math.floor(from); power <= to; power++) {
    for (const lead of [1, 2, 5]) {
      const value = power + Math.log10(lead)
      if (value >= from - 1e-9 && value <= to + 1e-9)
        marks.push({ value, label: significant(Number(`${lead}e${power}`), 1) })
    }
  }
  return marks
}

function superscript(power: number): string {
  return [...String(power)]
    .map((character) =>
      character === '-' ? '\u207b' : '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079'[Number(character)]!,
    )
    .join('')
}
