/**
 * @file The ladder of methods, from the least that helps to the most, by the names that the command line and the grids
 * use.
 */

import { blindMethod } from './blind/blind.ts'
import { gaussianTransportMethod } from './closed/gaussian-transport.ts'
import { leaceMethod } from './closed/leace.ts'
import { meanMatchingMethod } from './closed/mean-matching.ts'
import { randomNoiseMethod } from './closed/random-noise.ts'
import { flowMethod } from './flow/calibrated-flow.ts'
import { d2dRegularisedMethod } from './paper/d2d-regularised.ts'
import { u2uClosedFormMethod } from './paper/u2u-closed-form.ts'
import { u2uRegularisedMethod } from './paper/u2u-regularised.ts'
import { relabelMethod } from './relabel/fit-relabel.ts'
import type { Unlearner } from './unlearner.ts'

const methods = {
  flow: flowMethod,
  relabel: relabelMethod,
  'mean-matching': meanMatchingMethod,
  leace: leaceMethod,
  blind: blindMethod,
  'gaussian-transport': gaussianTransportMethod,
  'd2d-r': d2dRegularisedMethod,
  'u2u-r': u2uRegularisedMethod,
  'u2u-r-closed': u2uClosedFormMethod,
  'random-noise': randomNoiseMethod,
}

export type UnlearnerName = keyof typeof methods

/** The options of each method, by its name. */
export type UnlearnerOptions = {
  [Name in UnlearnerName]: NonNullable<Parameters<(typeof methods)[Name]['unlearn']>[2]>
}

export const unlearners: { readonly [Name in UnlearnerName]: Unlearner<UnlearnerOptions[Name]> } = methods
