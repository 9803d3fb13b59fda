/** @file The attacks that `audit` and `unlearn --audit` run, as the user chooses them. */

import type { Json, Matrix } from '@indistinct/core'
import { audit, battery, planAudit, protocols, type AuditOptions, type AuditResult, type InputName, type ProtocolName } from '@indistinct/attackers'
import type { Options } from 'yargs'
import { inGroup } from './command-help.ts'
import type { Log } from './log.ts'
import { namesOption, numberOption, textOption } from './option-values.ts'
import type { TableInputs } from './table-inputs.ts'
import { grouped } from './text-table.ts'

export const attackers = battery

export interface BatteryArguments {
  readonly attackers?: readonly string[] | undefined
  readonly protocols?: readonly string[] | undefined
  readonly input: 'all' | InputName
  readonly repeats?: number | undefined
  readonly permutations?: number | undefined
  readonly refit: boolean
  readonly margin?: number | undefined
}

export const batteryOptions = inGroup('Attacks', {
  attackers: { describe: `which of ${Object.keys(attackers).join(', ')}, separated by commas; default: all`, type: 'string', requiresArg: true, coerce: namesOption('--attackers', Object.keys(attackers)) },
  protocols: { describe: `which of ${Object.keys(protocols).join(', ')}, separated by commas; default: all`, type: 'string', requiresArg: true, coerce: namesOption('--protocols', Object.keys(protocols)) },
  input: { describe: 'what attackers that scale matters to are given; all: each input that the battery has for them', choices: ['all', 'raw', 'standardised', 'whitened'], default: 'all', requiresArg: true, coerce: textOption('--input') },
  repeats: { describe: 'draws of users under each protocol; default: 20 for paper, 2 for five-fold', requiresArg: true, coerce: numberOption('--repeats', { integer: true, from: 1, to: 1000 }) },
  permutations: { describe: 'relabellings of the permutation tests; default 200, or 999 where scores are held fixed', requiresArg: true, coerce: numberOption('--permutations', { integer: true, from: 99, to: 1_000_000 }) },
  refit: { describe: 'fit attackers again under each relabelling; --refit=false holds scores fixed, which is faster and less exact', type: 'boolean', default: true },
  margin: { describe: 'largest distance of the folded AUC from one half that counts as no leak; default 0.05', requiresArg: true, coerce: numberOption('--margin', { above: 0, to: 0.5 }) },
} as const satisfies Record<string, Options>)

/** Runs the chosen battery on `embedding` (N, K) with the labels of `inputs`, showing progress. */
export async function runBattery(embedding: Matrix, inputs: TableInputs, args: BatteryArguments & { readonly seed: number }, log: Log, label: string): Promise<AuditResult> {
  const progress = log.progress(label)
  try {
    return await audit(embedding, inputs.labels, { ...auditOptionsOf(args, inputs), onProgress: ({ done, total }) => progress.update(done, total) })
  } finally {
    progress.end()
  }
}

/** What `runBattery` would run, a line an attack, for --dry-run. */
export function planBattery(embedding: Matrix, inputs: TableInputs, args: BatteryArguments & { readonly seed: number }): { steps: string[]; attacks: Json } {
  const attacks = planAudit(embedding, inputs.labels, auditOptionsOf(args, inputs))
  const fits = attacks.reduce((sum, each) => sum + each.fits, 0)
  return {
    steps: [`${attacks.length} attacks, ${grouped(fits)} fits`, ...attacks.map(({ attacker, protocol, input, fits }) => `  ${attacker}, ${protocol}, ${input}: ${grouped(fits)} fits`)],
    attacks: attacks.map((attack) => ({ ...attack })),
  }
}

function auditOptionsOf(args: BatteryArguments & { readonly seed: number }, inputs: TableInputs): AuditOptions {
  return {
    seed: args.seed,
    refit: args.refit,
    attribute: inputs.column.name,
    ...(args.input !== 'all' && { input: args.input }),
    ...(args.margin !== undefined && { margin: args.margin }),
    ...(args.attackers && { attackers: args.attackers.map((name) => attackers[name]!.attacker) }),
    ...(args.protocols && { protocols: args.protocols as ProtocolName[] }),
    ...(args.repeats !== undefined && { repeats: Object.fromEntries(Object.keys(protocols).map((name) => [name, args.repeats!])) }),
    ...(args.permutations !== undefined && { permutations: args.permutations }),
  }
}
