/** @file BPR on tensors: the loss of `bprLoss` and its gradient on the table of users and items. */

import { rowsAt, rowSumsBy, sumRows, tf } from '@indistinct/kernels/tfjs'
import type { GraphLossTensors } from './tensor-objective.ts'
import { column, countsOf } from './tensor-rows.ts'

/** Mean of softplus(-x), x = e_u'(e_i - e_j), over triplets of a table (N, K) whose items start at row `users`. */
export function bprTensors(users: number): GraphLossTensors {
  return (table, { users: own, positives, negatives }) => {
    const count = own.length
    const rows = new Int32Array(3 * count)
    rows.set(own)
    for (let e = 0; e < count; e++) {
      rows[count + e] = users + positives![e]!
      rows[2 * count + e] = users + negatives![e]!
    }
    const [u, i, j] = [0, 1, 2].map((part) => rowsAt(table, column(rows.slice(part * count, (part + 1) * count)))) as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
    ]
    const difference = tf.sub(i, j)
    const x = tf.sum(tf.mul(u, difference), 1, true)
    const slope = tf.div(tf.sigmoid(tf.neg(x)), -count)
    const towards = tf.mul(slope, u)
    const plan = rowSumsBy(rows, table.shape[0])
    return {
      loss: tf.mean(tf.softplus(tf.neg(x))),
      gradient: sumRows(tf.concat([tf.mul(slope, difference), towards, tf.neg(towards)] as tf.Tensor2D[], 0), plan),
      uses: countsOf(rows, table.shape[0]),
      interactions: count,
    }
  }
}
