/** @file Relabelling: points that say nothing of labels, since which of them carries which label is drawn at random. */

import {
  checkOptions,
  copyMatrix,
  gatherRows,
  IndistinctError,
  labelledRows,
  matrix,
  rowOf,
  shuffle,
  sideBySide,
  type Json,
  type Labels,
  type Matrix,
  type OptionKinds,
  type Random,
} from '@indistinct/core'
import { calibratedFlow } from '../flow/calibrated-flow.ts'
import { checkedClasses, checkCount } from '../checked-classes.ts'
import { squaredDistance } from '../closed/closed-form.ts'
import { standardisedColumns } from '../flow/standardised-columns.ts'
import { unlearned, type TraceRow, type Unlearned } from '../unlearned.ts'
import { dealAgain, dealPoints, notDrawn, optimalUpTo, pointGone } from './deal-points.ts'
import { drawSource, type DrawSeed } from './draw-source.ts'
import { directions, neighboursOf, smoothDirections, smoothRows } from '../neighbours/smooth-rows.ts'

export interface RelabelOptions {
  /** What points are made of: what the flow makes of users (default), or users as they are. */
  readonly base?: 'flow' | 'original'
  /**
   * Points are drawn towards so many of the nearest; 0 leaves them. Default 100, or all others where there are fewer.
   */
  readonly neighbours?: number
  /** Share of its own that a point keeps, the rest being the mean of its neighbours. Default 0.3. */
  readonly own?: number
  /**
   * What makes users near: their distance (default), or their direction alone, where scores are inner products and the
   * length of a user's row changes no ranking. By direction, rows of length one are drawn towards one another, and get
   * the length that lengths are drawn to.
   */
  readonly nearBy?: 'distance' | 'direction'
  /**
   * 'secret' (default) draws from the operating system: no two runs are alike, and nobody can repeat one. A number is
   * for tests and experiments: who knows it, the method and the table undoes the draw.
   */
  readonly drawSeed?: DrawSeed
  /**
   * Of a later release: for each row (N) the row from which its point came in the earlier one, -1 where its user took
   * part in none, -2 where that row is gone or without a label. The draw is then that one again, see `dealAgain`.
   * Vectors may be others, but not made from the earlier release.
   */
  readonly earlier?: Int32Array
  /**
   * What is done to a table afterwards, such as rounding to the type of a file. Each row must depend on that row alone.
   * Done to points before they are dealt, so that nothing tells a user who kept the own point from one who did not.
   */
  readonly finish?: (points: Matrix, table: string) => Matrix
  /**
   * Tables that no score depends on: their users are dealt as in the others, and count for nothing in who is near to
   * whom.
   */
  readonly unscored?: readonly string[]
  readonly onPass?: (row: TraceRow) => void
}

export const relabelDefaults = {
  base: 'flow',
  neighbours: 100,
  own: 0.3,
  nearBy: 'distance',
  drawSeed: 'secret',
} as const

/** The tables that points are made of, for tables (n, K) of users who all have a label. */
export type PointsOf = (
  tables: Readonly<Record<string, Matrix>>,
  labels: Labels,
  onPass?: (row: TraceRow) => void,
) => Readonly<Record<string, Matrix>>

export interface RelabelledTables {
  readonly results: Readonly<Record<string, Unlearned>>
  /** The user from whom each user's point came (N), -1 without a label: as secret as the labels. */
  readonly pointOf: Int32Array
}

/**
 * Hides labels exactly from who holds the released table, any known labels and any computing power, and nothing else.
 *
 * N users give N points. A labelling of the points with as many of each label as users have is drawn, all being equally
 * likely, independently of the points. Users are carried to points of their label at the least total squared distance.
 * Whatever the points are, even where they were made with the labels, given them all labellings are equally likely. So
 * what anybody infers about labels from the release and from known labels is what the counts alone say: every attack
 * has an expected AUC of 1/2.
 *
 * The argument needs that users are alike to the attacker but for what the table says. Who knows where a user stood (an
 * original vector, history, an order of rows or ids that says something of it) sees where that user went. A second
 * release with a new draw tells too: keep the fit. Rows enter in a secret order, so that ties and rounding do not
 * depend on the order in the file.
 *
 * Points are what the flow makes of users (`base`), which leaves short ways to go, drawn towards their neighbours
 * without labels, which takes noise out of them and brings them nearer to one another. Where the flow refuses, points
 * are users as they are, and `parameters.baseRefused` says why. Beyond 10,000 users neighbours and matching are near
 * the best, not the best (`matching`); that costs accuracy, not secrecy.
 *
 * Users without a label have none to hide: their rows stay, and take no part. That they have none shows.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes.
 */
export function relabel(embedding: Matrix, labels: Labels, options: RelabelOptions = {}): Unlearned {
  return relabelTables({ table: embedding }, labels, flowOfOne, options).results['table']!
}

/** The points of one table: what the flow makes of it. */
export const flowOfOne: PointsOf = ({ table }, labels, onPass) => ({
  table: calibratedFlow(table!, labels, { ...(onPass && { onPass }) }).embedding,
})

/**
 * The same for several tables (N, K each) of the same users: side by side they are one, and users are dealt the same
 * points in all.
 */
export function relabelTables(
  tables: Readonly<Record<string, Matrix>>,
  labels: Labels,
  flow: PointsOf,
  options: RelabelOptions = {},
): RelabelledTables {
  checkOptions<RelabelOptions>('relabel', options, relabelKinds)
  const { base, neighbours, own, nearBy, drawSeed } = { ...relabelDefaults, ...options }
  checkShares(neighbours, own)
  const names = Object.keys(tables)
  for (const name of names)
    checkedClasses(names.length > 1 ? `relabel: table '${name}'` : 'relabel', tables[name]!, labels, { alike: true })
  const random = drawSource(drawSeed)
  const rows = shuffle(labelledRows(labels), random)
  const shuffled = { classes: labels.classes, codes: rows.map((row) => labels.codes[row]!) }
  const users = Object.fromEntries(names.map((name) => [name, gatherRows(tables[name]!, rows)]))
  const { points, ...made } = pointsFrom(users, shuffled, base, flow, options)
  const scored = names.some((name) => !options.unscored?.includes(name))
    ? names.filter((name) => !options.unscored?.includes(name))
    : names
  const view = (of: Readonly<Record<string, Matrix>>): Matrix =>
    viewOf(
      scored.map((name) => (nearBy === 'direction' ? directions(of[name]!) : of[name]!)),
      shuffled,
    )
  const count = Math.min(neighbours, rows.length - 1)
  const near = count > 0 ? neighboursOf(view(points), count, random) : undefined
  const smoothed = near
    ? mapTables(points, (table) => (nearBy === 'direction' ? smoothDirections : smoothRows)(table, near, own))
    : points
  const final = mapTables(smoothed, (table, name) => finished(table, name, options))
  const pointOf = dealt(view(final), shuffled.codes, rows, options, random)
  const again = options.earlier && { again: countsOf(rows.map((row) => options.earlier![row]!)) }
  const parameters = {
    ...made,
    ...again,
    neighbours,
    own,
    nearBy,
    drawSeed,
    matching: rows.length <= optimalUpTo ? 'optimal' : 'near',
  }
  return {
    results: mapTables(tables, (table, name) => dealtTable(table, rows, final[name]!, pointOf, parameters, options)),
    pointOf: inOrder(pointOf, rows, labels.codes.length),
  }
}

const relabelKinds: OptionKinds<RelabelOptions> = {
  base: 'string',
  neighbours: 'number',
  own: 'number',
  nearBy: 'string',
  drawSeed: 'any',
  earlier: 'object',
  finish: 'function',
  unscored: 'list',
  onPass: 'function',
}

function checkShares(neighbours: number, own: number): void {
  if (neighbours !== 0) checkCount('relabel', 'neighbours', neighbours)
  if (!(own >= 0 && own <= 1)) throw new RangeError(`relabel: expected own from 0 to 1, got ${own}`)
}

interface MadePoints {
  readonly points: Readonly<Record<string, Matrix>>
  readonly base: string
  readonly baseRefused?: string
}

function pointsFrom(
  users: Readonly<Record<string, Matrix>>,
  labels: Labels,
  base: 'flow' | 'original',
  flow: PointsOf,
  { onPass }: RelabelOptions,
): MadePoints {
  if (base === 'original') return { points: users, base }
  try {
    return { points: flow(users, labels, onPass), base }
  } catch (error) {
    if (!(error instanceof IndistinctError) || error.code !== 'bad-data') throw error
    return { points: users, base: 'original', baseRefused: error.message }
  }
}

function finished(points: Matrix, name: string, { finish }: RelabelOptions): Matrix {
  const final = finish?.(points, name) ?? points
  if (final.rows !== points.rows || final.cols !== points.cols)
    throw new RangeError(
      `relabel: expected finish to keep ${points.rows} x ${points.cols} values, got ${final.rows} x ${final.cols}`,
    )
  return final
}

/** The tables side by side, each with a mean of 0 and the spread 1: in what distances are measured. */
function viewOf(tables: readonly Matrix[], labels: Labels): Matrix {
  const classes = labels.classes
    .map((_, code) => Int32Array.from(labels.codes.keys()).filter((row) => labels.codes[row] === code))
    .filter(({ length }) => length > 0)
  return sideBySide(tables.map((table) => ofSpreadOne(standardisedColumns(table, classes)?.table ?? table)))
}

function ofSpreadOne({ rows, cols, data }: Matrix): Matrix {
  const mean = new Float64Array(cols)
  for (let p = 0; p < data.length; p++) mean[p % cols]! += data[p]! / rows
  let variance = 0
  for (let p = 0; p < data.length; p++) variance += (data[p]! - mean[p % cols]!) ** 2 / rows
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 1
  return matrix(
    rows,
    cols,
    data.map((value, p) => (value - mean[p % cols]!) * scale),
  )
}

function dealtTable(
  table: Matrix,
  rows: Int32Array,
  points: Matrix,
  pointOf: Int32Array,
  parameters: { readonly [name: string]: Json },
  { onPass }: RelabelOptions,
): Unlearned {
  const embedding = copyMatrix(table)
  rows.forEach((row, at) => rowOf(embedding, row).set(rowOf(points, pointOf[at]!)))
  const row = { pass: 1, loss: squaredDistance(table, embedding) }
  onPass?.(row)
  return unlearned({ embedding, method: 'relabel', parameters, trace: [row], passes: 1 })
}

/** A first draw, or an earlier one again; rows stand in their secret order. */
function dealt(
  view: Matrix,
  codes: Int32Array,
  rows: Int32Array,
  { earlier }: RelabelOptions,
  random: Random,
): Int32Array {
  if (!earlier) return dealPoints(view, codes, random)
  const at = new Map(Array.from(rows, (row, index) => [row, index]))
  return dealAgain(
    view,
    codes,
    rows.map((row) => (earlier[row]! < 0 ? earlier[row]! : (at.get(earlier[row]!) ?? pointGone))),
    random,
  )
}

/** Users of an earlier draw who have their points again or others' whose holders are gone, and new users. */
function countsOf(earlier: Int32Array): { readonly [name: string]: number } {
  const count = (of: (point: number) => boolean): number => earlier.filter(of).length
  return {
    kept: count((point) => point >= 0),
    redrawn: count((point) => point === pointGone),
    new: count((point) => point === notDrawn),
  }
}

/** `pointOf`, of rows in their secret order, in the order of the table (N). */
function inOrder(pointOf: Int32Array, rows: Int32Array, N: number): Int32Array {
  const out = new Int32Array(N).fill(-1)
  rows.forEach((row, at) => (out[row] = rows[pointOf[at]!]!))
  return out
}

function mapTables<T, U>(tables: Readonly<Record<string, T>>, of: (table: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, of(table, name)]))
}
