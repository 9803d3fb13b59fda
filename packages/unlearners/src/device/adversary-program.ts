/** @file Adv-InT on tensors: see `adversaryRegulariser`, which checks labels and options, and adversary.ts. */

import { randomStream } from '@indistinct/core'
import { adamTensors, rowsAt, rowSumsBy, sumRows, tf, type AdamTensors } from '@indistinct/kernels/tfjs'
import { adversarialDefaults, type AdversarialOptions } from '../paper/adversarial.ts'
import { balancingWeights, newAdversary } from '../paper/adversary.ts'
import { chosenTables, drawMembers, trainingClasses } from '../paper/training-labels.ts'
import { rowsOf, type InTrainingSetup, type TensorRegulariser } from './tensor-regulariser.ts'

/** An adversary for each table, whose reversed gradient on the users is what is added. */
export function regulariser({ labels, options }: InTrainingSetup<AdversarialOptions>): TensorRegulariser {
  const caller = 'adversaryRegulariser'
  const { weight, hidden, learningRate, adversarySteps, batch, seed } = { ...adversarialDefaults, ...options }
  const classes = trainingClasses(caller, labels)
  const classWeights = balancingWeights(classes.map((members) => members.length))
  const classOf = new Int32Array(labels.codes.length).fill(-1)
  classes.forEach((members, c) => members.forEach((i) => (classOf[i] = c)))
  const labelled = Int32Array.from(classOf.keys()).filter((i) => classOf[i] !== -1)
  const adversaries = new Map<string, AdamTensors>()

  const regulariser: TensorRegulariser = (userTables, { step }) => {
    const contributions: Record<string, tf.Tensor2D> = {}
    for (const [name, table] of chosenTables(caller, userTables, options.tables, classOf.length, rowsOf)) {
      let adversary = adversaries.get(name)
      if (!adversary) {
        adversary = startAdversary(table.shape[1], hidden, classes.length, randomStream(seed, 'adversary', name))
        adversaries.set(name, adversary)
      }
      const random = randomStream(seed, 'adversary users', name, step)
      for (let s = 1; s <= adversarySteps; s++) {
        const users = drawMembers(labelled, batch, random)
        const ids = tf.tensor2d(users, [users.length, 1], 'int32')
        const wanted = sharesOf(users, classOf, classWeights)
        const x = rowsAt(table, ids)
        const varies = varying(x)
        const { grads } = tf.valueAndGrads((...inputs: tf.Tensor[]) => lossOf(inputs as tf.Tensor2D[], varies, wanted))(
          [x, ...adversary.parameters],
        )
        const [ofUsers, ...ofParameters] = grads
        adversary.step(ofParameters, { lr: learningRate, step: (step - 1) * adversarySteps + s })
        if (s === adversarySteps)
          contributions[name] = tf.mul(-weight, sumRows(ofUsers as tf.Tensor2D, rowSumsBy(users, table.shape[0])))
      }
    }
    return contributions
  }
  return Object.assign(regulariser, { dispose: () => adversaries.forEach((each) => each.dispose()) })
}

/** Weights (K, H), biases (1, H), weights (H, C) and biases (1, C), drawn as `newAdversary` draws them. */
function startAdversary(
  inputs: number,
  hidden: number,
  classes: number,
  random: Parameters<typeof newAdversary>[3],
): AdamTensors {
  const { parameters } = newAdversary(inputs, hidden, classes, random)
  const second = (inputs + 1) * hidden
  const third = second + classes * hidden
  return adamTensors([
    tf.tensor2d(parameters.slice(0, inputs * hidden), [inputs, hidden]),
    tf.tensor2d(parameters.slice(inputs * hidden, second), [1, hidden]),
    tf.tensor2d(parameters.slice(second, third), [classes, hidden]),
    tf.tensor2d(parameters.slice(third), [1, classes]),
  ])
}

/** Each user's share of the loss in the column of its class (n, C); all shares sum to 1. */
function sharesOf(users: Int32Array, classOf: Int32Array, classWeights: Float64Array): tf.Tensor2D {
  const classes = classWeights.length
  const whole = users.reduce((sum, i) => sum + classWeights[classOf[i]!]!, 0)
  const shares = new Float32Array(users.length * classes)
  users.forEach((i, r) => (shares[r * classes + classOf[i]!] = classWeights[classOf[i]!]! / whole))
  return tf.tensor2d(shares, [users.length, classes])
}

/** A constant column's spread in float32 is its rounding. */
const noSpread = 1e-6

/** 1 for columns of x (n, K) that vary, else 0 (1, K). */
function varying(x: tf.Tensor2D): tf.Tensor2D {
  const mean = tf.mean<tf.Tensor2D>(x, 0, true)
  const variance = tf.mean<tf.Tensor2D>(tf.square(tf.sub(x, mean)), 0, true)
  return tf.cast(tf.greater(variance, tf.square(tf.mul(noSpread, mean))), 'float32') as tf.Tensor2D
}

/** Cross-entropy of users x (n, K), standardised among themselves, under an adversary's parameters. */
function lossOf(
  [x, weights, biases, output, outputBiases]: readonly tf.Tensor2D[],
  varies: tf.Tensor2D,
  wanted: tf.Tensor2D,
): tf.Scalar {
  const centred = tf.sub<tf.Tensor2D>(x!, tf.mean(x!, 0, true))
  const variance = tf.mean<tf.Tensor2D>(tf.square(centred), 0, true)
  // One in the place of no variance: the root has no slope there.
  const scale = tf.mul<tf.Tensor2D>(varies, tf.rsqrt(tf.add(variance, tf.sub(1, varies))))
  const sums = tf.add<tf.Tensor2D>(tf.matMul(tf.mul<tf.Tensor2D>(centred, scale), weights!), biases!)
  const units = tf.relu(sums)
  const logits = tf.add<tf.Tensor2D>(tf.matMul(units, output!, false, true), outputBiases!)
  return tf.neg(tf.sum<tf.Scalar>(tf.mul(wanted, tf.logSoftmax(logits))))
}
