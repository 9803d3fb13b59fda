/** @file Steps of U2U-R and D2D-R on the device: users and Adam's moments stay there from first to last. */

import { adamTensors, mmdTensors, tf } from '@indistinct/kernels/tfjs'

/** What brings classes together: squared distances between users, or MMD^2 of pairs of classes. */
export type DistanceSetup =
  | { readonly kind: 'u2u' }
  | {
      readonly kind: 'd2d'
      readonly pairs: readonly { readonly first: number; readonly second: number; readonly weight: number }[]
    }

export interface DescentSetup {
  /** The table (rows, cols) that is started from, and that tradeOff ||theta - theta*||_F^2 holds users to. */
  readonly rows: number
  readonly cols: number
  readonly data: Float32Array
  /** Rows of each class. */
  readonly classes: readonly Int32Array[]
  readonly distance: DistanceSetup
  readonly tradeOff: number
  readonly optimiser: 'adam' | 'gradient'
  readonly learningRate: number
}

/** Of each step, before it was taken. */
export interface StepSums {
  readonly distance: Float32Array
  /** ||theta - theta*||_F^2 */
  readonly movement: Float32Array
  /** Sums of the kernel over all pairs of users, by step and then by pair of classes; empty for u2u. */
  readonly totals: Float32Array
}

export type DescentProgram = {
  /** Takes `count` steps, the first being that one. */
  steps(given: { readonly first: number; readonly count: number }): Promise<StepSums>
  /** The table now. */
  read(): Promise<Float32Array>
  close(): void
}

interface Distance {
  readonly value: tf.Scalar
  readonly gradient: tf.Tensor2D
  readonly totals: readonly tf.Scalar[]
}

export function open(setup: DescentSetup): DescentProgram {
  const { rows, cols, data, classes, tradeOff, optimiser, learningRate } = setup
  const start = tf.tensor2d(data, [rows, cols])
  const adam = adamTensors([tf.clone(start)])
  const theta = adam.parameters[0] as tf.Variable<tf.Rank.R2>
  const { distanceAt, dispose } =
    setup.distance.kind === 'u2u' ? userDistance(classes, rows) : mmds(classes, setup.distance)
  return {
    async steps({ first, count }) {
      const sums: tf.Tensor[][] = []
      for (let step = first; step < first + count; step++) {
        sums.push(
          tf.tidy(() => {
            const { value, gradient, totals } = distanceAt(theta)
            const moved = tf.sub<tf.Tensor2D>(theta, start)
            const whole = tf.add<tf.Tensor2D>(gradient, tf.mul(2 * tradeOff, moved))
            const movement = tf.sum(tf.square(moved))
            if (optimiser === 'adam') adam.step([whole], { lr: learningRate, step })
            else theta.assign(tf.sub(theta, tf.mul(learningRate, whole)))
            return [value, movement, ...totals]
          }),
        )
      }
      const read = async (tensors: tf.Tensor[]): Promise<Float32Array> => {
        if (tensors.length === 0) return new Float32Array(0)
        const all = tf.stack(tensors)
        const values = (await all.data()) as Float32Array
        tf.dispose([all, ...tensors])
        return values
      }
      return {
        distance: await read(sums.map(([value]) => value!)),
        movement: await read(sums.map(([, movement]) => movement!)),
        totals: await read(sums.flatMap(([, , ...totals]) => totals)),
      }
    },
    read: async () => (await theta.data()) as Float32Array,
    close() {
      adam.dispose()
      start.dispose()
      dispose()
    },
  }
}

interface DistanceAt {
  readonly distanceAt: (theta: tf.Tensor2D) => Distance
  readonly dispose: () => void
}

/** As `u2u` of @indistinct/losses: sums over pairs of users fold into sums of classes. */
function userDistance(classes: readonly Int32Array[], rows: number): DistanceAt {
  const n = classes.reduce((sum, members) => sum + members.length, 0)
  const ofClass = new Float32Array(rows * classes.length)
  const others = new Float32Array(rows)
  const labelled = new Float32Array(rows)
  classes.forEach((members, c) => {
    for (const i of members) {
      ofClass[i * classes.length + c] = 1
      others[i] = n - members.length
      labelled[i] = 1
    }
  })
  const [member, rest, mask] = [
    tf.tensor2d(ofClass, [rows, classes.length]),
    tf.tensor2d(others, [rows, 1]),
    tf.tensor2d(labelled, [rows, 1]),
  ]
  return {
    distanceAt(theta) {
      // Distances ignore a common shift: centring keeps the difference of large sums below from cancelling.
      const centre = tf.div(tf.matMul(mask, theta, true), n)
      const x = tf.mul<tf.Tensor2D>(mask, tf.sub(theta, centre))
      const sums = tf.matMul(member, x, true)
      const total = tf.sum<tf.Tensor2D>(sums, 0, true)
      const squares = tf.sum<tf.Scalar>(tf.mul(rest, tf.square(x)))
      const between = tf.sub<tf.Scalar>(tf.sum(tf.square(sums)), tf.sum(tf.square(total)))
      const towards = tf.matMul(member, tf.sub<tf.Tensor2D>(total, sums))
      return {
        value: tf.mul(2, tf.add(squares, between)),
        gradient: tf.mul(4, tf.sub(tf.mul(rest, x), towards)),
        totals: [],
      }
    },
    dispose: () => tf.dispose([member, rest, mask]),
  }
}

/** As `d2d` of @indistinct/losses. */
function mmds(classes: readonly Int32Array[], { pairs }: DistanceSetup & { kind: 'd2d' }): DistanceAt {
  return {
    distanceAt(theta) {
      const parts = pairs.map(({ first, second, weight }) => {
        const { values, totals, slope } = mmdTensors(theta, { first: classes[first]!, second: classes[second]! })
        return {
          value: tf.mul<tf.Scalar>(weight, tf.sum(values)),
          gradient: tf.mul<tf.Tensor2D>(weight, slope),
          total: tf.sum<tf.Scalar>(totals),
        }
      })
      return {
        value: tf.addN(parts.map(({ value }) => value)),
        gradient: tf.addN(parts.map(({ gradient }) => gradient)),
        totals: parts.map(({ total }) => total),
      }
    },
    dispose() {},
  }
}
