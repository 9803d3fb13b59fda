/** @file The attacks that `audit` and `unlearn --audit` run, as the user chooses them. */

import { usageError, type Json, type Labels, type Matrix } from '@indistinct/core'
import {
  audit,
  auditRegression,
  battery,
  fineBattery,
  foreseeAudit,
  namedAttackers,
  onlyNamed,
  planAudit,
  planRegressionAudit,
  protocols,
  regressionBattery,
  type Attacker,
  type AuditResult,
  type ForeseenAudit,
  type InputName,
  type ProtocolName,
  type RegressionAuditOptions,
} from '@indistinct/attackers'
import type { Options } from 'yargs'
import { inGroup } from '../terminal/command-help.ts'
import type { Log } from '../terminal/log.ts'
import {
  durationOption,
  namesOption,
  numberOption,
  textOption,
  textFlag,
  valueFlag,
} from '../terminal/option-values.ts'
import { about } from '../terminal/wall-clock.ts'
import type { AttackTarget, TargetAudit } from './attack-target.ts'
import { grouped } from '../terminal/text-table.ts'

/** Of labels and of numbers. */
export const attackers = { ...namedAttackers, ...regressionBattery }

/** Names of sets of attackers, which `--attackers` takes beside their members'. */
const attackerSets: Readonly<Record<string, readonly string[]>> = { fine: Object.keys(fineBattery) }

const attackersHelp =
  `which of ${Object.keys(battery).join(', ')}; of fine structure, ${Object.keys(fineBattery).join(', ')}, or ` +
  `fine for all of these; of others, ${onlyNamed.map(({ attacker }) => attacker.name).join(', ')}; ` +
  `and with --continuous ${Object.keys(regressionBattery).join(', ')}, separated by commas; default: all but ` +
  'those of fine structure and others; ' +
  'together with --protocols each is run under each'
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

type SeededBattery = BatteryArguments & { readonly seed: number }

/** Runs the chosen battery on `embedding` (N, K) with `labels`, showing progress. */
export function runBattery(
  embedding: Matrix,
  attribute: string,
  labels: Labels,
  args: SeededBattery,
  log: Log,
  label: string,
): Promise<AuditResult> {
  return attackTarget(embedding, { attribute, labels }, args, log, label) as Promise<AuditResult>
}

export interface PartsOptions {
  /** Audits that are judged together, of which this is one: a budget is shared, and each runs all its relabellings. */
  readonly parts?: number
}

/**
 * Runs the chosen attackers of labels, or of numbers, on `embedding` (N, K), showing progress; long work says first how
 * long it takes.
 */
export async function attackTarget(
  embedding: Matrix,
  target: AttackTarget,
  args: SeededBattery,
  log: Log,
  label: string,
  { parts = 1 }: PartsOptions = {},
): Promise<TargetAudit> {
  const options = {
    ...optionsOf(target, args),
    ...(parts > 1 && { sequential: false }),
    ...(args.budget !== undefined && { budget: args.budget / parts }),
  }
  if ('values' in target && args.budget !== undefined)
    throw usageError('--budget: it is for attacks on labels; leave out --continuous, or the budget')
  const chosen = { ...options, ...chosenAttackers(args) }
  if (!('values' in target)) {
    const line = foreseenLine(foreseeAudit(embedding, target.labels, chosen))
    if (line !== undefined) log.info(`${label}: ${line}`)
  }
  const progress = log.progress(label)
  const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void =>
    progress.update(done / total, 1)
  try {
    if ('values' in target)
      return await auditRegression(embedding, target.values, { ...options, ...chosenRegressors(args), onProgress })
    return await audit(embedding, target.labels, {
      ...chosen,
      onProgress,
      ...(log.scored && { onScored: (attack) => log.scored!(label, attack) }),
    })
  } finally {
    progress.end()
  }
}

/** Seconds of work from which it is worth a line. */
const worthALine = 5

/** What an audit will take and can see; nothing of short ones that leave nothing out. */
function foreseenLine({
  attacks,
  notRun,
  seconds,
  users,
  labelled,
  smallestDetectable,
}: ForeseenAudit): string | undefined {
  if (seconds < worthALine && users === labelled && notRun.length === 0) return undefined
  const drawn =
    users < labelled ? `${grouped(users)} of ${grouped(labelled)} users, drawn by the seed` : `${grouped(users)} users`
  const left = notRun.length > 0 ? ` (${notRun.length} are left out by --budget)` : ''
  return (
    `a leak shows from a folded AUC of about ${smallestDetectable.toFixed(3)}; ` +
    `${attacks.length} attacks${left} on ${drawn}, ${about(seconds)}`
  )
}

/** Processor seconds of what `attackTarget` would run on each of `targets`. */
export function targetsSeconds(embedding: Matrix, targets: readonly AttackTarget[], args: SeededBattery): number {
  return targets.reduce((sum, target) => {
    const options = optionsOf(target, args)
    const attacks =
      'values' in target
        ? planRegressionAudit(embedding, target.values, { ...options, ...chosenRegressors(args) })
        : planAudit(embedding, target.labels, { ...options, ...chosenAttackers(args) })
    return attacks.reduce((total, { seconds }) => total + seconds, sum)
  }, 0)
}

/** What `attackTarget` would run on each of `targets`, a line an attack, for --dry-run. */
export function planTargets(
  embedding: Matrix,
  targets: readonly AttackTarget[],
  args: SeededBattery,
): { steps: string[]; attacks: Json } {
  const several = targets.length > 1
  const attacks = targets.flatMap((target) => {
    const options = optionsOf(target, args)
    const planned =
      'values' in target
        ? planRegressionAudit(embedding, target.values, { ...options, ...chosenRegressors(args) })
        : planAudit(embedding, target.labels, { ...options, ...chosenAttackers(args) })
    return planned.map((attack) => ({ ...(several && { attribute: target.attribute }), ...attack }))
  })
  const fits = attacks.reduce((sum, each) => sum + each.fits, 0)
  const seconds = attacks.reduce((sum, each) => sum + each.seconds, 0)
  return {
    steps: [
      `${attacks.length} attacks, at most ${grouped(fits)} fits, ${about(seconds)}`,
      ...attacks.map(
        ({ attribute, attacker, protocol, input, fits }) =>
          `  ${attribute === undefined ? '' : `${attribute}: `}${attacker}, ${protocol}, ${input}: ` +
          `${grouped(fits)} fits`,
      ),
    ],
    attacks: attacks.map(({ seconds, ...attack }) => ({ ...attack, seconds: Number(seconds.toPrecision(2)) })),
  }
}

/** The attackers that `names` stand for, each once. */
export function attackersOf(names: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => attackerSets[name] ?? [name]))]
}

/** The attackers of labels that were named; none where the battery is to run. */
function chosenAttackers({ attackers: names }: BatteryArguments): { attackers?: Attacker[] } {
  return names ? { attackers: attackersOf(names).flatMap((name) => namedAttackers[name]?.attacker ?? []) } : {}
}

function chosenRegressors({ attackers: names }: BatteryArguments): Pick<RegressionAuditOptions, 'regressors'> {
  return names ? { regressors: names.flatMap((name) => regressionBattery[name]?.regressor ?? []) } : {}
}

function optionsOf({ attribute }: AttackTarget, args: SeededBattery): Omit<RegressionAuditOptions, 'regressors'> {
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
