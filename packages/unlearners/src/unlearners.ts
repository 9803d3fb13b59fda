/**
 * @file The ladder of methods, from the least that helps to the most, by the names that the command line and the grids
 * use.
 */

import type { Json, Labels, Matrix } from '@indistinct/core'
import { blind, fitBlind, type BlindOptions } from './blind/blind.ts'
import { calibratedFlow } from './flow/calibrated-flow.ts'
import type { CalibratedFlowOptions } from './flow/flow-options.ts'
import type { ClosedFormOptions } from './closed/closed-form.ts'
import { d2dRegularised, type D2dRegularisedOptions } from './paper/d2d-regularised.ts'
import type { Fitted } from './fitted/fitted-unlearner.ts'
import { fitGaussianTransport, gaussianTransport, type GaussianTransportOptions } from './closed/gaussian-transport.ts'
import { fitLeace, leace } from './closed/leace.ts'
import { fitMeanMatching, meanMatching } from './closed/mean-matching.ts'
import { fitRandomNoise, randomNoise, type RandomNoiseOptions } from './closed/random-noise.ts'
import { fitByRegression } from './fitted/regression-map.ts'
import { fitRelabel } from './relabel/fit-relabel.ts'
import { relabel, relabelDefaults, type RelabelOptions } from './relabel/relabel.ts'
import { u2uClosedForm, type U2uClosedFormOptions } from './paper/u2u-closed-form.ts'
import { u2uRegularised, type U2uRegularisedOptions } from './paper/u2u-regularised.ts'
import type { Unlearned } from './unlearned.ts'

export interface Unlearner<Options> {
  readonly unlearn: (embedding: Matrix, labels: Labels, options?: Options) => Unlearned
  /** The same, and what applies it to other users. */
  readonly fit: (embedding: Matrix, labels: Labels, options?: Options) => Fitted
  /** What `unlearn` uses where an option is left out. */
  readonly defaults: { readonly [option: string]: Json }
  /** One line, for help texts and tables. */
  readonly description: string
}

export interface UnlearnerOptions {
  flow: CalibratedFlowOptions
  relabel: RelabelOptions
  'mean-matching': ClosedFormOptions
  leace: ClosedFormOptions
  blind: BlindOptions
  'gaussian-transport': GaussianTransportOptions
  'd2d-r': D2dRegularisedOptions
  'u2u-r': U2uRegularisedOptions
  'u2u-r-closed': U2uClosedFormOptions
  'random-noise': RandomNoiseOptions
}

export type UnlearnerName = keyof UnlearnerOptions

/** For methods whose fit is the regression of what they did. */
function stepwise<Options>(unlearn: Unlearner<Options>['unlearn']): Pick<Unlearner<Options>, 'unlearn' | 'fit'> {
  return {
    unlearn,
    fit: (embedding, labels, options) => fitByRegression(embedding, labels, unlearn(embedding, labels, options)),
  }
}

export const unlearners: { readonly [Name in UnlearnerName]: Unlearner<UnlearnerOptions[Name]> } = {
  flow: {
    ...stepwise(calibratedFlow),
    defaults: { level: 1, firstStep: 0.2, tolerance: 0.01, maxPasses: 500 },
    description: 'calibrated flow: MMD^2 between classes down to the value that chance gives it, in a few passes',
  },
  relabel: {
    unlearn: relabel,
    fit: fitRelabel,
    defaults: { ...relabelDefaults },
    description: 'points labelled anew by a secret draw: hides exactly from who holds the table',
  },
  'mean-matching': {
    unlearn: meanMatching,
    fit: fitMeanMatching,
    defaults: {},
    description: 'every class moved onto one mean: LEACE with the label of each user at hand',
  },
  leace: {
    unlearn: leace,
    fit: fitLeace,
    defaults: {},
    description: 'LEACE: one projection for everyone, the least that leaves nothing to a linear attacker',
  },
  blind: {
    unlearn: blind,
    fit: fitBlind,
    defaults: { seed: 0, shrink: 0 },
    description:
      'one nonlinear map for everyone, by the vector alone: differences of classes down to what chance gives',
  },
  'gaussian-transport': {
    unlearn: gaussianTransport,
    fit: fitGaussianTransport,
    defaults: { tolerance: 1e-12, maxIterations: 200 },
    description:
      'each class carried onto one normal, their Wasserstein barycentre: nothing left to a quadratic attacker',
  },
  'd2d-r': {
    ...stepwise(d2dRegularised),
    defaults: { tradeOff: 1e-4, steps: 1000, learningRate: 0.001, pairing: 'every', divergence: 'mmd' },
    description: "the paper's D2D-R: Adam steps on MMD^2 (or KL) between classes plus the distance moved",
  },
  'u2u-r': {
    ...stepwise(u2uRegularised),
    defaults: { tradeOff: 1e-4, steps: 5000, optimiser: 'adam', learningRate: 0.001, divergence: 'one-hot' },
    description: "the paper's U2U-R: Adam steps on squared distances between users of different classes",
  },
  'u2u-r-closed': {
    ...stepwise(u2uClosedForm),
    defaults: { tradeOff: 1e-4 },
    description: 'the exact minimiser of U2U-R, in one pass',
  },
  'random-noise': {
    unlearn: randomNoise,
    fit: fitRandomNoise,
    defaults: { displacement: 0.5, seed: 0 },
    description: 'normal noise, the baseline at equal displacement: it aims at nothing',
  },
}
