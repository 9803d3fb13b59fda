/**
 * @file The options of every command, under the words that call it: what completion, suggestions and the configuration
 * file know.
 */

import type { Options } from 'yargs'
import { batteryOptions } from '../audit/attack-battery.ts'
import { auditOptions } from '../audit/audit-options.ts'
import { certifyOptions } from '../certify/certify-options.ts'
import { compareOptions } from '../compare/compare-options.ts'
import { dataOptions } from '../commands/data.ts'
import { doctorOptions } from '../commands/doctor.ts'
import { exportOptions } from '../commands/export.ts'
import { gridCommandOptions } from '../grid/grid-options.ts'
import { publishOptions } from '../commands/publish.ts'
import { reproduceOptions } from '../commands/reproduce.ts'
import { restoreOptions } from '../commands/restore.ts'
import { rollbackOptions } from '../commands/rollback.ts'
import { shardsOptions } from '../shards/shards-options.ts'
import { versionsOptions } from '../commands/versions.ts'
import { computeOptions, outputOptions } from './common-options.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import { unlearnOptions } from '../unlearn/unlearn-options.ts'

export type OptionTable = Readonly<Record<string, Options>>

export const commandOptions: Readonly<Record<string, OptionTable>> = {
  audit: auditOptions,
  unlearn: unlearnOptions,
  certify: certifyOptions,
  restore: restoreOptions,
  'shards unlearn': shardsOptions.unlearn,
  'shards worker': shardsOptions.worker,
  compare: compareOptions,
  'data list': dataOptions.list,
  'data fetch': dataOptions.fetch,
  'data describe': dataOptions.describe,
  reproduce: reproduceOptions,
  ...Object.fromEntries(Object.entries(gridCommandOptions).map(([name, options]) => [`grid ${name}`, options])),
  export: exportOptions,
  publish: publishOptions,
  versions: versionsOptions,
  rollback: rollbackOptions,
  doctor: doctorOptions,
}

/** Options that a configuration file may give once for all commands that have them. */
export const sharedOptions: OptionTable = { ...tableOptions, ...batteryOptions, ...outputOptions, ...computeOptions }

/** Whether `command` has the shared option `name`, and means the same by it. */
export function takesShared(command: string, name: string): boolean {
  return commandOptions[command]?.[name]?.describe === sharedOptions[name]?.describe
}
