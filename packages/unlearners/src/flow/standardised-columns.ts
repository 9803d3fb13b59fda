/**
 * @file A table in units of each column's spread, and back: for columns so unlike that distances see the widest alone.
 */

import { copyMatrix, matrix, type Matrix } from '@indistinct/core'
import { classNormals } from '../closed/class-normals.ts'
import { areUnlike, columnScales } from '../linear-algebra/column-scales.ts'

export interface StandardisedColumns {
  /** Columns less their mean, divided by their spread (N, K). */
  readonly table: Matrix
  /** Another table of these columns (M, K) in the same units. */
  of(other: Matrix): Matrix
  /** The table as it came with users moved as `moved` says in these units; what did not move keeps its bits. */
  back(moved: Matrix): Matrix
}

/** Nothing where the table's own units will do. */
export function standardisedColumns(
  embedding: Matrix,
  classes: readonly Int32Array[],
): StandardisedColumns | undefined {
  const normals = classNormals(embedding, classes)
  const scales = columnScales(normals)
  if (!areUnlike(scales, normals)) return undefined
  const { cols: K, data } = embedding
  const centre = normals[0]!.mean
  const of = (other: Matrix): Matrix => {
    const out = matrix(other.rows, K)
    for (let p = 0; p < other.data.length; p++) out.data[p] = (other.data[p]! - centre[p % K]!) / scales[p % K]!
    return out
  }
  const table = of(embedding)
  return {
    table,
    of,
    back(moved) {
      const out = copyMatrix(embedding)
      for (let p = 0; p < data.length; p++) {
        if (moved.data[p] !== table.data[p]) out.data[p] = data[p]! + (moved.data[p]! - table.data[p]!) * scales[p % K]!
      }
      return out
    },
  }
}
