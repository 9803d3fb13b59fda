/** @file U2U-R by iteration (paper, sections 3.5.2 and 4): users of different labels drawn together pair by pair. */

import { checkOptions, type Labels, type Matrix, type OptionKinds } from '@indistinct/core'
import { chosenEngine, type Engine } from '@indistinct/kernels'
import { engineRecord } from '@indistinct/kernels/device'
import { u2u, u2uDivergence, type Loss } from '@indistinct/losses'
import {
  adversarialProfiles,
  adversarialProfilesDefaults,
  type AdversarialProfilesOptions,
} from './adversarial-profiles.ts'
import { checkCount, checkedClasses, checkPositive } from '../checked-classes.ts'
import { descendOnDevice, expectOnDevice } from '../device/descend-on-device.ts'
import { descend } from './descend.ts'
import { movementFrom, withKept, type KeptLoss } from './kept-loss.ts'
import { unlearned, type TraceRow, type Unlearned } from '../unlearned.ts'
import { stepwise, type Unlearner } from '../unlearner.ts'

/**
 * Div of Eq. 10 between two users' attributes. 'one-hot': 1 for different labels, 0 for equal ones. 'cosine': 1 -
 * cosine of the one-hot labels, the same numbers. 'cross-entropy' of the one-hot labels: the same times 16.1 (-ln
 * 1e-7). 'adversarial': 1 - cosine of the class probabilities that an attacker predicts, who learns on as users move.
 */
export type UserDivergence = 'one-hot' | 'cross-entropy' | 'cosine' | 'adversarial'

export interface U2uRegularisedOptions extends AdversarialProfilesOptions {
  /** Default 'one-hot'. The other options of the attacker act on 'adversarial' alone. */
  readonly divergence?: UserDivergence
  /** alpha of Eq. 1. Default 1e-4 (paper). */
  readonly tradeOff?: number
  /** Default 5,000 (paper). */
  readonly steps?: number
  /** 'adam' (default) or 'gradient', plain steps that reach the optimum of this quadratic loss. */
  readonly optimiser?: 'adam' | 'gradient'
  /**
   * Default 0.001 (paper) for Adam; for plain steps 1 / (4nd + 2 alpha), one over the curvature at a largest Div of d.
   */
  readonly learningRate?: number
  /** What alpha weighs instead of ||theta - theta*||_F^2. */
  readonly regulariser?: KeptLoss
  /**
   * What takes the steps: see `chosenEngine` of @indistinct/kernels. 'tfjs' has the divergences 'one-hot' and 'cosine',
   * and no `regulariser`.
   */
  readonly engine?: Engine
  readonly onPass?: (row: TraceRow) => void
}

/**
 * Minimises l_u + alpha ||theta - theta*||_F^2 (Eq. 1, 7, 10) from theta* = `embedding` (N, K), any number of labels.
 * Under 'adversarial' the loss changes whenever the attacker is updated, its probabilities being held constant in
 * between.
 *
 * At the paper's alpha both classes collapse towards each other's mean, each with a spread of its own (in the optimum
 * the two-class spreads relate as n1 : n2): an attacker who standardises his input tells them apart. Prefer
 * `calibratedFlow`.
 *
 * Deviation: the paper names a learning rate and no optimiser; Adam is that of the authors' code.
 * Deviation: predicted softmax vectors are compared by the cosine alone. Their cross-entropy is the largest where the
 * attacker is most in doubt, so that it would draw all users together instead of those told apart.
 * @throws RangeError on options or shapes that do not fit; IndistinctError 'bad-data' on unusable values or classes;
 * Error with step and loss on divergence.
 */
export function u2uRegularised(embedding: Matrix, labels: Labels, options: U2uRegularisedOptions = {}): Unlearned {
  const caller = 'u2uRegularised'
  const classes = checkedClasses(caller, embedding, labels)
  checkOptions<U2uRegularisedOptions>(caller, options, u2uKinds)
  const { tradeOff = 1e-4, steps = 5000, optimiser = 'adam', divergence = 'one-hot', regulariser, onPass } = options
  checkPositive(caller, 'tradeOff', tradeOff, true)
  checkCount(caller, 'steps', steps)
  const users = classes.reduce((n, members) => n + members.length, 0)
  const learningRate =
    options.learningRate ??
    (optimiser === 'adam'
      ? 0.001
      : 1 / (4 * users * (divergence === 'cross-entropy' ? -Math.log(clip) : 1) + 2 * tradeOff))
  checkPositive(caller, 'learningRate', learningRate)
  const attacker = divergence === 'adversarial' ? attackerOptions(options) : undefined
  const distanceAt = userDistance(labels, divergence, attacker)

  const course = { steps, learningRate, optimiser, onPass }
  const { embedding: moved, trace } =
    chosenEngine(options.engine) === 'tfjs'
      ? onDevice(embedding, classes, options, { ...course, tradeOff })
      : onKernels(embedding, distanceAt, regulariser ?? movementFrom(embedding), { ...course, tradeOff })
  return unlearned({
    embedding: moved,
    method: 'u2u-r',
    parameters: {
      tradeOff,
      steps,
      optimiser,
      learningRate,
      divergence,
      ...(regulariser && { regulariser: regulariser.name }),
      ...attacker,
      ...engineRecord(options.engine),
    },
    trace,
    passes: trace.length,
  })
}

type Course = Parameters<typeof descend>[3] & { readonly tradeOff: number }

const u2uKinds: OptionKinds<U2uRegularisedOptions> = {
  divergence: 'string',
  tradeOff: 'number',
  steps: 'number',
  optimiser: 'string',
  learningRate: 'number',
  regulariser: 'object',
  engine: 'string',
  onPass: 'function',
  firstSteps: 'number',
  refreshEvery: 'number',
  refreshSteps: 'number',
  seed: 'number',
}

function onKernels(
  embedding: Matrix,
  distanceAt: (theta: Matrix, pass: number) => Loss,
  kept: KeptLoss,
  { tradeOff, ...course }: Course,
): ReturnType<typeof descend> {
  let pass = 0
  return descend(
    'u2uRegularised',
    embedding,
    (theta) => {
      const distance = distanceAt(theta, ++pass)
      return withKept(theta, distance, tradeOff, kept, { distinguishability: distance.value })
    },
    course,
  )
}

function onDevice(
  embedding: Matrix,
  classes: readonly Int32Array[],
  { divergence = 'one-hot', regulariser }: U2uRegularisedOptions,
  course: Course,
): ReturnType<typeof descend> {
  expectOnDevice('u2uRegularised', 'the divergences', divergence, ['one-hot', 'cosine'])
  expectOnDevice('u2uRegularised', 'the regulariser', regulariser?.name ?? 'frobenius', ['frobenius'])
  return descendOnDevice(
    'u2uRegularised',
    embedding,
    ({ distance, movement }) => ({ distinguishability: distance, movement }),
    { ...course, classes, distance: { kind: 'u2u' } },
  )
}

/** The least probability that a logarithm sees, which sets the scale of cross-entropy. */
const clip = 1e-7

function attackerOptions(options: U2uRegularisedOptions): Required<AdversarialProfilesOptions> {
  const { firstSteps, refreshEvery, refreshSteps, seed } = { ...adversarialProfilesDefaults, ...options }
  const chosen = { firstSteps, refreshEvery, refreshSteps, seed }
  for (const name of ['firstSteps', 'refreshEvery', 'refreshSteps'] as const)
    checkCount('u2uRegularised', name, chosen[name])
  return chosen
}

/** l_u at theta in that pass. */
function userDistance(
  labels: Labels,
  divergence: UserDivergence,
  attacker: AdversarialProfilesOptions | undefined,
): (theta: Matrix, pass: number) => Loss {
  switch (divergence) {
    case 'one-hot':
      return (theta) => u2u(theta, labels)
    case 'cosine':
    case 'cross-entropy':
      return (theta) => u2uDivergence(theta, labels, { divergence, clip })
    case 'adversarial': {
      const profiles = adversarialProfiles(labels, attacker)
      return (theta, pass) => u2uDivergence(theta, labels, { profiles: profiles(theta, pass) })
    }
    default:
      throw new RangeError(
        'u2uRegularised: expected divergence one-hot, cross-entropy, cosine or adversarial, got ' +
          `${String(divergence satisfies never)}`,
      )
  }
}

/** The method, as `u2u-r` in the table of unlearners. */
export const u2uRegularisedMethod: Unlearner<U2uRegularisedOptions> = {
  ...stepwise(u2uRegularised),
  defaults: { tradeOff: 1e-4, steps: 5000, optimiser: 'adam', learningRate: 0.001, divergence: 'one-hot' },
  moreOptions: ['firstSteps', 'refreshEvery', 'refreshSteps', 'seed'],
  description: "the paper's U2U-R: Adam steps on squared distances between users of different classes",
}
