/** @file The softmax over all items on tensors: the loss of `softmaxLoss` and its gradient. */

import type { Csr } from '@indistinct/core'
import { rowsAt, rowSumsBy, sumRows, tf } from '@indistinct/kernels/tfjs'
import type { GraphLossTensors } from './tensor-objective.ts'
import { column } from './tensor-rows.ts'

/** Scores that are held at once. */
const mostScores = 1 << 20

/** -log softmax(u)_i, mean over the interactions of the users of a batch. @param train (U, I) */
export function softmaxTensors(train: Csr): GraphLossTensors {
  const { rows: users, cols: items, indptr, indices } = train
  const own = (user: number): Int32Array => indices.subarray(indptr[user]!, indptr[user + 1]!)
  const most = Math.max(1, Math.floor(mostScores / items))
  return (table, batch) => {
    const uses = new Float32Array(table.shape[0])
    let interactions = 0
    for (const user of batch.users) {
      uses[user] = own(user).length
      interactions += own(user).length
      for (const item of own(user)) uses[users + item]!++
    }
    const itemTable = tf.slice(table, [users, 0], [items, -1])
    let loss = tf.scalar(0)
    let itemGradient = tf.zerosLike(itemTable)
    const slopes: tf.Tensor2D[] = []
    for (let at = 0; at < batch.users.length; at += most) {
      const some = batch.users.slice(at, at + most)
      const [added, slope, ofItems] = tf.tidy(() => {
        const rows = rowsAt(table, column(some))
        const scores = tf.matMul(rows, itemTable, false, true)
        const wanted = new Float32Array(some.length * items)
        some.forEach((user, r) => own(user).forEach((item) => (wanted[r * items + item] = 1)))
        const chosen = tf.tensor2d(wanted, [some.length, items])
        const degrees = tf.tensor2d(
          Float32Array.from(some, (user) => own(user).length),
          [some.length, 1],
        )
        const gradient = tf.div(tf.sub(tf.mul(degrees, tf.softmax(scores)), chosen), interactions)
        return [
          tf.sum(tf.mul(chosen, tf.logSoftmax(scores))),
          tf.matMul(gradient, itemTable),
          tf.matMul(gradient, rows, true, false),
        ] as [tf.Scalar, tf.Tensor2D, tf.Tensor2D]
      })
      loss = tf.sub(loss, added)
      itemGradient = tf.add(itemGradient, ofItems)
      slopes.push(slope)
    }
    const userGradient = sumRows(slopes.length > 1 ? tf.concat(slopes, 0) : slopes[0]!, rowSumsBy(batch.users, users))
    return {
      loss: tf.div(loss, interactions),
      gradient: tf.concat([userGradient, itemGradient], 0),
      uses,
      interactions,
    }
  }
}
