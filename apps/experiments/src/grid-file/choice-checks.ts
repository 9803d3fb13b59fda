/** @file What may be chosen in a grid: names of components, and the options that each has. */

import { namedAttackers, protocols } from '@indistinct/attackers'
import { knownDataset, knownDatasets, syntheticDefaults, unknownUsers } from '@indistinct/datasets'
import { easeDefaults, recommenders } from '@indistinct/recommenders'
import { togetherMethods } from '@indistinct/stages'
import { inTrainingMethods, unlearners, type InTrainingName, type UnlearnerName } from '@indistinct/unlearners'
import {
  askInTraining,
  askProtocol,
  askRecommender,
  askSynthetic,
  askUnlearner,
  askYardstick,
  checkAsked,
  type Ask,
  type Options,
} from './asked-components.ts'
import { finite, flag, list, object, oneOf, text, unfit, whole, type Check } from './field-checks.ts'

type Checks = { readonly [option: string]: Check }

/**
 * A choice by name, with options of that one alone.
 * @param optionsOf its options
 * @param askOf asks it whether it takes their values
 */
function choice(
  names: readonly string[],
  optionsOf: (name: string) => Checks,
  askOf?: (name: string) => Ask | undefined,
  more: Checks = {},
): Check {
  return (value, place) => {
    const name = (value as { name?: unknown } | null)?.name
    const options = typeof name === 'string' && names.includes(name) ? optionsOf(name) : {}
    object(
      `an object with name and, where wanted, options`,
      { name: oneOf(names) },
      { options: object('an object of options', {}, options), ...more },
    )(value, place)
    const { options: chosen } = value as { options?: Options }
    const ask = askOf?.(name as string)
    if (ask && chosen) checkAsked(ask, chosen, `${place}.options`)
  }
}

/** A known data set, or files of the user's own. */
export const datasetChoice: Check = (value, place) => {
  const own = (value as { options?: { interactions?: unknown } | null } | null)?.options?.interactions !== undefined
  ;(own ? ownChoice : knownChoice)(value, place)
}

const ownDatasetName: Check = (value, place) => {
  if (typeof value !== 'string' || !/^[a-z0-9][a-z0-9.-]*$/.test(value))
    throw unfit(place, 'a name of lower-case letters, digits, dots and dashes', value)
}

const ofAnyDataset = { leastUsers: whole(1) }

const ownFiles: Checks = {
  ...ofAnyDataset,
  userColumn: text,
  itemColumn: text,
  attributesUserColumn: text,
  delimiter: text,
  unknownUsers: oneOf(unknownUsers),
}

const ownChoice = object('a data set', {
  name: ownDatasetName,
  options: object('an object of options', { interactions: text, attributes: text }, ownFiles),
})

const knownChoice = choice(
  knownDatasets.map(({ name }) => name),
  (name) => ({
    ...ofAnyDataset,
    ...(name === 'synthetic' && likeDefaults(syntheticDefaults)),
    ...(knownDataset(name)?.kind === 'generated' && { seed: whole() }),
  }),
  (name) => (name === 'synthetic' ? askSynthetic : undefined),
)

/** Options of the recommender `name`; the seed is that of the grid. */
export function recommenderOptions(name: string): Checks {
  return withoutSeed(likeDefaults(recommenders.find((each) => each.name === name)?.defaults ?? {}))
}

export const recommenderChoice = choice(
  recommenders.map(({ name }) => name),
  recommenderOptions,
  askRecommender,
)

export const methodChoice = choice(
  [...Object.keys(unlearners), ...Object.keys(inTrainingMethods)],
  (name) => (isUnlearner(name) ? unlearnerOptions(name) : inTrainingOptions(name as InTrainingName)),
  (name) => (isUnlearner(name) ? askUnlearner(name) : askInTraining(name as InTrainingName)),
)

function isUnlearner(name: string): name is UnlearnerName {
  return Object.hasOwn(unlearners, name)
}

/** Of the method itself, and of the stage that runs it. */
function unlearnerOptions(name: UnlearnerName): Checks {
  const { defaults, moreOptions = [] } = unlearners[name]
  return {
    ...likeDefaults(defaults),
    ...Object.fromEntries(moreOptions.map((option) => [option, anything])),
    tables: list(text),
    ...(togetherMethods.includes(name) && { together: flag }),
    ...(name === 'flow' && { metric: oneOf(['none', 'scores']) }),
    ...(['d2d-r', 'u2u-r'].includes(name) && { regulariser: oneOf(['margin']) }),
  }
}

function inTrainingOptions(name: InTrainingName): Checks {
  return { ...withoutSeed(likeDefaults(inTrainingMethods[name].defaults)), tables: list(text) }
}

const attackerNames = Object.keys(namedAttackers)

export const attackerName = oneOf(attackerNames)

export const attackerChoice = choice(attackerNames, () => ({
  inputs: list(oneOf(['raw', 'standardised', 'whitened'])),
}))

export const protocolChoice = choice(
  Object.keys(protocols),
  () => ({ repeats: whole(1), innerFolds: whole(0), permutations: whole(0), refitRepeats: whole(0) }),
  askProtocol,
)

const yardstickDefaults: { readonly [name: string]: object } = { ease: easeDefaults }

export const yardstickNames = Object.keys(yardstickDefaults)

export const yardstickChoice = choice(
  yardstickNames,
  (name) => likeDefaults(yardstickDefaults[name]!),
  () => askYardstick,
  { datasets: list(text) },
)

const anything: Check = () => {}

/** Options by their defaults: numbers, truth values and lists as these are; of texts, the component knows which. */
function likeDefaults(defaults: object): Checks {
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, likeDefault(value)]))
}

/** The grid says it. */
function withoutSeed(checks: Checks): Checks {
  return Object.fromEntries(Object.entries(checks).filter(([option]) => option !== 'seed'))
}

function likeDefault(value: unknown): Check {
  if (typeof value === 'number') return finite
  if (typeof value === 'boolean') return flag
  if (Array.isArray(value)) return list(likeDefault(value[0]), 0)
  return anything
}
