/** @file Options of `indistinct unlearn`, and its arguments as yargs gives them. */

import { tableExtensionList } from '@indistinct/embeddings'
import { engines, type Engine } from '@indistinct/kernels'
import { unlearners, type UnlearnerName } from '@indistinct/unlearners'
import { batteryOptions, type BatteryArguments } from '../audit/attack-battery.ts'
import { filingOptions, type FilingArguments } from '../filing/filing-options.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import { inGroup } from '../terminal/command-help.ts'
import { computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { filesOption, listOption, numberOption, textOption, valueFlag, textFlag } from '../terminal/option-values.ts'
import { dryRunOption, type DryRunArguments } from '../outputs/dry-run.ts'
import type { AttackerHolds } from './unlearn-scope.ts'
import type { Lengths } from './written-table.ts'

/** Methods that have an engine beside the kernels. */
export const engineMethods: readonly UnlearnerName[] = ['flow', 'd2d-r', 'u2u-r']

export const methodNames = Object.keys(unlearners) as UnlearnerName[]

/** Flags that set a parameter of a method, by the name that the method knows it under. */
export const parameterFlags = {
  level: {
    flag: 'level',
    describe: 'flow: where to stop, in multiples of the value that chance gives',
    range: { above: 0 },
  },
  firstStep: {
    flag: 'first-step',
    describe: 'flow: first step, in quarters of the bandwidth',
    range: { above: 0, to: 1 },
  },
  tolerance: { flag: 'tolerance', describe: 'flow: how near to that value to land', range: { above: 0 } },
  maxPasses: { flag: 'max-passes', describe: 'flow: passes after which to give up', range: { integer: true, from: 1 } },
  narrow: {
    flag: 'narrow',
    describe:
      'flow: once it has landed, go on with kernels so many times narrower, which see who is near to whom; 16 was ' +
      'tried; 0 for none',
    range: { integer: true, from: 0, to: 256 },
  },
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
  smooth: {
    flag: 'smooth',
    describe:
      'flow, blind: at the end rows are drawn towards the mean of so many of their nearest, whatever their labels: a ' +
      'quarter of the way by the flow, half of it by blind; 0 for none',
    range: { integer: true, from: 0 },
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
    Omit<TableArguments, 'table'>,
    BatteryArguments,
    CommonArguments,
    DryRunArguments,
    FilingArguments,
    Readonly<Partial<Record<ParameterFlag, number | undefined>>> {
  readonly tables: readonly string[]
  readonly method: UnlearnerName
  readonly 'attacker-holds': AttackerHolds
  readonly engine?: Engine | undefined
  readonly unlabelled: 'leave' | 'map'
  readonly lengths: Lengths
  readonly delta?: string | undefined
  readonly fit?: string | undefined
  readonly update?: string | undefined
  readonly previous?: string | undefined
  readonly stream: 'auto' | 'always' | 'never'
  readonly also?: readonly string[] | undefined
  readonly continuous: boolean
  readonly items?: string | undefined
  readonly derived?: readonly string[] | undefined
  readonly draw?: string | undefined
  readonly 'near-by'?: 'distance' | 'direction' | undefined
  readonly out: string
  readonly report?: string | undefined
  readonly force: boolean
  readonly audit: boolean
}

/** As they are typed: the method may be left to what the attacker holds. */
export type AskedUnlearnArguments = Omit<UnlearnArguments, 'method'> & Partial<Pick<UnlearnArguments, 'method'>>

export const unlearnOptions = {
  ...tableOptions,
  ...inGroup('Method', {
    method: valueFlag(
      'how to unlearn; with --update, the fit says; default: flow, and blind with --attacker-holds history',
      textOption('--method'),
      { choices: methodNames },
    ),
    'attacker-holds': valueFlag(
      'whom to hide from: tables, who holds these tables and some labels; history, who also holds what users did, ' +
        'an earlier release or another model',
      textOption('--attacker-holds'),
      { choices: ['tables', 'history'], default: 'tables' },
    ),
    engine: valueFlag(
      'flow, d2d-r, u2u-r: what computes; tfjs is TensorFlow.js, on a GPU where one is found (INDISTINCT_ENGINE; ' +
        'default: kernels)',
      textOption('--engine'),
      { choices: engines },
    ),
    unlabelled: valueFlag(
      'users without a label: leave them, or map them as everyone (blind, leace, random-noise)',
      textOption('--unlabelled'),
      { choices: ['leave', 'map'], default: 'leave' },
    ),
    lengths: valueFlag(
      'rows that all have one length, such as 1: keep it, or leave moved rows free to have another',
      textOption('--lengths'),
      { choices: ['keep', 'free'], default: 'keep' },
    ),
    delta: textFlag(
      'write here what `restore` needs to bring the original back; as sensitive as the original',
      textOption('--delta'),
    ),
    fit: textFlag('write the fitted method here, for --update; as sensitive as the original', textOption('--fit')),
    update: textFlag(
      'a file that --fit wrote: map new users by it instead of unlearning everyone again',
      textOption('--update'),
    ),
    previous: textFlag(
      'with --update: the table given out before, whose users keep their rows',
      textOption('--previous'),
    ),
    stream: valueFlag(
      'closed forms block by block, in little memory: auto from 1 GiB of float32 on; then no report is written',
      textOption('--stream'),
      { choices: ['auto', 'always', 'never'], default: 'auto' },
    ),
    also: textFlag(
      'flow and blind: further attributes of the file, separated by commas, to be hidden too, and where they meet',
      listOption('--also'),
    ),
    continuous: {
      describe:
        'flow and blind: the attribute is a number, such as an age: dependence on it goes down to chance; reports ' +
        'show its quarters',
      type: 'boolean',
      default: false,
    },
    items: textFlag(
      'flow: table of item vectors; users then move by what it costs in scores, the inner products with them',
      textOption('--items'),
    ),
    derived: textFlag(
      'flow, blind and relabel, several tables: those that no score depends on, separated by commas; they ' +
        'become linear functions of the others',
      filesOption('--derived'),
    ),
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
    draw: textFlag(
      'relabel: a file that --fit wrote of an earlier release; this one is dealt by the same draw',
      textOption('--draw'),
    ),
  }),
  ...inGroup('Parameters of methods', {
    'near-by': valueFlag(
      'relabel: users are near by distance (default), or by direction alone, where scores are inner products',
      textOption('--near-by'),
      { choices: ['distance', 'direction'] },
    ),
  }),
  ...inGroup('Output', {
    out: textFlag(
      `the new table, ${tableExtensionList}; of several tables a file each, separated by commas; JSON sidecars ` +
        'go to <out>.json',
      textOption('--out'),
      { demandOption: true },
    ),
    report: textFlag('the HTML report; default <out>.html, of the first', textOption('--report')),
    force: {
      describe: 'replace files that are there already, and write tables that give away more than before',
      type: 'boolean',
      default: false,
    },
  }),
  ...filingOptions,
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
