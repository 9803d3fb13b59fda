/** @file The attacks that `audit` and `unlearn --audit` run, as the user chooses them. */

import { usageError, type Matrix } from '@indistinct/core'
import { audit, mlp, protocols, xgb, type Attacker, type AuditResult, type ProtocolName } from '@indistinct/attackers'
import type { Options } from 'yargs'
import type { Log } from './log.ts'
import { nearest } from './nearest.ts'
import { numberOption, textOption } from './option-values.ts'
import type { TableInputs } from './table-inputs.ts'

export const attackers: Readonly<Record<string, { readonly attacker: Attacker; readonly description: string }>> = {
  mlp: { attacker: mlp, description: 'one hidden layer of 100, L2 penalty 1.0, as in the paper' },
  xgb: { attacker: xgb, description: 'XGBoost with its defaults, as in the paper: 100 trees of depth 6' },
}

export interface BatteryArguments {
  readonly attackers?: readonly string[] | undefined
  readonly protocols?: readonly string[] | undefined
  readonly input: 'both' | 'raw' | 'standardised'
  readonly repeats?: number | undefined
  readonly permutations?: number | undefined
}

export const batteryOptions = {
  attackers: { describe: `which of ${Object.keys(attackers).join(', ')}, separated by commas; default: all`, type: 'string', requiresArg: true, coerce: namesOption('--attackers', Object.keys(attackers)) },
  protocols: { describe: `which of ${Object.keys(protocols).join(', ')}, separated by commas; default: all`, type: 'string', requiresArg: true, coerce: namesOption('--protocols', Object.keys(protocols)) },
  input: { describe: 'what attackers that scale matters to are given', choices: ['both', 'raw', 'standardised'], default: 'both', requiresArg: true, coerce: textOption('--input') },
  repeats: { describe: 'draws of users under each protocol; default: 10 for paper, 2 for five-fold', requiresArg: true, coerce: numberOption('--repeats', { integer: true, from: 1, to: 1000 }) },
  permutations: { describe: 'permutations of the permutation test; default 999', requiresArg: true, coerce: numberOption('--permutations', { integer: true, from: 99, to: 1_000_000 }) },
} as const satisfies Record<string, Options>

/** Runs the chosen battery on `embedding` (N, K) with the labels of `inputs`, showing progress. */
export async function runBattery(embedding: Matrix, inputs: TableInputs, args: BatteryArguments & { readonly seed: number }, log: Log, label: string): Promise<AuditResult> {
  const progress = log.progress(label)
  try {
    return await audit(embedding, inputs.labels, {
      seed: args.seed,
      input: args.input,
      attribute: inputs.column.name,
      onProgress: ({ done, total }) => progress.update(done, total),
      ...(args.attackers && { attackers: args.attackers.map((name) => attackers[name]!.attacker) }),
      ...(args.protocols && { protocols: args.protocols as ProtocolName[] }),
      ...(args.repeats !== undefined && { repeats: Object.fromEntries(Object.keys(protocols).map((name) => [name, args.repeats!])) }),
      ...(args.permutations !== undefined && { permutations: args.permutations }),
    })
  } finally {
    progress.end()
  }
}

function namesOption(flag: string, known: readonly string[]): (value: unknown) => string[] | undefined {
  return (value) => {
    const names = textOption(flag)(value)?.split(',').map((name) => name.trim())
    for (const name of names ?? []) {
      if (known.includes(name)) continue
      const near = nearest(name, known)
      throw usageError(`${flag}: expected some of ${known.join(', ')}, got ${JSON.stringify(name)}${near === undefined ? '' : `; did you mean ${near}?`}`)
    }
    return names && [...new Set(names)]
  }
}
