/** @file NMF on tensors: the objective of `nmfObjective`, differentiated by TensorFlow.js. */

import { nmfLayout } from '@indistinct/kernels'
import { lookedUp, rowSumsBy, tf } from '@indistinct/kernels/tfjs'
import type { TensorObjective } from './tensor-objective.ts'
import type { Examples } from './examples.ts'
import { addDecay, addRows, column, countsOf } from './tensor-rows.ts'
import type { NmfSetup } from './objective-setup.ts'

/** The parameters are those of `nmfLayout`, in its order. */
export function nmfTensors({ shape, l2, gmfOutput }: NmfSetup): TensorObjective {
  const layout = nmfLayout(shape)
  const at = (name: string): number => layout.findIndex((placed) => placed.name === name)
  const tables = ['user-gmf', 'item-gmf', 'user-mlp', 'item-mlp']
  return {
    shapes: layout.map(({ rows, cols }) => [rows, cols] as const),
    step(parameters, batch, regularise) {
      const { users, items, wanted } = samplesOf(batch)
      const ids = { user: users, item: items }
      const looked = { user: lookupOf(users, shape.users), item: lookupOf(items, shape.items) }
      const logits = (of: readonly tf.Tensor2D[]): tf.Tensor2D => {
        const rows = (name: string): tf.Tensor2D => looked[name.startsWith('user') ? 'user' : 'item'](of[at(name)]!)
        let hidden = tf.concat([rows('user-mlp'), rows('item-mlp')], 1)
        for (let l = 1; l <= shape.hidden.length; l++)
          hidden = layer(hidden, of[at(`hidden-${l}-weights`)]!, of[at(`hidden-${l}-bias`)]!)
        const products: tf.Tensor2D = tf.mul(rows('user-gmf'), rows('item-gmf'))
        const joined = tf.concat([products, hidden], 1)
        return tf.add(tf.matMul(joined, of[at('output-weights')]!), of[at('output-bias')]!)
      }
      // Cross-entropy of labels 1 and 0 under a sigmoid of the logits.
      const { value, grads } = tf.valueAndGrads((...of: tf.Tensor[]) => {
        const x = logits(of as tf.Tensor2D[])
        return tf.mean(tf.sub(tf.softplus(x), tf.mul(wanted, x)))
      })(parameters as tf.Tensor2D[])
      const extra = regularise?.({ gmf: parameters[at('user-gmf')]!, mlp: parameters[at('user-mlp')]! }) ?? {}
      const gradients = layout.map(({ name, rows }, p) => {
        let gradient = grads[p] as tf.Tensor2D
        const side = name.startsWith('user') ? 'user' : 'item'
        if (tables.includes(name))
          gradient = addDecay(gradient, parameters[p]!, countsOf(ids[side], rows), l2 / users.length)
        if (name === 'output-weights' && gmfOutput === 'one') gradient = withoutFirst(gradient, shape.gmf)
        return name.startsWith('user-') ? addRows(gradient, extra[name.slice('user-'.length)]) : gradient
      })
      return { loss: value as tf.Scalar, gradients }
    },
    dispose() {},
  }
}

/** Users and items of all positives, then all negatives, and their labels (n, 1). */
function samplesOf({ users, positives, negatives }: Examples): {
  users: Int32Array
  items: Int32Array
  wanted: tf.Tensor2D
} {
  const count = users.length
  const each = negatives!.length / count
  const all = new Int32Array(count + negatives!.length)
  all.set(users)
  for (let n = 0; n < negatives!.length; n++) all[count + n] = users[Math.floor(n / each)]!
  const items = new Int32Array(all.length)
  items.set(positives!)
  items.set(negatives!, count)
  return { users: all, items, wanted: tf.tensor2d(new Float32Array(all.length).fill(1, 0, count), [all.length, 1]) }
}

function layer(inputs: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor2D): tf.Tensor2D {
  const sums: tf.Tensor2D = tf.add(tf.matMul(inputs, weights), bias)
  return tf.relu(sums)
}

function lookupOf(ids: Int32Array, rows: number): (table: tf.Tensor2D) => tf.Tensor2D {
  const [indices, plan] = [column(ids), rowSumsBy(ids, rows)]
  return (table) => lookedUp(table, indices, plan)
}

/** The gradient with zeros in its first rows. */
function withoutFirst(gradient: tf.Tensor2D, count: number): tf.Tensor2D {
  const kept = tf.slice(gradient, [count, 0], [-1, -1])
  return tf.pad(kept, [
    [count, 0],
    [0, 0],
  ])
}
