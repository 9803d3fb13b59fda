/**
 * @file Moves along single directions, or from the centre, by what the vector says of a class: its distribution there
 * to chance.
 */

import type { Matrix } from '@indistinct/core'
import { cappedShares } from '../flow/calibrate/calibrate-moments.ts'
import { countsOf, shapeDeviations } from '../flow/calibrate/calibrate-shapes.ts'
import { bins, cellsPerUnit, eachChunk, orders, type ShapeFrame } from '../flow/calibrate/shape-counts.ts'
import type { BlindMove } from './blind-map.ts'
import { shiftsHoldingMeans, weightedMeans } from './held-means.ts'
import { meansMoved } from './moved-table.ts'

/** Parts of the users, in their order along a direction, in which the answer of the model is measured. */
const parts = 16
/** Share of the mean answer by which flows are divided at least. */
const leastAnswer = 0.25

/**
 * The move of users of x (n, K) along the directions of `frame` by e_c(x), column c of `deviations` (n, C), that
 * changes how class c is distributed along each by what is above `level` times chance (`cappedShares`), to first order;
 * undefined where nothing is.
 *
 * Where the share of class c left of a place is to change by F, as much must flow past that place. Users there flow by
 * e_c times what is returned, and class c beyond others by the mean answer h of the model there: in units of rank that
 * is F / h, and the pooled quantile function takes it back to units of the coordinate. Shifts by the model of every
 * class then hold class means.
 */
export function alongMove(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  frame: ShapeFrame,
  level: number,
): BlindMove | undefined {
  const C = classes.length
  const sizes = classes.map(({ length }) => length)
  const found = shapeDeviations(countsOf(x, classes, frame), sizes, frame)
  const kept = cappedShares(found.squares, found.nulls, level)
  const rho = weightedMeans(deviations, classes)[c * C + c]!
  if (kept.every((share) => share === 1) || !(rho > 0)) return undefined
  let spread = 0
  for (let i = 0; i < x.rows; i++) spread += deviations.data[i * C + c]! ** 2 / x.rows
  const reach = Math.sqrt(spread)
  const answers = answersAlong(x, classes, deviations, c, frame)
  const D = frame.spreads.length
  const perUnit = cellsPerUnit(frame)
  const steps = new Float64Array(D * (bins + 1))
  for (let d = 0; d < D; d++) {
    if (kept.subarray(d * orders, (d + 1) * orders).every((share) => share === 1)) continue
    const share = found.pooled.subarray(d * bins, (d + 1) * bins)
    const rank = new Float64Array(bins + 1)
    share.forEach((own, b) => void (rank[b + 1] = rank[b]! + own))
    const answer = inParts(answers.subarray(d * bins, (d + 1) * bins), share, rank, leastAnswer * rho)
    let flow = 0
    for (let e = 1; e < bins; e++) {
      let asked = 0
      for (let j = 0, q = d * orders; j < orders; j++, q++)
        asked += found.deviations[c]![q]! * (1 - kept[q]!) * found.functions[q * bins + e - 1]!
      flow += share[e - 1]! * asked
      if (rank[e]! <= 0 || rank[e]! >= 1) continue
      const turn = (reach * flow) / answer[e]!
      steps[d * (bins + 1) + e] =
        (place(rank, rank[e]! + turn) - place(rank, rank[e]! - turn)) / (2 * reach * perUnit[d]!)
    }
  }
  const { directions } = frame
  const along =
    directions === 'columns'
      ? ({ kind: 'columns' } as const)
      : 'unit' in directions
        ? ({
            kind: 'radius',
            unit: directions.unit,
            ...(directions.through && { through: Float64Array.from(directions.through.data) }),
          } as const)
        : ({ kind: 'directions', vectors: Float64Array.from(directions.data) } as const)
  const move: BlindMove = { kind: 'along', of: c, centre: frame.centre, along, perUnit, steps, shifts: [] }
  return { ...move, shifts: shiftsHoldingMeans(meansMoved(move, x, classes, deviations), classes, deviations) }
}

/** Sum over the users of each cell of e_c, 1 / n_c for those of class c less 1 / n for all (D, bins). */
function answersAlong(
  x: Matrix,
  classes: readonly Int32Array[],
  deviations: Matrix,
  c: number,
  frame: ShapeFrame,
): Float64Array {
  const C = classes.length
  const n = classes.reduce((sum, { length }) => sum + length, 0)
  const perUnit = cellsPerUnit(frame)
  const out = new Float64Array(frame.spreads.length * bins)
  classes.forEach((rows, own) => {
    const weight = (own === c ? 1 / rows.length : 0) - 1 / n
    eachChunk(x, rows, frame, ({ cols: D, data }, chunk) => {
      for (let r = 0, p = 0; r < chunk.length; r++) {
        for (let d = 0; d < D; d++, p++)
          out[d * bins + cellOf(data[p]! * perUnit[d]!)]! += weight * deviations.data[chunk[r]! * C + c]!
      }
    })
  })
  return out
}

function cellOf(cells: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(cells + bins / 2)))
}

/** The mean answer at each edge (bins + 1), from parts of about as many users each, and `least` at least. */
function inParts(answers: Float64Array, share: Float64Array, rank: Float64Array, least: number): Float64Array {
  const [sums, weights] = [new Float64Array(parts), new Float64Array(parts)]
  const partOf = (u: number): number => Math.min(parts - 1, Math.floor(parts * u))
  for (let b = 0; b < bins; b++) {
    const part = partOf((rank[b]! + rank[b + 1]!) / 2)
    sums[part]! += answers[b]!
    weights[part]! += share[b]!
  }
  return rank.map((u) => {
    const part = partOf(u)
    return Math.max(least, weights[part]! > 0 ? sums[part]! / weights[part]! : 0)
  })
}

/** Where in cells the pooled rank u is reached. */
function place(rank: Float64Array, u: number): number {
  if (u <= 0) return rank.lastIndexOf(0)
  let [low, high] = [0, bins]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (rank[middle]! < u) low = middle
    else high = middle
  }
  const width = rank[high]! - rank[low]!
  return width > 0 ? low + Math.min(1, (u - rank[low]!) / width) : high
}
