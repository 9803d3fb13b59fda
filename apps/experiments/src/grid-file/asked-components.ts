/**
 * @file Whether a component takes its options. Each knows its own ranges, so each is asked: it is handed the options
 * with a data set of a few users, before hours are spent on a stage that refuses them.
 */

import { namedAttackers, planAudit, type ProtocolName } from '@indistinct/attackers'
import { matrix, randomStream, type Json, type Labels } from '@indistinct/core'
import { splitRatio, syntheticDataset } from '@indistinct/datasets'
import { ease, recommender } from '@indistinct/recommenders'
import { inTrainingMethods, unlearners, type InTrainingName, type UnlearnerName } from '@indistinct/unlearners'
import { unfit } from './field-checks.ts'

export type Options = { readonly [option: string]: Json }

/** Runs a component with options, on little. @throws RangeError where it refuses them. */
export type Ask = (options: Options) => unknown

/** How long to work: the answer is the same after the first step. */
const short = { epochs: 1, steps: 1, maxPasses: 1, maxIterations: 1, adversarySteps: 1 }
/** Most of what makes the work larger: the answer is the same with less. */
const most: Options = { ...short, factors: 8, gmf: 8, mlp: 8, neighbours: 8, smooth: 8, users: 40, items: 60 }

/** Options that stages take themselves. */
const ofStages = ['leastUsers', 'tables', 'together', 'metric', 'regulariser']

let few: ReturnType<typeof fewUsers> | undefined

function fewUsers() {
  const random = randomStream(0, 'asked components')
  const dataset = syntheticDataset({ seed: 0, users: 40, items: 60 })
  const codes = Int32Array.from({ length: 40 }, (_, user) => user % 2)
  const labels: Labels = { classes: ['F', 'M'], codes }
  const table = matrix(
    40,
    4,
    Float32Array.from({ length: 160 }, (_, p) => random.normal() + (p % 8 === 0 ? 1 : 0)),
  )
  return { dataset, split: splitRatio(dataset, { seed: 0 }), labels, table }
}

export function askSynthetic(options: Options): void {
  syntheticDataset(options)
}

export function askRecommender(name: string): Ask {
  const { train, defaults } = recommender(name)
  return (options) => train(given().split, { ...shortOf(defaults), ...options })
}

export function askUnlearner(name: UnlearnerName): Ask {
  const { unlearn, defaults } = unlearners[name]
  return (options) => unlearn(given().table, given().labels, { ...shortOf(defaults), ...options } as never)
}

export function askInTraining(name: InTrainingName): Ask {
  return (options) => inTrainingMethods[name].regulariser(given().labels, options as never)
}

export function askYardstick(options: Options): void {
  ease(given().split, options)
}

export function askProtocol(name: string): Ask {
  const { attacker } = namedAttackers['logistic']!
  return ({ repeats, refitRepeats: _, ...options }) =>
    planAudit(given().table, given().labels, {
      ...{ ...options, seed: 0, attackers: [attacker], protocols: [name as ProtocolName] },
      ...(repeats !== undefined && { repeats: { [name]: repeats as number } }),
    })
}

export function askRatios(ratios: readonly number[], place: string): void {
  const refused = refusal(() => splitRatio(given().dataset, { seed: 0, ratios: ratios as [number, number, number] }))
  if (refused !== undefined) throw unfit(place, refused, ratios)
}

/** @throws IndistinctError 'usage' at the option that `ask` refuses, or at all where it is none alone. */
export function checkAsked(ask: Ask, options: Options, place: string): void {
  const trial = Object.fromEntries(
    Object.entries(options)
      .filter(([name]) => !ofStages.includes(name))
      .map(([name, value]) => [
        name,
        Number.isInteger(value) && (value as number) > (most[name] as number) ? most[name]! : value,
      ]),
  )
  const refused = refusal(() => ask(trial))
  if (refused === undefined) return
  const culprit = Object.keys(trial).find((name) => {
    const others = Object.entries(trial).filter(([other]) => other !== name)
    return refusal(() => ask(Object.fromEntries(others))) === undefined
  })
  throw culprit === undefined ? unfit(place, refused, options) : unfit(`${place}.${culprit}`, refused, options[culprit])
}

/** Those of `short` that a component has. */
function shortOf(defaults: object): Options {
  return Object.fromEntries(Object.entries(short).filter(([name]) => Object.hasOwn(defaults, name)))
}

function given(): ReturnType<typeof fewUsers> {
  return (few ??= fewUsers())
}

/** What was expected instead. Of other errors, as of too few users, the options are not to blame. */
function refusal(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    if (!(error instanceof RangeError)) return undefined
    return /: expected (.*), got /s.exec(error.message)?.[1] ?? error.message
  }
  return undefined
}
