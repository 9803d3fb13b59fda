/** @file What comes last of the flow: rows drawn towards those near to them, whatever their labels. */

import { matrix, randomStream, usageError, type Labels, type Matrix } from '@indistinct/core'
import { checkCount } from '../checked-classes.ts'
import { neighboursOf, smoothRows } from '../neighbours/smooth-rows.ts'
import { widenedLattices } from '../structure/column-lattice.ts'
import { equalRows } from '../structure/equal-rows.ts'
import { checkFarValues } from '../structure/far-values.ts'
import { checkFloatRange } from '../structure/float-range.ts'
import { backOnLattices } from '../structure/table-structure.ts'
import { unlearned, type Unlearned } from '../unlearned.ts'
import { afterSmoothing, withSmoothing } from './after-smoothing.ts'
import type { CalibratedFlowOptions } from './flow-options.ts'
import { sideBySide, spreadOf } from './side-by-side.ts'
import { standardisedColumns } from './standardised-columns.ts'
import { onLattices, type StructuredFlow } from './structured-flow.ts'

/** Share of its own that a row keeps; the rest is the mean of its neighbours. */
const own = 0.75

/** Where a flow ended, before values are on lattices. */
export type FlowEnded = Pick<StructuredFlow, 'result' | 'structure'>

/**
 * Results of flows of the same users as they are returned: with `smooth`, smoothed and measured again, and with values
 * on lattices.
 */
export function finishedFlows(
  flows: readonly FlowEnded[],
  labels: Labels,
  options: CalibratedFlowOptions,
): Unlearned[] {
  if (!options.smooth) return flows.map(({ result, structure }) => onLattices(result, labels, structure, options))
  const ended = flows.map(({ result }) => result.embedding)
  const last = smoothedRows(
    ended,
    flows.map(({ structure }) => structure),
    options,
  )
  const measured = (before: Matrix, after: Matrix): ReturnType<typeof afterSmoothing> =>
    afterSmoothing(before, after, labels, options)
  const all = flows.length > 1 ? measured(sideBySide(ended).matrix, sideBySide(last).matrix) : undefined
  return flows.map(({ result }, t) => {
    const { together, ...parameters } = result.parameters
    return unlearned({
      ...result,
      embedding: last[t]!,
      parameters: {
        ...withSmoothing(parameters, measured(ended[t]!, last[t]!)),
        ...(all && { together: withSmoothing(together as Unlearned['parameters'], all) }),
      },
    })
  })
}

/**
 * All rows of `tables` (N, K_1), (N, K_2), ... of the same users a quarter of the way to the mean of their `smooth`
 * nearest, those without a label too, and values back on lattices: a function of the tables alone. Neighbours are those
 * in all tables side by side, in one unit: each table then becomes the same linear function of itself, so that what was
 * linear between tables stays so. Rows that are equal in a table stay equal in it, and columns of few values stay as
 * they are.
 */
export function smoothedRows(
  tables: readonly Matrix[],
  structures: readonly StructuredFlow['structure'][],
  { smooth = 0, seed = 0 }: Pick<CalibratedFlowOptions, 'smooth' | 'seed'>,
): Matrix[] {
  const everyone = everyRow(tables[0]!)
  const { matrix: wide } = sideBySide(tables.map((table) => comparable(table, everyone)))
  const neighbours = neighboursOf(wide, smooth, randomStream(seed, 'smooth'))
  return tables.map((table, t) => {
    const { cols: K, data } = table
    const lattices = widenedLattices(structures[t]!.lattices, table, rowsBeside(structures[t]!, table))
    const structure = { ...structures[t]!, equal: equalRows(table, everyone), lattices }
    const out = smoothRows(table, neighbours, own)
    // Beside other tables, or among very many rows, equal rows may have other neighbours.
    for (const members of structure.equal)
      for (const row of members) out.data.copyWithin(row * K, members[0]! * K, (members[0]! + 1) * K)
    for (const { kind, column } of structure.lattices)
      if (kind === 'held') for (let p = column; p < data.length; p += K) out.data[p] = data[p]!
    backOnLattices(out, everyone, structure, seed)
    return out
  })
}

/** Rows of `table` that its structure was not found by, since they have no label: values may lie beyond its ends. */
function rowsBeside({ points, equal }: StructuredFlow['structure'], table: Matrix): Int32Array {
  const known = new Set([...points, ...equal.flatMap((members) => [...members])])
  return everyRow(table).filter((row) => !known.has(row))
}

/**
 * @throws RangeError unless `smooth` is 0 or a positive integer; IndistinctError 'usage' where `table` (N, K) has not
 * so many other rows, 'bad-data' on values of any row that distances would overflow or vanish by.
 */
export function checkSmooth(table: Matrix, { smooth = 0 }: Pick<CalibratedFlowOptions, 'smooth'>): void {
  if (smooth === 0) return
  checkCount('calibratedFlow', 'smooth', smooth)
  if (smooth >= table.rows)
    throw usageError(`calibratedFlow: expected smooth of at most ${table.rows - 1}, since each row has so many others`)
  checkFloatRange('calibratedFlow: smooth', table, everyRow(table))
  checkFarValues('calibratedFlow: smooth', table, everyRow(table), 'leave smooth out')
}

function everyRow({ rows }: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => i)
}

/** In units in which distances neither overflow nor vanish, and no column hides the others. */
function comparable(table: Matrix, everyone: Int32Array): Matrix {
  const spread = spreadOf(table)
  return (
    standardisedColumns(table, [everyone])?.table ??
    matrix(
      table.rows,
      table.cols,
      table.data.map((value) => value / spread),
    )
  )
}
