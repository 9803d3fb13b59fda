/** @file The fit of an earlier run, and rows given out before, opened for the table of today. */

import { badData, usageError, type Matrix } from '@indistinct/core'
import { existsSync } from '@indistinct/core/platform'
import { idsBeside, readTable } from '@indistinct/embeddings'
import { checkSameIds } from '../inputs/audited-tables.ts'
import { readTextFile } from '../inputs/read-text-file.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import { readOptions } from '../terminal/read-options.ts'
import { parseFit, type Fit } from './fit-file.ts'
import type { UnlearnRequest } from './unlearn-request.ts'

export interface OpenedFit extends Fit {
  /** Rows given out before, where --previous names them. */
  readonly before?: Awaited<ReturnType<typeof previousRows>>
}

/**
 * Reads the fit at `update` and the table of --previous.
 * @throws IndistinctError where they do not fit the table.
 */
export async function openFit(request: UnlearnRequest, update: string, inputs: TableInputs): Promise<OpenedFit> {
  const { previous, unlabelled, table } = request
  const fit = parseFit(readTextFile(update), update)
  const { fitted, attribute } = fit
  const { matrix } = inputs.table
  if (attribute !== inputs.column.name)
    throw usageError(
      `--update: ${update} was fitted to ${JSON.stringify(attribute)}, and --attribute is ` +
        `${JSON.stringify(inputs.column.name)}`,
    )
  if (fitted.columns !== matrix.cols)
    throw badData(`${table}: expected ${fitted.columns} dimensions as in ${update}, got ${matrix.cols}`)
  if (fitted.map.kind === 'dealt')
    throw usageError(
      `--update: ${update} is a draw of relabel, which maps no other users; leave --update out, and give --draw ` +
        `${update}`,
    )
  if (!fitted.exact && previous === undefined) {
    throw usageError(
      `--update: ${update} is a fit of ${fitted.method}, which moved each user on a way of its own; add ` +
        '--previous with the table given out before',
    )
  }
  if (unlabelled === 'map' && fitted.map.kind === 'by-class')
    throw usageError(
      `--unlabelled map: ${update} is a fit of ${fitted.method}, which has no map for users without a label; leave ` +
        'it out, or fit by blind or leace',
    )
  return { ...fit, ...(previous !== undefined && { before: await previousRows(request, previous, inputs) }) }
}

/**
 * Rows of users who were moved before, in the order of the table; they are found by id. A row that is the original one
 * is not counted: its user had no label then.
 */
async function previousRows(
  request: UnlearnRequest,
  path: string,
  { table }: TableInputs,
): Promise<{ embedding: Matrix; known: Uint8Array }> {
  const ids = existsSync(idsBeside(path)) ? idsBeside(path) : undefined
  const before = await readTable(path, { ...readOptions(request), ids })
  checkSameIds(before, path, table, request.table)
  const K = table.matrix.cols
  if (before.matrix.cols !== K)
    throw badData(`${path}: expected ${K} dimensions as in ${request.table}, got ${before.matrix.cols}`)
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
  return { embedding, known }
}
