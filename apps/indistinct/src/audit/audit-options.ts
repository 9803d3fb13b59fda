/** @file The options of `audit`. */

import { filingOptions, type FilingArguments } from '../filing/filing-options.ts'
import { inGroup } from '../terminal/command-help.ts'
import { computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { listOption, numberOption, textOption, textFlag, valueFlag } from '../terminal/option-values.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'
import { dryRunOption, type DryRunArguments } from '../outputs/dry-run.ts'
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
    also: textFlag(
      'further attributes of the file, separated by commas, to be attacked too, and where they meet',
      listOption('--also'),
    ),
    continuous: {
      describe: 'the attribute is a number, such as an age: regression attackers, and the others on its quarters',
      type: 'boolean',
      default: false,
    },
    sample: valueFlag(
      'attack so many users, drawn by --seed, of a table or of all shards of a manifest.json; rows are read ' +
        'block by block',
      numberOption('--sample', { integer: true, from: 10 }),
    ),
  }),
  ...heldOptions,
  ...inGroup('Output', {
    gate: valueFlag(
      "exit 5 when the upper 95 % bound of the worst attacker's folded AUC is above this, or the table adds to " +
        'what --with tells',
      numberOption('--gate', { from: 0.5, to: 1 }),
    ),
    report: textFlag('write an HTML report here', textOption('--report')),
    format: {
      describe: 'text, and for github an annotation, the summary of the job and outputs of the step beside it',
      choices: ['text', 'github'],
      default: 'text',
    },
    before: textFlag(
      'what audit --json printed of the table as it was; its figures stand beside these in the summary',
      textOption('--before'),
    ),
    force: { describe: 'replace a report that is there already', type: 'boolean', default: false },
  }),
  ...filingOptions,
  ...dryRunOption,
  ...outputOptions,
  ...batteryOptions,
  ...computeOptions,
} as const
