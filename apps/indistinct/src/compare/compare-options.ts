/** @file The options of `compare`. */

import { unlearners, type UnlearnerName } from '@indistinct/unlearners'
import { batteryOptions, type BatteryArguments } from '../audit/attack-battery.ts'
import { rankingOptions, type RankingArguments } from '../inputs/item-ranking.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'
import { inGroup } from '../terminal/command-help.ts'
import { computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { namesOption, textOption, textFlag } from '../terminal/option-values.ts'
import { dryRunOption, type DryRunArguments } from '../outputs/dry-run.ts'

export const methodNames = Object.keys(unlearners) as UnlearnerName[]
/** All but the iterative U2U-R, whose exact minimum another method has in one pass. */
export const defaultMethods = methodNames.filter((name) => name !== 'u2u-r')

export interface CompareArguments
  extends TableArguments, BatteryArguments, CommonArguments, RankingArguments, DryRunArguments {
  readonly methods?: readonly UnlearnerName[] | undefined
  readonly out?: string | undefined
  readonly report?: string | undefined
  readonly force: boolean
}

export const compareOptions = {
  ...tableOptions,
  ...inGroup('Method', {
    methods: textFlag(
      `which of ${methodNames.join(', ')}, separated by commas; default: all but u2u-r`,
      namesOption('--methods', methodNames),
    ),
  }),
  ...inGroup('Output', {
    out: textFlag('write the figures here as JSON', textOption('--out')),
    report: textFlag(
      'write the table and the plot of leak against loss here, .html, or the plot alone, .svg',
      textOption('--report'),
    ),
    force: { describe: 'replace files that are there already', type: 'boolean', default: false },
  }),
  ...dryRunOption,
  ...outputOptions,
  ...rankingOptions,
  ...batteryOptions,
  refit: { ...batteryOptions.refit, default: false },
  ...computeOptions,
} as const
