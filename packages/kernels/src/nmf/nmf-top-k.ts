/** @file Full rankings of an NMF. */

import { checkMatrix, type Csr, type Matrix } from '@indistinct/core'
import { openFrame } from '../memory.ts'
import { runKernel } from '../runtime.ts'
import { nmfSize, type NmfShape } from './nmf-layout.ts'
import { bytes, placedTables, firstStage, layerValues, viewOf, address } from './nmf-tables.ts'

const usersPerTask = 16

/** The user tables that a ranking starts from: (n, gmf) and (n, mlp), for any n users. */
export interface NmfUsers {
  readonly gmf: Matrix
  readonly mlp: Matrix
}

/**
 * The k best items of each of the n users by their logit (n * k), best first, equal scores by ascending id, `seen`
 * (n, items) left out, -1 where fewer than k remain. Item tables and layers come from `parameters`.
 * @throws RangeError when the shapes do not fit.
 */
export function nmfTopK(
  shape: NmfShape,
  parameters: Float32Array,
  users: NmfUsers,
  seen: Csr | undefined,
  k: number,
): Int32Array {
  checkMatrix('nmfTopK', users.gmf, 'gmf')
  checkMatrix('nmfTopK', users.mlp, 'mlp')
  const { items, gmf, mlp, hidden } = shape
  const rows = users.gmf.rows
  const size = nmfSize(shape)
  if (parameters.length !== size) throw new RangeError(`nmfTopK: expected ${size} parameters, got ${parameters.length}`)
  if (users.gmf.cols !== gmf || users.mlp.cols !== mlp || users.mlp.rows !== rows) {
    throw new RangeError(
      `nmfTopK: expected users (${rows}, ${gmf}) and (${rows}, ${mlp}), got (${rows}, ${users.gmf.cols}) and ` +
        `(${users.mlp.rows}, ${users.mlp.cols})`,
    )
  }
  if (seen && (seen.rows !== rows || seen.cols !== items)) {
    throw new RangeError(`nmfTopK: expected seen (${rows}, ${items}), got (${seen.rows}, ${seen.cols})`)
  }
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`nmfTopK: expected a positive integer k, got ${k}`)
  const ids = new Int32Array(rows * k)
  if (rows === 0) return ids
  const frame = openFrame()
  const at = placedTables(shape, viewOf(frame.input(parameters), size))
  const { userHidden, itemHidden, itemFactors } = firstStage(frame, shape, { ...at, 'user-mlp': users.mlp })
  const tasks = Math.ceil(rows / usersPerTask)
  const scratch = (layerValues(hidden) + k) * bytes
  runKernel('nmfRank', tasks, [
    address(userHidden),
    address(itemHidden),
    frame.input(users.gmf.data),
    address(itemFactors),
    gmf,
    address(at['hidden-1-bias']!),
    address(at['output-weights']!) + gmf * bytes,
    frame.input(Int32Array.from(hidden)),
    hidden.length,
    rows,
    items,
    usersPerTask,
    k,
    seen ? frame.input(seen.indptr) : 0,
    seen ? frame.input(seen.indices) : 0,
    frame.output(ids),
    frame.scratch(tasks * scratch),
    scratch,
  ])
  frame.close()
  return ids
}
