/** @file The options of `audit`. */

import { filingOptions, type FilingArguments } from '../filing/filing-options.ts'
import { inGroup } from '../terminal/command-help.ts'
import { computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { listOption, numberOption, textOption } from '../terminal/option-values.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'
import { dryRunOption, type DryRunArguments } from '../unlearn/plan.ts'
import { batteryOptions, type BatteryArguments } from './attack-battery.ts'
import { heldOptions, type HeldArguments } from './held-by-attacker.ts'

export interface AuditArguments
  extends
    Omit<TableArguments, 'table'>,
    BatteryArguments,
    CommonArguments,
    DryRunArguments,
    FilingArguments,
    HeldArguments {
  readonly tables: readonly string[]
  readonly also?: readonly string[] | undefined
  readonly continuous: boolean
  readonly gate?: number | undefined
  readonly report?: string | undefined
  readonly format: 'text' | 'github'
  readonly before?: string | undefined
  readonly force: boolean
}

export const auditOptions = {
  ...tableOptions,
  ...inGroup('Table and labels', {
    also: {
      describe: 'further attributes of the file, separated by commas, to be attacked too, and where they meet',
      type: 'string',
      requiresArg: true,
      coerce: listOption('--also'),
    },
    continuous: {
      describe: 'the attribute is a number, such as an age: regression attackers, and the others on its quarters',
      type: 'boolean',
      default: false,
    },
    sample: {
      describe:
        'attack so many users, drawn by --seed, of a table or of all shards of a manifest.json; rows are read ' +
        'block by block',
      requiresArg: true,
      coerce: numberOption('--sample', { integer: true, from: 10 }),
    },
  }),
  ...heldOptions,
  ...inGroup('Output', {
    gate: {
      describe:
        "exit 5 when the upper 95 % bound of the worst attacker's folded AUC is above this, or the table adds to " +
        'what --with tells',
      requiresArg: true,
      coerce: numberOption('--gate', { from: 0.5, to: 1 }),
    },
    report: {
      describe: 'write an HTML report here',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--report'),
    },
    format: {
      describe: 'text, and for github an annotation, the summary of the job and outputs of the step beside it',
      choices: ['text', 'github'],
      default: 'text',
    },
    before: {
      describe: 'what audit --json printed of the table as it was; its figures stand beside these in the summary',
      type: 'string',
      requiresArg: true,
      coerce: textOption('--before'),
    },
    force: { describe: 'replace a report that is there already', type: 'boolean', default: false },
  }),
  ...filingOptions,
  ...dryRunOption,
  ...outputOptions,
  ...batteryOptions,
  ...computeOptions,
} as const
