/** @file The dimensions of a table whose values tell the classes apart best, with their histograms. */

import { checkCount, checkOptions, type Labels, type Matrix } from '@indistinct/core'
import { checkTables } from '../checked-tables.ts'
import { mergeSmallClasses } from '../t-sne/merge-small-classes.ts'
import type { DimensionShape, HistogramData } from '../report-data.ts'

export interface TellingOptions {
  /** Dimensions picked by the table before (default 4); the two most telling ones after are added to them. */
  readonly count?: number
  /** Bins of each histogram (default 24). */
  readonly bins?: number
}

/**
 * Ranks the K dimensions by the Kolmogorov-Smirnov distance of one class against the rest (the largest over classes;
 * ties by standardised mean difference, then by index) and returns histograms of the most telling ones.
 * Users without a label are left out. Beyond six classes the smaller ones are merged.
 * @param before (N, K) the table before unlearning, or the only one
 * @param after (N, K) the table after it
 */
export function tellingDimensions(
  before: Matrix,
  after: Matrix | undefined,
  labels: Labels,
  options: TellingOptions = {},
): HistogramData {
  checkOptions('tellingDimensions', options, { count: 'number', bins: 'number' })
  checkTables('tellingDimensions', { before, after, labels })
  const { count = 4, bins = 24 } = options
  checkCount('tellingDimensions', 'count', count)
  checkCount('tellingDimensions', 'bins', bins)
  const { classes, codes } = mergeSmallClasses(labels)
  if (classes.every(({ users }) => users === 0)) return { classes, dimensions: [] }
  const counts = classes.map(({ users }) => users)
  const split = (m: Matrix): DimensionValues[] =>
    Array.from({ length: m.cols }, (_, k) => valuesOf(m, k, codes, counts))
  const valuesBefore = split(before)
  const valuesAfter = after && split(after)
  const chosen = new Set([
    ...ranking(valuesBefore).slice(0, count),
    ...(valuesAfter ? ranking(valuesAfter).slice(0, 2) : []),
  ])
  return {
    classes,
    dimensions: [...chosen].map((k) => shapesOf(k, valuesBefore[k]!, valuesAfter?.[k], bins)),
  }
}

/** Histograms of dimension `k` over one range, unless unlearning changed the range much. */
export function shapesOf(
  k: number,
  one: DimensionValues,
  other: DimensionValues | undefined,
  bins: number,
): HistogramData['dimensions'][number] {
  const [rangeBefore, rangeAfter] = ranges(one, other)
  return {
    name: `dimension ${k}`,
    before: shapeOf(one, rangeBefore, bins),
    ...(other && { after: shapeOf(other, rangeAfter, bins) }),
  }
}

/** Values of one dimension by class, ascending, and how far apart they are. */
export interface DimensionValues {
  readonly byClass: readonly Float32Array[]
  readonly meanDifference: number
  readonly ks: number
}

/** Column `k` of `m`, split by class; `counts` are the users of each class among `codes`. */
export function valuesOf(m: Matrix, k: number, codes: Int32Array, counts: readonly number[]): DimensionValues {
  const byClass = counts.map((users) => new Float32Array(users))
  const filled = counts.map(() => 0)
  for (let i = 0; i < m.rows; i++) {
    const code = codes[i]!
    if (code >= 0) byClass[code]![filled[code]!++] = m.data[i * m.cols + k]!
  }
  for (const values of byClass) values.sort()
  let meanDifference = 0
  let ks = 0
  // With two classes "the first against the rest" is the whole comparison.
  for (let c = 0; c < (counts.length === 2 ? 1 : counts.length); c++) {
    const rest = counts.length === 2 ? byClass[1]! : joined(byClass.filter((_, other) => other !== c))
    if (byClass[c]!.length === 0 || rest.length === 0) continue
    meanDifference = Math.max(meanDifference, standardisedDifference(byClass[c]!, rest))
    ks = Math.max(ks, kolmogorovSmirnov(byClass[c]!, rest))
  }
  return { byClass, meanDifference, ks }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out.sort()
}

/** |mean a - mean b| over the root of the mean of both variances; 0 where nothing varies and the means agree. */
export function standardisedDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [meanA, varianceA] = moments(a)
  const [meanB, varianceB] = moments(b)
  const difference = Math.abs(meanA - meanB)
  const deviation = Math.sqrt((varianceA + varianceB) / 2)
  // Constant but different values are told apart perfectly; the cap keeps that a finite number.
  return difference === 0 ? 0 : Math.min(1e3, difference / deviation)
}

function moments(values: ArrayLike<number>): [number, number] {
  let mean = 0
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length
  let variance = 0
  for (let i = 0; i < values.length; i++) variance += (values[i]! - mean) ** 2 / values.length
  return [mean, variance]
}

/** Largest distance between the empirical distributions of `a` and `b`, both ascending. */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let i = 0
  let j = 0
  let largest = 0
  while (i < a.length && j < b.length) {
    // Both sides pass all values equal to the smaller head, so that ties count on neither side.
    const value = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i]! <= value) i++
    while (j < b.length && b[j]! <= value) j++
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length))
  }
  return largest
}

function ranking(values: readonly DimensionValues[]): number[] {
  return values
    .map((_, k) => k)
    .sort((a, b) => values[b]!.ks - values[a]!.ks || values[b]!.meanDifference - values[a]!.meanDifference || a - b)
}

/** One range for both tables, unless one is so much narrower (a quarter) that it would be a single bar in it. */
function ranges(one: DimensionValues, other: DimensionValues | undefined): [[number, number], [number, number]] {
  const a = rangeOf(one)
  if (!other) return [a, a]
  const b = rangeOf(other)
  const ratio = (b[1] - b[0]) / (a[1] - a[0])
  if (!(ratio > 0.25 && ratio < 4)) return [a, b]
  const both: [number, number] = [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
  return [both, both]
}

function rangeOf({ byClass }: DimensionValues): [number, number] {
  const filled = byClass.filter((values) => values.length > 0)
  return [Math.min(...filled.map((values) => values[0]!)), Math.max(...filled.map((values) => values.at(-1)!))]
}

function shapeOf(values: DimensionValues, [from, to]: [number, number], bins: number): DimensionShape {
  const shares = values.byClass.map((list) => {
    const out = new Array<number>(bins).fill(0)
    for (const value of list) {
      const bin = to > from ? Math.floor(((value - from) / (to - from)) * bins) : 0
      out[Math.min(bins - 1, Math.max(0, bin))]! += 1 / list.length
    }
    return out
  })
  return { from, to, shares, meanDifference: values.meanDifference, ks: values.ks }
}
