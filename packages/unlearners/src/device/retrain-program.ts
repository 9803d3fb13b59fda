/** @file Retrain on tensors: see `d2dRegulariser`, which checks labels and options. */

import { randomStream } from '@indistinct/core'
import { mmdTensors, tf } from '@indistinct/kernels/tfjs'
import { classPairs } from '@indistinct/losses'
import { retrainDefaults, type RetrainOptions } from '../paper/retrain.ts'
import { chosenTables, drawMembers, trainingClasses } from '../paper/training-labels.ts'
import { rowsOf, type InTrainingSetup, type TensorRegulariser } from './tensor-regulariser.ts'

/** weight times the gradient of the sum over tables of MMD^2 between the classes, or samples of them. */
export function regulariser({ labels, options }: InTrainingSetup<RetrainOptions>): TensorRegulariser {
  const caller = 'd2dRegulariser'
  const { weight, sample, every, pairing, seed } = { ...retrainDefaults, ...options }
  const classes = trainingClasses(caller, labels)
  const pairs = classPairs(
    caller,
    classes.map((members) => members.length),
    pairing,
  )
  return (userTables, { step }) => {
    const tables = chosenTables(caller, userTables, options.tables, labels.codes.length, rowsOf)
    if ((step - 1) % every !== 0 || weight === 0) return {}
    const random = randomStream(seed, 'retrain', step)
    const seen = classes.map((members) => drawMembers(members, sample, random))
    return Object.fromEntries(
      tables.map(([name, table]) => {
        const parts = pairs.map(({ first, second, weight: share }) =>
          tf.mul<tf.Tensor2D>(
            weight * every * share,
            mmdTensors(table, { first: seen[first]!, second: seen[second]! }).slope,
          ),
        )
        return [name, tf.addN(parts)]
      }),
    )
  }
}
