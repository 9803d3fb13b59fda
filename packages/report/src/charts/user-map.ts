/**
 * @file Users as points of a t-SNE map of the table before and of one after, with the colours that the report gives
 * them.
 */

import {
  checkCount,
  checkOptions,
  gatherRows,
  labelledRows,
  randomStream,
  shuffle,
  type Labels,
  type Matrix,
} from '@indistinct/core'
import { checkTables } from '../checked-tables.ts'
import { mergeSmallClasses } from '../t-sne/merge-small-classes.ts'
import type { Colouring, ScatterData } from '../report-data.ts'
import { tSne } from '../t-sne/t-sne.ts'

export interface UserMapOptions {
  /** Chooses the users that are drawn, and disturbs the start of the maps. */
  readonly seed: number
  /** Users drawn at most: 800, which take about two seconds a map. */
  readonly points?: number
  /** Gradient steps of each map at most (default 1,000). */
  readonly steps?: number
  /** An attacker's predicted class codes (N), as a second way to colour the same points; -1 where it made none. */
  readonly predictions?: { readonly name: string; readonly before?: Int32Array; readonly after?: Int32Array }
}

const mostPoints = 800

/**
 * Maps labelled users of both tables to the plane by t-SNE, the same users in both, a seeded sample of them beyond
 * `points`. A map may be turned and mirrored at will: the one after is, to lie as near to the one before as it can, so
 * that a group can be followed from one picture to the other.
 * @param before (N, K)
 * @param after (N, K)
 */
export function mapUsers(
  before: Matrix,
  after: Matrix | undefined,
  labels: Labels,
  options: UserMapOptions,
): ScatterData {
  checkOptions('mapUsers', options, { seed: 'number', points: 'number', steps: 'number', predictions: 'object' })
  checkTables('mapUsers', { before, after, labels }, { anyWidth: true })
  const { seed, points = mostPoints, steps, predictions } = options
  checkCount('mapUsers', 'points', points)
  const labelled = labelledRows(labels)
  const drawn = shuffle(labelled.slice(), randomStream(seed, 'report', 'user-map')).slice(0, points)
  const mapOf = (table: Matrix): Matrix =>
    tSne(gatherRows(table, drawn), { seed, ...(steps !== undefined && { steps }) }).points
  const first = mapOf(before)
  const second = after && turnedOnto(mapOf(after), first)
  const merged = mergeSmallClasses(labels)
  const classes = merged.classes.map(({ name }) => name)
  const pick = (codes: Int32Array): number[] => {
    const shown = merged.merge(codes)
    return Array.from(drawn, (i) => shown[i]!)
  }
  const byLabel = pick(labels.codes)
  const colourings: Colouring[] = [{ name: 'label', classes, before: byLabel, ...(after && { after: byLabel }) }]
  if (predictions) {
    colourings.push({
      name: predictions.name,
      classes,
      ...(predictions.before && { before: pick(predictions.before) }),
      ...(predictions.after && after && { after: pick(predictions.after) }),
    })
  }
  return {
    projection: 't-SNE',
    users: labelled.length,
    ...(drawn.length < labelled.length && { seed }),
    points: { before: pairsOf(first), ...(second && { after: pairsOf(second) }) },
    colourings,
  }
}

/**
 * `map` (N, 2) centred on `target` and turned, mirrored where that is better, to the least sum of squared distances:
 * with the sums of products (a, b; c, d) between them, the rotation by atan2(b - c, a + d) gains hypot(a + d, b - c),
 * and the reflection at atan2(b + c, a - d) gains hypot(a - d, b + c).
 */
export function turnedOnto(map: Matrix, target: Matrix): Matrix {
  const [own, other] = [centreOf(map), centreOf(target)]
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = 0; i < map.rows; i++) {
    const [x, y] = [map.data[2 * i]! - own[0], map.data[2 * i + 1]! - own[1]]
    const [u, v] = [target.data[2 * i]! - other[0], target.data[2 * i + 1]! - other[1]]
    a += x * u
    b += x * v
    c += y * u
    d += y * v
  }
  const mirrored = Math.hypot(a - d, b + c) > Math.hypot(a + d, b - c)
  const angle = mirrored ? Math.atan2(b + c, a - d) : Math.atan2(b - c, a + d)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const data = new Float32Array(map.data.length)
  for (let i = 0; i < map.rows; i++) {
    const [x, y] = [map.data[2 * i]! - own[0], map.data[2 * i + 1]! - own[1]]
    data[2 * i] = other[0] + cos * x + (mirrored ? sin : -sin) * y
    data[2 * i + 1] = other[1] + sin * x + (mirrored ? -cos : cos) * y
  }
  return { rows: map.rows, cols: 2, data }
}

function centreOf({ rows, data }: Matrix): [number, number] {
  const centre: [number, number] = [0, 0]
  for (let i = 0; i < rows; i++) {
    centre[0] += data[2 * i]! / rows
    centre[1] += data[2 * i + 1]! / rows
  }
  return centre
}

/** Six significant digits: more than a picture shows, and short in JSON. */
function pairsOf({ rows, data }: Matrix): [number, number][] {
  const round = (value: number): number => Number(value.toPrecision(6)) + 0
  return Array.from({ length: rows }, (_, i) => [round(data[2 * i]!), round(data[2 * i + 1]!)])
}
