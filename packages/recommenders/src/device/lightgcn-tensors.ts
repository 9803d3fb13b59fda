/** @file LightGCN on tensors: the objective of `lightgcnObjective`, with layers of 0 that of BPR-MF. */

import { layerMeanOp, tf } from '@indistinct/kernels/tfjs'
import { bprTensors } from './bpr-tensors.ts'
import { softmaxTensors } from './softmax-tensors.ts'
import type { TensorObjective } from './tensor-objective.ts'
import { addDecay, addRows } from './tensor-rows.ts'
import type { LightGcnSetup } from './objective-setup.ts'

/** The one parameter is layer 0 of users and items (U + I, K). */
export function lightgcnTensors({ train, factors, layers, loss: name, l2 }: LightGcnSetup): TensorObjective {
  const users = train.rows
  const mean = layerMeanOp(train, layers)
  const lossOf = name === 'bpr' ? bprTensors(users) : softmaxTensors(train)
  const ofUsers = (table: tf.Tensor2D): tf.Tensor2D => tf.slice(table, [0, 0], [users, -1])
  return {
    shapes: [[users + train.cols, factors]],
    step([layer0], batch, regularise) {
      const propagated = mean.apply(layer0!)
      const { loss, gradient, uses, interactions } = lossOf(propagated, batch)
      const extra = regularise?.({ 'layer-0': ofUsers(layer0!), propagated: ofUsers(propagated) }) ?? {}
      const back = mean.apply(addRows(gradient, extra['propagated']))
      return { loss, gradients: [addRows(addDecay(back, layer0!, uses, l2 / interactions), extra['layer-0'])] }
    },
    dispose: () => mean.dispose(),
  }
}
