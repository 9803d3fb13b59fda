/** @file D2D-R (paper, sections 3.5.3 and 4): the classes' distributions drawn together by MMD or KL. */

import { checkOptions, type Labels, type Matrix, type OptionKinds } from '@indistinct/core'
import { chosenEngine, nullMmd, type Engine } from '@indistinct/kernels'
import { engineRecord } from '@indistinct/kernels/device'
import { classPairs, d2d, gaussianKl, type D2dLoss, type GaussianKlLoss, type Pairing } from '@indistinct/losses'
import { checkCount, checkedClasses, checkPositive } from '../checked-classes.ts'
import { descendOnDevice, expectOnDevice } from '../device/descend-on-device.ts'
import { descend } from './descend.ts'
import { movementFrom, withKept, type KeptLoss } from './kept-loss.ts'
import { unlearned, type TraceRow, type Unlearned } from '../unlearned.ts'
import { stepwise, type Unlearner } from '../unlearner.ts'

/**
 * 'mmd': MMD^2 with five radial kernels. 'kl': KL divergence between normals fitted to the classes, both ways averaged.
 */
export type DistributionDivergence = 'mmd' | 'kl'

export interface D2dRegularisedOptions {
  /** Default 'mmd'; see `d2d` and `gaussianKl` of @indistinct/losses. */
  readonly divergence?: DistributionDivergence
  /** alpha of Eq. 1. Default 1e-4 (paper). */
  readonly tradeOff?: number
  /** Default 1,000 (paper); the authors' code takes 500. */
  readonly steps?: number
  /** Default 0.001 (paper). */
  readonly learningRate?: number
  /** How more than two labels become pairs, see `d2d` of @indistinct/losses. Default 'every'. */
  readonly pairing?: Pairing
  /** What alpha weighs instead of ||theta - theta*||_F^2. */
  readonly regulariser?: KeptLoss
  /**
   * What takes the steps: see `chosenEngine` of @indistinct/kernels. 'tfjs' has the divergence 'mmd', and no
   * `regulariser`.
   */
  readonly engine?: Engine
  readonly onPass?: (row: TraceRow) => void
}

/**
 * Takes `steps` Adam steps on MMD^2 (or KL) + alpha ||theta - theta*||_F^2 (Eq. 1, 7, 11) from theta* = `embedding` (N,
 * K); the bandwidth, and the floor under the variances of KL, are measured anew at every step and held constant within
 * it.
 *
 * KL sees means and covariances only. Its null value in the trace is that of normal users.
 *
 * It does not stop: run to convergence, MMD^2 falls below its null and the two samples end up more alike than chance
 * makes them. A part held out is then anti-correlated with the part an attacker learns from, AUC falls below 1/2, and
 * an attacker who flips his answer gains. `calibratedFlow` stops where chance does; the trace shows loss against null.
 *
 * Deviation: MMD^2, its kernels and bandwidth as in `d2d`; Adam as in the authors' code, where the paper names none.
 * Deviation: Eq. 11 has two distributions; more labels are a weighted sum over pairs.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes;
 * Error with step and loss on divergence.
 */
export function d2dRegularised(embedding: Matrix, labels: Labels, options: D2dRegularisedOptions = {}): Unlearned {
  const caller = 'd2dRegularised'
  const classes = checkedClasses(caller, embedding, labels)
  checkOptions<D2dRegularisedOptions>('d2dRegularised', options, d2dKinds)
  const {
    tradeOff = 1e-4,
    steps = 1000,
    learningRate = 0.001,
    pairing = 'every',
    divergence = 'mmd',
    regulariser,
    onPass,
  } = options
  checkPositive(caller, 'tradeOff', tradeOff, true)
  checkPositive(caller, 'learningRate', learningRate)
  checkCount(caller, 'steps', steps)

  const course: Course = { steps, learningRate, optimiser: 'adam', onPass, tradeOff }
  const { embedding: moved, trace } =
    chosenEngine(options.engine) === 'tfjs'
      ? onDevice(embedding, classes, options, course)
      : onKernels(embedding, (theta) => distributionDistance(theta, labels, divergence, pairing), divergence, {
          ...course,
          kept: regulariser ?? movementFrom(embedding),
        })
  return unlearned({
    embedding: moved,
    method: 'd2d-r',
    parameters: {
      tradeOff,
      steps,
      learningRate,
      pairing,
      divergence,
      ...(regulariser && { regulariser: regulariser.name }),
      ...engineRecord(options.engine),
    },
    trace,
    passes: trace.length,
  })
}

type Course = Parameters<typeof descend>[3] & { readonly tradeOff: number }

const d2dKinds: OptionKinds<D2dRegularisedOptions> = {
  divergence: 'string',
  tradeOff: 'number',
  steps: 'number',
  learningRate: 'number',
  pairing: 'string',
  regulariser: 'object',
  engine: 'string',
  onPass: 'function',
}

function onKernels(
  embedding: Matrix,
  distanceAt: (theta: Matrix) => D2dLoss | GaussianKlLoss,
  divergence: DistributionDivergence,
  { tradeOff, kept, ...course }: Course & { readonly kept: KeptLoss },
): ReturnType<typeof descend> {
  return descend(
    'd2dRegularised',
    embedding,
    (theta) => {
      const distance = distanceAt(theta)
      const nullValue = distance.pairs.reduce((sum, pair) => sum + pair.weight * pair.nullValue, 0)
      return withKept(theta, distance, tradeOff, kept, { [divergence]: distance.value, null: nullValue })
    },
    course,
  )
}

function onDevice(
  embedding: Matrix,
  classes: readonly Int32Array[],
  { divergence = 'mmd', pairing = 'every', regulariser }: D2dRegularisedOptions,
  course: Course,
): ReturnType<typeof descend> {
  expectOnDevice('d2dRegularised', 'the divergence', divergence, ['mmd'])
  expectOnDevice('d2dRegularised', 'the regulariser', regulariser?.name ?? 'frobenius', ['frobenius'])
  const sizes = classes.map((members) => members.length)
  const pairs = classPairs('d2d', sizes, pairing)
  const nullOf = (totals: Float32Array): number =>
    pairs.reduce((sum, { first, second, weight }, p) => {
      const [n1, n2] = [sizes[first]!, sizes[second]!]
      return sum + weight * nullMmd(totals[p]!, 5 * (n1 + n2), n1, n2)
    }, 0)
  return descendOnDevice(
    'd2dRegularised',
    embedding,
    ({ distance, movement, totals }) => ({ mmd: distance, null: nullOf(totals), movement }),
    { ...course, classes, distance: { kind: 'd2d', pairs } },
  )
}

function distributionDistance(
  theta: Matrix,
  labels: Labels,
  divergence: DistributionDivergence,
  pairing: Pairing,
): D2dLoss | GaussianKlLoss {
  switch (divergence) {
    case 'mmd':
      return d2d(theta, labels, { pairing })
    case 'kl':
      return gaussianKl(theta, labels, { pairing })
    default:
      throw new RangeError(
        `d2dRegularised: expected divergence 'mmd' or 'kl', got '${String(divergence satisfies never)}'`,
      )
  }
}

/** The method, as `d2d-r` in the table of unlearners. */
export const d2dRegularisedMethod: Unlearner<D2dRegularisedOptions> = {
  ...stepwise(d2dRegularised),
  defaults: { tradeOff: 1e-4, steps: 1000, learningRate: 0.001, pairing: 'every', divergence: 'mmd' },
  description: "the paper's D2D-R: Adam steps on MMD^2 (or KL) between classes plus the distance moved",
}
