/** @file Options of `indistinct certify`, and its arguments as yargs gives them. */

import { batteryOptions, type BatteryArguments } from '../audit/attack-battery.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import { inGroup } from '../terminal/command-help.ts'
import { computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { numberOption, textOption, textFlag, valueFlag } from '../terminal/option-values.ts'
import type { MadeFromArguments } from './made-from.ts'

export interface CertifyArguments extends MadeFromArguments, BatteryArguments, CommonArguments {
  readonly confidence: number
  readonly codes?: number | undefined
  readonly out?: string | undefined
  readonly attacks: boolean
  readonly gate?: number | undefined
  readonly report?: string | undefined
  readonly force: boolean
}

export const certifyOptions = {
  ...tableOptions,
  ...inGroup('Bounds', {
    original: {
      describe: 'no labels of this attribute went into the table: it is as training left it',
      type: 'boolean',
      default: false,
    },
    'unlearned-with-labels-of': textFlag(
      'the file of labels that went into the table; users with a label in it are not certified',
      textOption('--unlearned-with-labels-of'),
    ),
    confidence: valueFlag(
      'how sure all bounds are to hold together',
      numberOption('--confidence', { from: 0.5, to: 0.999999 }),
      { default: 0.95 },
    ),
    codes: valueFlag(
      'replace each row by the nearest of so many centres, found without labels on users set aside; bounds any ' +
        'attacker',
      numberOption('--codes', { integer: true, from: 1, to: 4096 }),
    ),
  }),
  ...inGroup('Output', {
    out: textFlag('with --codes: the table of codes, which is what the bounds are of', textOption('--out')),
    gate: valueFlag(
      'exit 5 unless the AUC of any attacker is bounded by this',
      numberOption('--gate', { from: 0.5, to: 1 }),
    ),
    report: textFlag('write an HTML report here', textOption('--report')),
    force: { describe: 'replace files that are there already', type: 'boolean', default: false },
  }),
  ...outputOptions,
  ...inGroup('Attacks', {
    attacks: {
      describe: 'also run the attacks of audit on the users certified; --attacks=false runs none',
      type: 'boolean',
      default: true,
    },
  }),
  ...batteryOptions,
  ...computeOptions,
} as const
