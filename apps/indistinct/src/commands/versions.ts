/** @file `indistinct versions`: what a store keeps, and removing it. */

import { jsonText, type Json } from '@indistinct/core'
import type { CommandModule } from 'yargs'
import { described, inGroup } from '../terminal/command-help.ts'
import { outputOptions } from '../terminal/common-options.ts'
import { openSession } from '../terminal/session.ts'
import {
  storeEnvironment,
  placeOptions,
  storeOption,
  withStore,
  type StoreArguments,
  type StoreKind,
} from '../stores/store-options.ts'
import { textTable } from '../terminal/text-table.ts'

export interface VersionsArguments extends StoreArguments {
  readonly in: StoreKind
  readonly prune: boolean
}

export const versionsOptions = {
  ...storeOption('in', 'postgres or redis'),
  ...placeOptions,
  ...inGroup('Version', {
    prune: { describe: 'remove every version but the live one; there is no way back', type: 'boolean', default: false },
  }),
  ...outputOptions,
} as const

export const versionsCommand: CommandModule<object, VersionsArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'versions --in STORE',
      examples: ['versions --in postgres --table users', 'versions --in redis --prefix user: --prune'],
      environment: storeEnvironment,
    }).options(versionsOptions) as never,
  handler: (args) => versions(args),
}

async function versions(args: VersionsArguments): Promise<void> {
  const session = openSession(args)
  const { place, removed, kept } = await withStore(args.in, args, async (store) => {
    const removed = args.prune ? await store.prune() : []
    return { place: store.place, removed, kept: await store.versions() }
  })
  if (args.json) {
    session.result(
      jsonText(
        { schema: 'indistinct/versions/1', store: args.in, place, removed, versions: kept as unknown as Json },
        2,
      ),
    )
    return
  }
  if (args.prune)
    session.log.info(
      removed.length === 0
        ? 'nothing to remove'
        : `removed ${removed.length === 1 ? 'version' : 'versions'} ${removed.join(', ')}`,
    )
  if (kept.length === 0) session.result(`nothing was published to ${place}\n`)
  else {
    session.result(
      textTable(
        ['version', 'state', 'users', 'dimensions', 'before', 'checksum', 'from file (sha256)'],
        kept.map(({ version, live, rows, dimensions, before, checksum, file }) => [
          version,
          live ? 'live' : 'kept',
          rows,
          dimensions,
          before ?? '-',
          checksum.slice(0, 12),
          file?.slice(0, 12) ?? 'found in the store',
        ]),
      ),
    )
  }
}
