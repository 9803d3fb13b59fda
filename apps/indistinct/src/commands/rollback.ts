/** @file `indistinct rollback`: back to the version before, or to a named one. */

import { jsonText } from '@indistinct/core'
import type { CommandModule } from 'yargs'
import { described, inGroup } from '../terminal/command-help.ts'
import { outputOptions } from '../terminal/common-options.ts'
import { numberOption, valueFlag } from '../terminal/option-values.ts'
import { openSession } from '../terminal/session.ts'
import {
  storeEnvironment,
  placeFlags,
  placeOptions,
  storeOption,
  withProgress,
  withStore,
  type StoreArguments,
  type StoreKind,
} from '../stores/store-options.ts'
import { switchedJson, switchedText } from '../stores/switched-version.ts'
import { countOf } from '../terminal/text-table.ts'

export interface RollbackArguments extends StoreArguments {
  readonly in: StoreKind
  readonly to?: number | undefined
}

export const rollbackOptions = {
  ...storeOption('in', 'postgres or redis'),
  ...placeOptions,
  ...inGroup('Version', {
    to: valueFlag(
      'the version; default: the one before the live one (see indistinct versions)',
      numberOption('--to', { integer: true, from: 1 }),
    ),
  }),
  ...outputOptions,
} as const

export const rollbackCommand: CommandModule<object, RollbackArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'rollback --in STORE',
      examples: ['rollback --in postgres --table users', 'rollback --in redis --prefix user: --to 1'],
      notes: ['Users who were deleted since stay deleted; vectors of users who came since stay as they are.'],
      environment: storeEnvironment,
    }).options(rollbackOptions) as never,
  handler: (args) => rollBack(args),
}

async function rollBack(args: RollbackArguments): Promise<void> {
  const session = openSession(args)
  const { place, done } = await withStore(args.in, args, (store) =>
    withProgress(session.log, 'rollback', async (onProgress) => ({
      place: store.place,
      done: await store.rollBack({ to: args.to, onProgress }),
    })),
  )
  if (done.leftovers) session.log.warn(`${place}: removed what an interrupted run had left behind`)
  if (done.others > 0)
    session.log.warn(
      `${place}: ${countOf(done.others, 'user')} not in version ${done.version}: vectors stayed as they were`,
    )
  if (args.json) session.result(jsonText(switchedJson('indistinct/rollback/1', args.in, place, done), 2))
  else session.result(switchedText(place, done, placeFlags(args.in, args)))
}
