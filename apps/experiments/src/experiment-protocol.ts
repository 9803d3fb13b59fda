/**
 * @file What an experiment protocol fixes: the settings of models, methods and attacks that a table of results is made
 * under. (The attack protocol, who knows whose label, is one part of it.)
 */

import { usageError } from '@indistinct/core'
import type { Choice, FigureName, Options, Product } from '@indistinct/stages'
import { unlearners, type UnlearnerName } from '@indistinct/unlearners'
import { official } from '../protocols/official.ts'
import { paper } from '../protocols/paper.ts'
import { strict } from '../protocols/strict.ts'
import { tunedSettings } from './tuned.ts'
import type { ExperimentProtocol } from '../protocols/protocol.ts'

export const experimentProtocols: { readonly [name: string]: ExperimentProtocol } = { paper, official, strict }

/** @throws IndistinctError 'usage' for an unknown name. */
export function experimentProtocol(name: string): ExperimentProtocol {
  const found = Object.hasOwn(experimentProtocols, name) ? experimentProtocols[name] : undefined
  if (!found)
    throw usageError(
      `expected a protocol among ${Object.keys(experimentProtocols).join(', ')}, got ${JSON.stringify(name)}`,
    )
  return found
}

/** `protocol` with methods that iterate cut short after `steps` steps, where they would take more. */
export function withStepsUpTo(protocol: ExperimentProtocol, steps: number): ExperimentProtocol {
  const methods = Object.entries(protocol.methods).map(([name, options]): [string, Options] => {
    const whole = stepsOf(protocol, name)
    return [name, whole !== undefined && whole > steps ? { ...options, steps } : options]
  })
  return { ...protocol, methods: Object.fromEntries(methods) }
}

/** Steps that `method` takes under `protocol`, or undefined where it does not count them. */
export function stepsOf(protocol: ExperimentProtocol, method: string): number | undefined {
  const own = protocol.methods[method]?.['steps'] ?? unlearners[method as UnlearnerName]?.defaults['steps']
  return typeof own === 'number' ? own : undefined
}

export interface Selected {
  /** Names, or the user's own files as a choice. */
  readonly datasets: readonly (string | Choice)[]
  readonly recommenders: readonly string[]
  /** All of the protocol's own methods when absent. */
  readonly methods?: readonly string[]
  readonly seeds: readonly number[]
  readonly attribute?: string
  readonly core?: number
  readonly figures?: readonly FigureName[]
}

/** A product of a grid under `protocol`, without HTML reports. */
export function productOf(protocol: ExperimentProtocol, selected: Selected): Product {
  const {
    datasets,
    recommenders,
    methods = Object.keys(protocol.methods),
    seeds,
    attribute = 'gender',
    figures,
    core,
  } = selected
  return {
    datasets: datasets.map((each) => (typeof each === 'string' ? { name: each } : each)),
    recommenders: recommenders.map((name) => choiceOf(name, protocol.recommenders)),
    methods: methods.map((name) => choiceOf(name, protocol.methods)),
    attackers: protocol.attackers,
    protocols: protocol.attacks,
    attributes: [attribute],
    seeds,
    reports: false,
    ...(protocol.tuned && { settings: tunedSettings(16) }),
    ...(protocol.epochBy === 'test' && { epochBy: protocol.epochBy }),
    ...(figures && { figures }),
    ...(core !== undefined && { core }),
  }
}

/** `product` over its protocol's alphas in place of one: every method that has an alpha, at each of them. */
export function alphaSweepOf(protocol: ExperimentProtocol, product: Product): Product {
  const swept = product.methods.filter(({ options }) => options?.['tradeOff'] !== undefined)
  return {
    ...product,
    methods: swept.flatMap(({ name, options }) =>
      protocol.alphas.map((tradeOff) => ({ name, options: { ...options, tradeOff } })),
    ),
  }
}

function choiceOf(name: string, options: { readonly [name: string]: Options }): Choice {
  return options[name] === undefined ? { name } : { name, options: options[name] }
}
