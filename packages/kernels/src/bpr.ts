/** @file Bayesian personalised ranking: loss and gradient of a batch on one table of users and items. */

import { checkMatrix, type Matrix } from '@indistinct/core'
import { memory, openFrame } from './memory.ts'
import { runKernel } from './runtime.ts'

/** Triplets (user, positive item, negative item), three arrays of one length. */
export interface Triplets {
  readonly users: Int32Array
  readonly positives: Int32Array
  readonly negatives: Int32Array
}

const tripletsPerTask = 2048
const gatheredPerTask = 64
const rowsPerTask = 1024

/**
 * Mean of softplus(-x) over the triplets, x = e_u'(e_i - e_j) (Rendle et al. 2009, section 4.1), with its gradient on
 * `table` (N, K), whose rows are the users and, from row `firstItem`, the items. Writes `gradient` (N, K), and in
 * `uses` (N) how often each row takes part in a triplet.
 * @throws RangeError when the shapes do not fit.
 */
export function bprGradient(
  table: Matrix,
  triplets: Triplets,
  firstItem: number,
  gradient: Matrix,
  uses: Int32Array,
): number {
  checkMatrix('bprGradient', table, 'table')
  checkMatrix('bprGradient', gradient, 'gradient')
  const { users, positives, negatives } = triplets
  const count = users.length
  const { rows, cols } = table
  if (positives.length !== count || negatives.length !== count) {
    throw new RangeError(
      `bprGradient: expected ${count} items, got ${positives.length} positive and ${negatives.length} negative`,
    )
  }
  if (gradient.rows !== rows || gradient.cols !== cols || uses.length !== rows) {
    throw new RangeError(
      `bprGradient: expected gradient (${rows}, ${cols}) and uses (${rows}), got (${gradient.rows}, ` +
        `${gradient.cols}) and (${uses.length})`,
    )
  }
  const frame = openFrame()
  const batch = [frame.input(table.data), frame.input(users), frame.input(positives), frame.input(negatives)]
  const tasks = Math.ceil(count / tripletsPerTask)
  const weights = frame.scratch(count * 4)
  const losses = frame.scratch(tasks * 8)
  runKernel('bprWeights', tasks, [...batch, weights, losses, count, cols, tripletsPerTask, firstItem])
  const ends = frame.scratch(rows * 4)
  const entries = frame.scratch(count * 32)
  runKernel('bprLists', 2, [...batch.slice(1), weights, ends, entries, count, rows, firstItem], count < tripletsPerTask)
  const outputs = [frame.output(gradient.data), frame.output(uses)]
  runKernel('bprGather', Math.ceil(rows / gatheredPerTask), [
    batch[0]!,
    ends,
    entries,
    ...outputs,
    count,
    cols,
    rows,
    gatheredPerTask,
    firstItem,
  ])
  let loss = 0
  for (const part of new Float64Array(memory.buffer, losses, tasks)) loss += part
  frame.close()
  return loss / count
}

/**
 * gradient += scale * uses[i] * table[i] for each row i: the gradient of scale/2 * ||row||^2 for every use of a row.
 * @throws RangeError when the shapes do not fit.
 */
export function decayUsed(table: Matrix, uses: Int32Array, scale: number, gradient: Matrix): void {
  checkMatrix('decayUsed', table, 'table')
  checkMatrix('decayUsed', gradient, 'gradient')
  const { rows, cols } = table
  if (gradient.rows !== rows || gradient.cols !== cols || uses.length !== rows) {
    throw new RangeError(
      `decayUsed: expected gradient (${rows}, ${cols}) and uses (${rows}), got (${gradient.rows}, ` +
        `${gradient.cols}) and (${uses.length})`,
    )
  }
  const frame = openFrame()
  const args = [
    frame.input(table.data),
    frame.input(uses),
    frame.output(gradient.data, true),
    rows,
    cols,
    rowsPerTask,
    scale,
  ]
  runKernel('decayUsed', Math.ceil(rows / rowsPerTask), args, rows * cols < 65_536)
  frame.close()
}
