/** @file Arguments of `indistinct unlearn`, and what of them does not go together. */

import { dirname } from 'node:path'
import { usageError } from '@indistinct/core'
import { tableExtensionList } from '@indistinct/embeddings'
import { isTogether, unlearners, type UnlearnerName } from '@indistinct/unlearners'
import { batteryOptions, type BatteryArguments } from '../audit/attack-battery.ts'
import { inGroup } from '../terminal/command-help.ts'
import { computeOptions, outputOptions } from '../terminal/common-options.ts'
import { flowExtraOptions, type FlowExtraArguments } from './flow-extras.ts'
import { listOption, numberOption, textOption } from '../terminal/option-values.ts'
import { dryRunOption } from './plan.ts'
import type { StreamingArguments } from './streamed-unlearning.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import { attackerHoldsOption, type AttackerHolds } from './unlearn-scope.ts'
import { unlearningOptions, type Parameters } from './unlearning.ts'

export const methodNames = Object.keys(unlearners) as UnlearnerName[]

/** Flags that set a parameter of a method, by the name that the method knows it under. */
const parameterFlags = {
  level: {
    flag: 'level',
    describe: 'flow: where to stop, in multiples of the value that chance gives',
    range: { above: 0 },
  },
  firstStep: { flag: 'first-step', describe: 'flow: first step, in quarters of the bandwidth', range: { above: 0 } },
  tolerance: { flag: 'tolerance', describe: 'flow: how near to that value to land', range: { above: 0 } },
  maxPasses: { flag: 'max-passes', describe: 'flow: passes after which to give up', range: { integer: true, from: 1 } },
  tradeOff: {
    flag: 'trade-off',
    describe: "d2d-r, u2u-r, u2u-r-closed: the paper's alpha, the price of moving a user",
    range: { from: 0 },
  },
  steps: { flag: 'steps', describe: 'd2d-r, u2u-r: steps of Adam', range: { integer: true, from: 1 } },
  learningRate: { flag: 'learning-rate', describe: 'd2d-r, u2u-r: learning rate of Adam', range: { above: 0 } },
  displacement: {
    flag: 'displacement',
    describe: 'random-noise: how far users move, root mean square, in spreads of the table',
    range: { from: 0 },
  },
  neighbours: {
    flag: 'neighbours',
    describe: 'relabel: points are drawn towards so many of the nearest; 0 for none',
    range: { integer: true, from: 0 },
  },
  own: {
    flag: 'own',
    describe: 'relabel: share of its own that a point keeps beside the mean of its neighbours',
    range: { from: 0, to: 1 },
  },
  shrink: {
    flag: 'shrink',
    describe: 'blind: rows are drawn in first where the table varies little, whatever their labels; 0 for none',
    range: { from: 0 },
  },
  drawSeed: {
    flag: 'draw-seed',
    describe: 'relabel: for tests and experiments, a draw that is not secret: this number undoes it',
    range: { integer: true, from: 0 },
  },
} as const

type ParameterFlag = (typeof parameterFlags)[keyof typeof parameterFlags]['flag']

export interface UnlearnArguments
  extends
    Omit<StreamingArguments, 'table'>,
    BatteryArguments,
    FlowExtraArguments,
    Readonly<Partial<Record<ParameterFlag, number | undefined>>> {
  readonly tables: readonly string[]
  readonly derived?: readonly string[] | undefined
  readonly 'attacker-holds': AttackerHolds
  readonly draw?: string | undefined
  readonly 'near-by'?: 'distance' | 'direction' | undefined
}

/** As they are typed: the method may be left to what the attacker holds. */
export type AskedUnlearnArguments = Omit<UnlearnArguments, 'method'> & Partial<Pick<UnlearnArguments, 'method'>>

export const unlearnOptions = {
  ...tableOptions,
  ...inGroup('Method', {
    method: {
      describe: 'how to unlearn; with --update, the fit says; default: flow, and blind with --attacker-holds history',
      choices: methodNames,
      requiresArg: true,
      coerce: textOption('--method'),
    },
    'attacker-holds': attackerHoldsOption,
    ...unlearningOptions,
    stream: {
      describe:
        'closed forms block by block, in little memory: auto from 1 GiB of float32 on; then no report is written',
      choices: ['auto', 'always', 'never'],
      default: 'auto',
      requiresArg: true,
      coerce: textOption('--stream'),
    },
  }),
  ...flowExtraOptions,
  ...inGroup('Method', {
    derived: {
      describe:
        'flow, blind and relabel, several tables: those that no score depends on, separated by commas; they ' +
        'become linear functions of the others',
      type: 'string',
      requiresArg: true,
      coerce: listOption('--derived'),
    },
  }),
  ...inGroup(
    'Parameters of methods',
    Object.fromEntries(
      Object.values(parameterFlags).map(({ flag, describe, range }) => [
        flag,
        { describe, requiresArg: true, coerce: numberOption(`--${flag}`, range) },
      ]),
    ),
  ),
  ...inGroup('Method', {
    draw: {
      describe: 'relabel: a file that --fit wrote of an earlier release; this one is dealt by the same draw',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--draw'),
    },
  }),
  ...inGroup('Parameters of methods', {
    'near-by': {
      describe: 'relabel: users are near by distance (default), or by direction alone, where scores are inner products',
      choices: ['distance', 'direction'],
      requiresArg: true,
      coerce: textOption('--near-by'),
    },
  }),
  ...inGroup('Output', {
    out: {
      describe:
        `the new table, ${tableExtensionList}; of several tables a file each, separated by commas; JSON sidecars ` +
        'go to <out>.json',
      type: 'string',
      demandOption: true,
      requiresArg: true,
      coerce: textOption('--out'),
    },
    report: {
      describe: 'the HTML report; default <out>.html, of the first',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--report'),
    },
    force: {
      describe: 'replace files that are there already, and write tables that give away more than before',
      type: 'boolean',
      default: false,
    },
  }),
  ...dryRunOption,
  ...outputOptions,
  ...inGroup('Attacks', {
    audit: {
      describe: 'attack tables before and after, for the report and the sidecar',
      type: 'boolean',
      default: false,
    },
  }),
  ...batteryOptions,
  ...computeOptions,
} as const

/** The parameters that were given, under the method's names. */
export function parametersOf(args: UnlearnArguments): Parameters {
  const known = unlearners[args.method].defaults
  const parameters: Record<string, number | string> = {}
  const flags = { ...parameterFlags, nearBy: { flag: 'near-by' } } as const
  for (const [name, { flag }] of Object.entries(flags)) {
    const value = args[flag]
    if (value === undefined) continue
    if (args.update !== undefined)
      throw usageError(`--${flag}: --update takes the parameters of the fit; leave one of them out`)
    if (!Object.hasOwn(known, name)) {
      const taken = Object.entries(flags)
        .filter(([other]) => Object.hasOwn(known, other))
        .map(([, other]) => `--${other.flag}`)
      throw usageError(`--${flag} is no parameter of ${args.method}; it takes ${taken.join(', ') || 'none'}`)
    }
    parameters[name] = value
  }
  return parameters
}

/** Where several Parquet files of one folder are given, they may be one table. */
function partsHint(paths: readonly string[]): string {
  const folder = dirname(paths[0]!)
  const together = paths.every((path) => /\.parquet$/i.test(path) && dirname(path) === folder)
  return together ? `; if they are parts of one table, give the folder, ${folder}` : ''
}

/**
 * The file of each table, in their order.
 * @throws IndistinctError 'usage' where they do not match, or a flag is for one table only.
 */
export function outputPaths(given: UnlearnArguments): string[] {
  const { tables: paths, out, derived } = given
  if (paths.length === 1) {
    if (derived)
      throw usageError('--derived: expected several tables, got one; a derived table is a function of the others')
    return [out]
  }
  const flags = {
    draw: given.draw,
    also: given.also,
    continuous: given.continuous || undefined,
    items: given.items,
    fit: given.fit,
    update: given.update,
    delta: given.delta,
    'stream always': given.stream === 'always' || undefined,
    'unlabelled map': given.unlabelled === 'map' || undefined,
  }
  const alone = Object.entries(flags).find(([, value]) => value !== undefined)
  if (alone)
    throw usageError(
      `--${alone[0]}: expected one table, got ${paths.length}; leave it out, or unlearn tables one by one`,
    )
  const twice = paths.find((path, at) => paths.indexOf(path) !== at)
  if (twice !== undefined) throw usageError(`${twice} is given twice; expected each table once`)
  const outs = out.split(',').map((path) => path.trim())
  if (outs.length !== paths.length || outs.includes(''))
    throw usageError(
      `--out: expected ${paths.length} files separated by commas, one for each table, got ${out}${partsHint(paths)}`,
    )
  if (!derived) return outs
  const stranger = derived.find((path) => !paths.includes(path))
  if (stranger !== undefined) throw usageError(`--derived: expected some of ${paths.join(', ')}, got ${stranger}`)
  if (!isTogether(given.method)) throw usageError(`--derived is for flow, blind and relabel, not for ${given.method}`)
  if (new Set(derived).size === paths.length)
    throw usageError('--derived: expected a table that is not derived, got all of them')
  return outs
}
