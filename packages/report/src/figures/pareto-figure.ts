/**
 * @file What is lost in utility against what is still found out, a point for each method, and the front of the best.
 */

import { classColour } from '../charts/class-colours.ts'
import { estimateText } from '../charts/format-number.ts'
import { placeLabels, type Box } from '../charts/label-places.ts'
import { html, shorten, type Content } from '../markup.ts'
import type { Scale } from '../charts/linear-scale.ts'
import { at, panel } from '../charts/panel.ts'
import { paperFigure, type PaperFigure } from './paper-figure.ts'
import type { Estimate } from '../report-data.ts'
import { seriesMark } from '../charts/series-mark.ts'

export interface ParetoData {
  readonly title: string
  readonly points: readonly ParetoPoint[]
  /** What the horizontal axis is called (default "utility lost"). */
  readonly lossAxis?: string
  /** What the vertical axis is called (default "worst folded AUC"). */
  readonly leakAxis?: string
  /** Draws a line at the folded AUC that is still accepted. */
  readonly gate?: number
  /** Prefix of ids (default "pareto"). */
  readonly id?: string
}

export interface ParetoPoint {
  readonly name: string
  /** Colours and marks go by group, in the order in which groups appear; absent for one group of all. */
  readonly group?: string
  /** Utility lost, in the axis' unit; less is better, below zero a gain. */
  readonly loss: Estimate
  /** Folded AUC of the worst attacker, 0.5 to 1; less is better. */
  readonly leak: Estimate
}

const size = [620, 400] as const

/**
 * Draws every point with its name and its intervals, and a stepped line through those that no other point betters.
 * @throws RangeError for values that are not finite.
 */
export function paretoFigure(data: ParetoData): PaperFigure {
  const { points, gate, id = 'pareto', lossAxis = 'utility lost', leakAxis = 'worst folded AUC' } = data
  checkPoints(points)
  const groups = [...new Set(points.map(({ group }) => group))]
  const front = paretoFront(points)
  const across = spanOf(
    points.flatMap(({ loss }) => ends(loss)),
    0,
  )
  const up = spanOf([...points.flatMap(({ leak }) => ends(leak)), ...(gate === undefined ? [] : [gate])], 0.5)
  const svg = panel(
    {
      id: `${id}-0`,
      title: `${leakAxis} against ${lossAxis}`,
      description: descriptionOf(points, front, { lossAxis, leakAxis }),
      size,
      x: { domain: across, label: lossAxis, ticks: 6 },
      y: { domain: up, ticks: 6 },
    },
    (x, y) => [
      html`<path class="chance" d="M${at(x(across[0]))} ${at(y(0.5))}H${at(x(across[1]))}"/>`,
      gate !== undefined && html`<path class="gate" d="M${at(x(across[0]))} ${at(y(gate))}H${at(x(across[1]))}"/>`,
      frontPath(
        front.map((p) => points[p]!),
        x,
        y,
        across[1],
        up[1],
      ),
      points.map(({ group, loss, leak }) => whiskers(loss, leak, groups.indexOf(group), x, y)),
      points.map(({ group, loss, leak }) => seriesMark(groups.indexOf(group), x(loss.value), y(leak.value))),
      labels(points, front, gate, x, y),
    ],
  )
  const named = groups.flatMap((group, code) =>
    group === undefined ? [] : [{ name: group, sample: seriesMark(code, 13, 6) }],
  )
  const intervals = points.some(({ loss, leak }) => loss.low !== undefined || leak.low !== undefined)
  const uncertainty = intervals ? ' Whiskers are 95\u00a0% intervals; differences within them are not established.' : ''
  return paperFigure({
    id,
    title: data.title,
    caption:
      `Each method by ${leakAxis} and ${lossAxis}: the nearer to the lower left corner the better. The dashed line ` +
      `joins the points that no other betters in both.${uncertainty}` +
      `${gate === undefined ? '' : ' The coloured line is the gate.'} ` +
      'An AUC of 0.5 is chance.',
    legend: [
      ...named,
      { name: 'bettered by no other', sample: html`<path class="front" d="M1 6h24"/>` },
      ...(gate === undefined ? [] : [{ name: 'gate', sample: html`<path class="gate" d="M1 6h24"/>` }]),
      { name: 'chance', sample: html`<path class="chance" d="M1 6h24"/>` },
    ],
    panels: [{ heading: leakAxis, svg }],
    columns: 1,
    size,
    layout: 'wide',
  })
}

/** Every point in words. */
function descriptionOf(
  points: readonly ParetoPoint[],
  front: readonly number[],
  { lossAxis, leakAxis }: { readonly lossAxis: string; readonly leakAxis: string },
): string {
  const each = points.map(
    ({ name, loss, leak }) => `${name}: ${leakAxis} ${estimateText(leak, 3)}, ${lossAxis} ${estimateText(loss, 3)}`,
  )
  return `${each.join('; ')}. Bettered by no other: ${front.map((p) => points[p]!.name).join(', ')}.`
}

function checkPoints(points: readonly ParetoPoint[]): void {
  for (const { name, loss, leak } of points) {
    for (const value of [...ends(loss), ...ends(leak), loss.value, leak.value]) {
      if (!Number.isFinite(value))
        throw new RangeError(`paretoFigure: expected finite values for ${JSON.stringify(name)}, got ${value}`)
    }
  }
}

/** Indices of the points that no other point betters in one value without being worse in the other, by rising loss. */
export function paretoFront(points: readonly Pick<ParetoPoint, 'loss' | 'leak'>[]): number[] {
  const order = points
    .map((_, p) => p)
    .sort(
      (a, b) => points[a]!.loss.value - points[b]!.loss.value || points[a]!.leak.value - points[b]!.leak.value || a - b,
    )
  const front: number[] = []
  for (const p of order) {
    const last = front.at(-1)
    const equal =
      last !== undefined &&
      points[last]!.loss.value === points[p]!.loss.value &&
      points[last]!.leak.value === points[p]!.leak.value
    if (last === undefined || equal || points[p]!.leak.value < points[last]!.leak.value) front.push(p)
  }
  return front
}

/** Down from the top at the first point's loss, in steps through all of them, and on to the right. */
function frontPath(front: readonly ParetoPoint[], x: Scale, y: Scale, right: number, top: number): Content {
  if (front.length === 0) return undefined
  const steps = front.map(({ loss, leak }) => `H${at(x(loss.value))}V${at(y(leak.value))}`).join('')
  return html`<path class="front" d="M${at(x(front[0]!.loss.value))} ${at(y(top))}${steps}H${at(x(right))}"/>`
}

function whiskers(loss: Estimate, leak: Estimate, code: number, x: Scale, y: Scale): Content {
  const across =
    loss.low !== undefined && loss.high !== undefined && `M${at(x(loss.low))} ${at(y(leak.value))}H${at(x(loss.high))}`
  const up =
    leak.low !== undefined && leak.high !== undefined && `M${at(x(loss.value))} ${at(y(leak.low))}V${at(y(leak.high))}`
  return (across || up) && html`<path class="mark ${classColour(code)}" d="${across || ''}${up || ''}"/>`
}

function labels(
  points: readonly ParetoPoint[],
  front: readonly number[],
  gate: number | undefined,
  x: Scale,
  y: Scale,
): Content {
  const names = points.map(({ name }) => shorten(name, 32))
  const marks = points.map(({ loss, leak }) => ({ x: x(loss.value), y: y(leak.value) }))
  const [left, right] = x.domain.map(x) as [number, number]
  const [bottom, top] = y.domain.map(y) as [number, number]
  const obstacles: Box[] = points.flatMap(({ loss, leak }, p): Box[] => {
    const mark = marks[p]!
    return [
      [x(Math.min(...ends(loss))), mark.y - 1, x(Math.max(...ends(loss))), mark.y + 1],
      [mark.x - 1, y(Math.max(...ends(leak))), mark.x + 1, y(Math.min(...ends(leak)))],
    ]
  })
  for (const level of gate === undefined ? [0.5] : [0.5, gate])
    obstacles.push([left, y(level) - 1, right, y(level) + 1])
  front.forEach((p, step) => {
    const from = marks[p]!
    const to = marks[front[step + 1] ?? -1] ?? { x: right, y: from.y }
    obstacles.push([from.x, from.y - 1, to.x, from.y + 1], [to.x - 1, from.y, to.x + 1, to.y])
  })
  return placeLabels(
    marks,
    names.map((name) => [...name].length * 6.2),
    [left, top, right, bottom],
    obstacles,
  ).map(
    (place, p) =>
      html`<text class="name" x="${at(place.x)}" y="${at(place.y)}" text-anchor="${place.anchor}">${names[p]!}</text>`,
  )
}

function ends({ value, low, high }: Estimate): number[] {
  return [value, low ?? value, high ?? value]
}

/** The span of `values` and `always`, with a margin. */
function spanOf(values: readonly number[], always: number): [number, number] {
  const low = Math.min(always, ...values)
  const high = Math.max(always, ...values)
  const margin = (high - low) * 0.06 || 0.05
  return [low - margin, high + margin]
}
