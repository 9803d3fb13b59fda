/** @file Tables of the same users as one wide table, in one unit, and back. */

import { matrix, type Matrix } from '@indistinct/core'

export interface SideBySide {
  /** (N, sum of widths). */
  readonly matrix: Matrix
  readonly parts: readonly Part[]
}

/** Where a table's columns begin, and what they were multiplied by. */
interface Part {
  readonly first: number
  readonly factor: number
}

/** The tables as one (N, sum of widths), each multiplied by the factor that gives it the spread of the first. */
export function sideBySide(tables: readonly Matrix[]): SideBySide {
  const rows = tables[0]!.rows
  const spreads = tables.map(spreadOf)
  const out = matrix(
    rows,
    tables.reduce((sum, table) => sum + table.cols, 0),
  )
  let first = 0
  const parts = tables.map((table, t) => {
    const factor = spreads[0]! > 0 && spreads[t]! > 0 ? spreads[0]! / spreads[t]! : 1
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < table.cols; k++) out.data[i * out.cols + first + k] = factor * table.data[i * table.cols + k]!
    }
    first += table.cols
    return { first: first - table.cols, factor }
  })
  return { matrix: out, parts }
}

/** `table` (N, K) after its columns of `wide` became those of `after`; what did not move keeps its bits. */
export function narrowed(table: Matrix, { matrix: wide, parts }: SideBySide, t: number, after: Matrix): Matrix {
  const { first, factor } = parts[t]!
  const out = matrix(table.rows, table.cols, table.data.slice())
  for (let i = 0; i < table.rows; i++) {
    for (let k = 0; k < table.cols; k++) {
      const [was, is] = [wide, after].map((m) => m.data[i * m.cols + first + k]!)
      if (was !== is) out.data[i * table.cols + k] = is! / factor
    }
  }
  return out
}

/** Root mean squared distance of rows from their mean. */
export function spreadOf({ rows, cols, data }: Matrix): number {
  let sum = 0
  for (let k = 0; k < cols; k++) {
    let mean = 0
    for (let i = 0; i < rows; i++) mean += data[i * cols + k]! / rows
    for (let i = 0; i < rows; i++) sum += (data[i * cols + k]! - mean) ** 2 / rows
  }
  return Math.sqrt(sum)
}
