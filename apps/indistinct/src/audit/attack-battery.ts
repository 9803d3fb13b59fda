/** @file The attacks that `audit` and `unlearn --audit` run, as the user chooses them. */

import {
  battery,
  fineBattery,
  namedAttackers,
  onlyNamed,
  protocols,
  regressionBattery,
  type Attacker,
  type InputName,
  type ProtocolName,
  type RegressionAuditOptions,
} from '@indistinct/attackers'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import {
  durationOption,
  namesOption,
  numberOption,
  textOption,
  textFlag,
  valueFlag,
} from '../terminal/option-values.ts'
import type { AttackTarget } from './attack-target.ts'

/** Of labels and of numbers. */
export const attackers = { ...namedAttackers, ...regressionBattery }

/** Names of sets of attackers, which `--attackers` takes beside their members'. */
const attackerSets: Readonly<Record<string, readonly string[]>> = { fine: Object.keys(fineBattery) }

const attackersHelp =
  `names separated by commas; default: ${Object.keys(battery).join(', ')}; of fine structure: ` +
  `${Object.keys(fineBattery).join(', ')}, or fine for all of these; others: ` +
  `${onlyNamed.map(({ attacker }) => attacker.name).join(', ')}; of numbers, where there is ` +
  `--continuous: ${Object.keys(regressionBattery).join(', ')}; together with --protocols each is run under each`
const attackersNamed = namesOption('--attackers', [...Object.keys(attackers), ...Object.keys(attackerSets)])

export interface BatteryArguments {
  readonly attackers?: readonly string[] | undefined
  readonly protocols?: readonly string[] | undefined
  readonly input: 'all' | InputName
  readonly repeats?: number | undefined
  readonly permutations?: number | undefined
  readonly refit: boolean
  readonly margin?: number | undefined
  readonly budget?: number | undefined
}

export const batteryOptions = inGroup('Attacks', {
  attackers: textFlag(attackersHelp, attackersNamed),
  protocols: textFlag(
    `which of ${Object.keys(protocols).join(', ')}, separated by commas; default: those that the battery has for ` +
      'each attacker',
    namesOption('--protocols', Object.keys(protocols)),
  ),
  input: valueFlag(
    'what attackers that scale matters to are given; all: each input that the battery has for them',
    textOption('--input'),
    { choices: ['all', 'raw', 'standardised', 'whitened'], default: 'all' },
  ),
  repeats: valueFlag(
    'draws of users under each protocol; default: 20 for paper, 2 for five-fold',
    numberOption('--repeats', { integer: true, from: 1, to: 1000 }),
  ),
  permutations: valueFlag(
    'relabellings of the permutation tests, one set for all attacks, tables and attributes; default 200, or ' +
      '999 where scores are held fixed',
    numberOption('--permutations', { integer: true, from: 99, to: 1_000_000 }),
  ),
  refit: {
    describe:
      'fit attackers again under each relabelling; --refit=false holds scores fixed, which is faster and less exact',
    type: 'boolean',
    default: true,
  },
  margin: valueFlag(
    'largest distance of the folded AUC from one half that counts as no leak; default 0.05',
    numberOption('--margin', { above: 0, to: 0.5 }),
  ),
  budget: valueFlag(
    'seconds of one processor that attacks may take, such as 60s or 5m, as estimated beforehand; those that tell ' +
      'most come first, and what is left out is named; default: all attacks',
    durationOption('--budget'),
  ),
} as const satisfies Record<string, Options>)

export type SeededBattery = BatteryArguments & { readonly seed: number }

/** The attackers that `names` stand for, each once. */
export function attackersOf(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => attackerSets[name] ?? [name]))]
}

/** The attackers of labels that were named; none where the battery is to run. */
export function chosenAttackers({ attackers: names }: BatteryArguments): { attackers?: Attacker[] } {
  return names ? { attackers: attackersOf(names).flatMap((name) => namedAttackers[name]?.attacker ?? []) } : {}
}

/** The same of attackers of numbers. */
export function chosenRegressors({ attackers: names }: BatteryArguments): Pick<RegressionAuditOptions, 'regressors'> {
  return names ? { regressors: names.flatMap((name) => regressionBattery[name]?.regressor ?? []) } : {}
}

/** The other options of attacks on a target. */
export function attackOptions(
  { attribute }: AttackTarget,
  args: SeededBattery,
): Omit<RegressionAuditOptions, 'regressors'> {
  return {
    seed: args.seed,
    refit: args.refit,
    attribute,
    ...(args.input !== 'all' && { input: args.input }),
    ...(args.margin !== undefined && { margin: args.margin }),
    ...(args.protocols && { protocols: args.protocols as ProtocolName[] }),
    ...(args.repeats !== undefined && {
      repeats: Object.fromEntries(Object.keys(protocols).map((name) => [name, args.repeats!])),
    }),
    ...(args.permutations !== undefined && { permutations: args.permutations }),
    ...(args.budget !== undefined && { budget: args.budget }),
  }
}
