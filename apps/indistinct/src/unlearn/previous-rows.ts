/**
 * @file Rows that users were given before (`--previous`), and whether they are what the fit made of these users.
 */

import { badData, type Labels, type Matrix } from '@indistinct/core'
import { findIdsBeside, readTable } from '@indistinct/embeddings'
import type { FittedUnlearner } from '@indistinct/unlearners'
import { checkSameIds } from '../inputs/audited-tables.ts'
import { namesOfDimensions, sameColumns } from '../inputs/same-columns.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import { readOptions } from '../terminal/read-options.ts'
import type { UnlearnRequest } from './unlearn-request.ts'

export interface PreviousRows {
  /** (N, K), users in the order of the table; zeros where `known` is 0. */
  readonly embedding: Matrix
  /** (N): 1 for users who were moved before. */
  readonly known: Uint8Array
  readonly warnings: readonly string[]
}

/**
 * Rows of users who were moved before, in the order of the table; they are found by id. A row that is the original one
 * is not counted: its user had no label then.
 * @throws IndistinctError 'bad-data' where the table at `path` is not of these users, columns or vectors.
 */
export async function previousRows(
  request: UnlearnRequest,
  path: string,
  { table, labels }: TableInputs,
  fitted: FittedUnlearner,
): Promise<PreviousRows> {
  const before = await readTable(path, { ...readOptions(request), ids: findIdsBeside(path) })
  checkSameIds(before, path, table, request.table)
  const K = table.matrix.cols
  if (before.matrix.cols !== K)
    throw badData(`${path}: expected ${K} dimensions as in ${request.table}, got ${before.matrix.cols}`)
  const warnings = sameColumns(
    { path, names: namesOfDimensions(before) },
    { path: request.table, names: namesOfDimensions(table) },
  )
  const rowOfId = new Map(before.ids.map((id, row) => [id, row]))
  const embedding = { rows: table.matrix.rows, cols: K, data: new Float32Array(table.matrix.data.length) }
  const known = new Uint8Array(table.matrix.rows)
  table.ids.forEach((id, i) => {
    const row = rowOfId.get(id)
    if (row === undefined) return
    const given = before.matrix.data.subarray(row * K, (row + 1) * K)
    embedding.data.set(given, i * K)
    if (given.some((value, k) => value !== table.matrix.data[i * K + k])) known[i] = 1
  })
  const off = distanceFromFit(fitted, table.matrix, labels, { embedding, known })
  if (off > offFit(fitted))
    throw badData(
      `${path}: rows of users of ${request.table} are not where ${request.update} takes these users, but off by ` +
        `${(100 * off).toFixed(0)} % of the way: ${path} is of another model or method, or of other users under ` +
        `these ${table.idColumn === undefined ? 'row numbers' : 'ids'}; give the table written with that fit, or ` +
        'one updated by it',
    )
  return { embedding, known, warnings }
}

/** Rows below which nothing is said of them: a user or two may have another label now. */
const leastRows = 5

/**
 * How far rows given before are from where the map takes their users, over how far they went: medians, since labels of
 * some users may have changed. 0 where too few have both.
 */
function distanceFromFit(
  fitted: FittedUnlearner,
  { data, cols: K }: Matrix,
  { classes, codes }: Labels,
  { embedding, known }: Pick<PreviousRows, 'embedding' | 'known'>,
): number {
  // One map for everybody asks for no label.
  const byLabel = fitted.map.kind === 'by-class'
  const judged = codes.map((code, i) => (known[i] === 1 ? (byLabel ? code : 0) : -1))
  const rows = [...judged.keys()].filter((i) => judged[i]! >= 0)
  if (rows.length < leastRows) return 0
  const mapped = fitted.apply(
    { rows: judged.length, cols: K, data },
    { classes: byLabel ? classes : fitted.classes, codes: judged },
  )
  const distances = (from: Float32Array): number[] =>
    rows.map((i) =>
      Math.hypot(...embedding.data.subarray(i * K, (i + 1) * K).map((value, k) => value - from[i * K + k]!)),
    )
  return median(distances(mapped.data)) / median(distances(data))
}

/**
 * Where `distanceFromFit` is no error of the map. Rows of other users or of another model are about 1 off; those of the
 * fit by what its map leaves out, and by rounding and lengths. Half way between tells them apart. A map that leaves out
 * nearly all tells nothing.
 */
function offFit({ parameters }: FittedUnlearner): number {
  const left = Number(parameters['mapResidual'] ?? 0)
  return left < 0.8 ? (1 + left) / 2 : Infinity
}

function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[Math.floor(values.length / 2)]!
}
