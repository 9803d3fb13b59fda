/**
 * @file Maps of tables before and after unlearning in a grid, coloured by label or prediction (the paper's Figure 3).
 */

import type { Matrix } from '@indistinct/core'
import { classColour, classMark, markStyle } from '../charts/class-colours.ts'
import { count } from '../charts/format-number.ts'
import { html } from '../markup.ts'
import { panel } from '../charts/panel.ts'
import { paperFigure, type PaperFigure } from './paper-figure.ts'
import { pointMarks } from '../charts/scatter.ts'

export interface TsneFigureData {
  readonly title: string
  readonly classes: readonly string[]
  /** Row by row. */
  readonly panels: readonly TsnePanel[]
  /** Panels in a row (default 5 at most). */
  readonly columns?: number
  /** What the points are coloured by, for the caption, e.g. "the class that the mlp attacker predicts". */
  readonly colouredBy?: string
  /** Prefix of ids (default "t-sne"). */
  readonly id?: string
}

export interface TsnePanel {
  /** E.g. "ground truth", "D2D-R". */
  readonly heading: string
  /** A second line, e.g. "AUC 0.72". */
  readonly note?: string
  /** (N, 2), as `tSne` returns it. */
  readonly points: Matrix
  /** A class code for each point; -1 draws it without a class. */
  readonly codes: Int32Array
}

const shown = 190

/**
 * Draws each map in a square of its own that holds all its points, with one scale in both directions.
 * @throws RangeError when points and codes do not fit, or a point is not finite.
 */
export function tsneFigure(data: TsneFigureData): PaperFigure {
  const { classes, id = 't-sne', columns = 5, colouredBy } = data
  // More units drawn in the same space make smaller marks.
  const drawing = data.panels.some(({ points }) => points.rows > 600) ? 400 : 280
  const panels = data.panels.map(({ heading, note, points, codes }, index) => {
    if (points.cols !== 2)
      throw new RangeError(
        `tsneFigure: expected maps of 2 columns, got ${points.cols} in panel ${JSON.stringify(heading)}`,
      )
    if (codes.length !== points.rows)
      throw new RangeError(
        `tsneFigure: expected ${points.rows} codes in panel ${JSON.stringify(heading)}, got ${codes.length}`,
      )
    if (!points.data.every(Number.isFinite))
      throw new RangeError(`tsneFigure: expected finite points in panel ${JSON.stringify(heading)}`)
    const pairs = Array.from({ length: points.rows }, (_, i) => [points.data[2 * i]!, points.data[2 * i + 1]!] as const)
    const [x, y] = frameOf(points)
    const shares = classes.map(
      (name, code) => `${name} ${count(codes.reduce((sum, own) => sum + Number(own === code), 0))}`,
    )
    return {
      heading,
      ...(note !== undefined && { note }),
      svg: panel(
        {
          id: `${id}-${index}`,
          title: `${heading}${note !== undefined ? `, ${note}` : ''}`,
          description: `Map of ${count(points.rows)} users in two dimensions, coloured as ${shares.join(', ')}.`,
          size: [drawing, drawing],
          x: { domain: x },
          y: { domain: y },
          square: true,
          bare: true,
        },
        (scaleX, scaleY) => pointMarks(pairs, Array.from(codes), () => true, scaleX, scaleY),
      ),
    }
  })
  const unknown = data.panels.some(({ codes }) => codes.some((code) => code < 0))
  return paperFigure({
    id,
    title: data.title,
    caption:
      `Users in two dimensions by t-SNE${colouredBy === undefined ? '' : `, coloured by ${colouredBy}`}. Distances ` +
      'between far points, and the direction of the axes, mean nothing. Classes that overlap here may be apart in ' +
      'other directions: the attacks, not this picture, say what can be found out.',
    legend: [
      ...classes.map((name, code) => ({ name, code })),
      ...(unknown ? [{ name: 'no class', code: -1 }] : []),
    ].map(({ name, code }) => ({
      name,
      sample: html`<path class="${markStyle(code)} ${classColour(code)}" d="${classMark(code, '13', '6')}"/>`,
    })),
    panels,
    columns,
    size: [shown, shown],
    ...(columns === 5 && panels.length >= 5 && { layout: 'five' }),
  })
}

/** The square around all points, with a margin. */
function frameOf(points: Matrix): [[number, number], [number, number]] {
  const low = [Infinity, Infinity]
  const high = [-Infinity, -Infinity]
  points.data.forEach((value, p) => {
    low[p % 2] = Math.min(low[p % 2]!, value)
    high[p % 2] = Math.max(high[p % 2]!, value)
  })
  if (points.rows === 0)
    return [
      [0, 1],
      [0, 1],
    ]
  const half = Math.max(high[0]! - low[0]!, high[1]! - low[1]!) * 0.53 || 1
  return [0, 1].map((axis) => [(low[axis]! + high[axis]!) / 2 - half, (low[axis]! + high[axis]!) / 2 + half]) as [
    [number, number],
    [number, number],
  ]
}
