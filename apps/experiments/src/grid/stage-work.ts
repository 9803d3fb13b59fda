/**
 * @file How much work a stage is under its settings: roughly its processor seconds on one core. What cells took is
 * scaled by the ratio of works, so how these grow is what matters, not how fast a machine is. The numbers are fitted to
 * artifacts of three protocols on five data sets; stage-work.test.ts has what some of them took.
 */

import { namedAttackers, planAudit, protocols, type InputName, type ProtocolName } from '@indistinct/attackers'
import { matrix } from '@indistinct/core'
import type { StageSettings } from './stage-settings.ts'
import { marginSeconds, rankSeconds, trainingSeconds } from './training-work.ts'

/** Of the processor, roughly. */
export function workOf(settings: StageSettings): number {
  const { stage, data, recommender } = settings
  const { users, items, interactions } = data
  switch (stage) {
    case 'prepare':
      return 0.1 + 8e-7 * interactions
    case 'train':
      return recommender ? trainingSeconds(data, recommender, 0) : 1e-4 * interactions
    case 'retrain':
      return recommender ? trainingSeconds(data, recommender, regulariserSeconds(settings)) : 1e-4 * interactions
    case 'unlearn':
      return 0.05 + unlearningSeconds(settings)
    case 'attack':
      return attackSeconds(settings)
    case 'evaluate':
      // Resampling users, then ranking all items for each.
      return 6e-4 * users + users * items * (recommender ? rankSeconds(recommender) : 1e-8)
    case 'held':
      return 0.01 * users
    case 'observe':
      return 0.1 + 3e-4 * users
    case 'smooth':
      return 2e-3 * users
    case 'join':
      return 0.1 + 1e-5 * users
    case 'report':
      return 0.3 + 3.5e-4 * users
    case 'figure':
      return settings.figure === 't-sne' ? 1.5e-3 * users + 5 : 0.1
    case 'calibrate':
      return 0.24 * (settings.repetitions ?? 50)
    default:
      throw new RangeError(`workOf: expected a stage, got ${String(stage satisfies never)}`)
  }
}

/** Numbers that it holds, and writes: memory and artifacts grow with these. */
export function valuesOf({ data, recommender, tables = [], method }: StageSettings): number {
  const { users, items, interactions } = data
  const { factors = 0, gmf = 0, mlp = 0 } = (recommender?.options ?? {}) as { [width: string]: number }
  const steps = (method?.options['steps'] as number | undefined) ?? 0
  return interactions + (users + items) * (factors + gmf + mlp) + sumOver(tables, (K) => users * K + steps)
}

/** MMD^2 with its gradient between `users` in K dimensions: all pairs. */
function pairSeconds(users: number, K: number): number {
  return users ** 2 * (1.5e-9 + 7.5e-11 * K)
}

/** Of what a method adds to a step of training. */
function regulariserSeconds({ data, method, tables = [] }: StageSettings): number {
  const options = (method?.options ?? {}) as { [option: string]: number }
  if (method?.name === 'adversarial') {
    const { adversarySteps = 3, hidden = 64, batch = 1024 } = options
    return sumOver(tables, (K) => adversarySteps * Math.min(data.users, batch) * K * hidden * 1.6e-9)
  }
  const { sample = Infinity, every = 1 } = options
  const drawn = classShares.reduce((sum, share) => sum + Math.min(sample, share * data.users), 0)
  // The gradient of all users is made, weighted and added.
  return sumOver(tables, (K) => pairSeconds(drawn, K) + 6e-8 * data.users * K) / every
}

/** Users of either class; of the data sets that are attacked here, two or three in ten are women. */
const classShares = [0.28, 0.72]

/** Adam over a table, its movement, and a line of the trace. */
function stepSeconds(users: number, K: number): number {
  return 3.5e-8 * users * K
}

/** Pairs of users are visited up to so many; beyond, the flow takes random features. */
const mostPaired = 50_000
/** Passes over all pairs that a flow takes, its bandwidths and null value included. */
const flowPasses = 30

function unlearningSeconds({ data, recommender, method, tables = [] }: StageSettings): number {
  const { users } = data
  const { steps = 0 } = (method?.options ?? {}) as { steps?: number }
  const descent = (K: number, loss: number): number => {
    const kept = recommender ? marginSeconds(data, recommender, K) : { once: 0, step: 0 }
    return kept.once + steps * (stepSeconds(users, K) + kept.step + loss)
  }
  switch (method?.name) {
    case 'd2d-r':
      return sumOver(tables, (K) => descent(K, pairSeconds(users, K)))
    case 'u2u-r':
      return sumOver(tables, (K) => descent(K, 0))
    case 'flow':
    case 'relabel':
      return 0.4 + flowPasses * sumOver(tables, (K) => (pairSeconds(users, K) * Math.min(users, mostPaired)) / users)
    default:
      // Closed forms; a part of a release is copied.
      return sumOver(tables, (K) => users * K * (1e-7 + 1e-9 * K))
  }
}

/** As an audit foresees each attack, and what the stage tells of it besides. */
function attackSeconds({ data, tables = [], attack }: StageSettings): number {
  const { attacker: name, inputs, protocol: given, options } = attack!
  const { attacker } = namedAttackers[name] ?? namedAttackers['mlp']!
  const protocol = (given in protocols ? given : 'paper') as ProtocolName
  const { repeats = protocols[protocol].defaultRepeats, innerFolds = 0 } = options as { [option: string]: number }
  // Fewer than a protocol needs would be refused.
  const users = Math.max(200, data.users)
  const codes = Int32Array.from({ length: users }, (_, user) => (user < classShares[0]! * users ? 0 : 1))
  const labels = { classes: ['F', 'M'], codes }
  const settings = { protocols: [protocol], repeats: { [protocol]: repeats }, innerFolds, refit: false, seed: 0 }
  return sumOver(tables, (K) => {
    // Costs depend on shapes alone; a table whose rows are all equal would be refused.
    const table = matrix(users, K)
    table.data[0] = 1
    return inputs.reduce((sum, input) => {
      const plans = planAudit(table, labels, { ...settings, attackers: [attacker], input: input as InputName })
      return sum + plans[0]!.seconds + 0.06 + 1e-5 * users
    }, 0)
  })
}

function sumOver(tables: readonly number[], seconds: (K: number) => number): number {
  return tables.reduce((sum, K) => sum + seconds(K), 0)
}
