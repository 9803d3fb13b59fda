/** @file The table of methods, by the names that the command line and the grids use. */

import type { Json, Labels, Matrix } from '@indistinct/core'
import { calibratedFlow, type CalibratedFlowOptions } from './calibrated-flow.ts'
import { d2dRegularised, type D2dRegularisedOptions } from './d2d-regularised.ts'
import { u2uClosedForm, type U2uClosedFormOptions } from './u2u-closed-form.ts'
import { u2uRegularised, type U2uRegularisedOptions } from './u2u-regularised.ts'
import type { Unlearned } from './unlearned.ts'

export interface Unlearner<Options> {
  readonly unlearn: (embedding: Matrix, labels: Labels, options?: Options) => Unlearned
  /** What `unlearn` uses where an option is left out. */
  readonly defaults: { readonly [option: string]: Json }
  /** One line, for help texts and tables. */
  readonly description: string
}

export interface UnlearnerOptions {
  flow: CalibratedFlowOptions
  'd2d-r': D2dRegularisedOptions
  'u2u-r': U2uRegularisedOptions
  'u2u-r-closed': U2uClosedFormOptions
}

export type UnlearnerName = keyof UnlearnerOptions

export const unlearners: { readonly [Name in UnlearnerName]: Unlearner<UnlearnerOptions[Name]> } = {
  flow: {
    unlearn: calibratedFlow,
    defaults: { level: 1, firstStep: 0.05, tolerance: 0.01, maxPasses: 500 },
    description: 'calibrated flow: MMD^2 between classes down to the value that chance gives it, in a few passes',
  },
  'd2d-r': {
    unlearn: d2dRegularised,
    defaults: { tradeOff: 1e-4, steps: 1000, learningRate: 0.001, pairing: 'every', divergence: 'mmd' },
    description: "the paper's D2D-R: Adam steps on MMD^2 (or KL) between classes plus the distance moved",
  },
  'u2u-r': {
    unlearn: u2uRegularised,
    defaults: { tradeOff: 1e-4, steps: 5000, optimiser: 'adam', learningRate: 0.001, divergence: 'one-hot' },
    description: "the paper's U2U-R: Adam steps on squared distances between users of different classes",
  },
  'u2u-r-closed': {
    unlearn: u2uClosedForm,
    defaults: { tradeOff: 1e-4 },
    description: 'the exact minimiser of U2U-R, in one pass',
  },
}
