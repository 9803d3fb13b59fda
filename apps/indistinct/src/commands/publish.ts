/**
 * @file `indistinct publish`: a table into the store it came from, as a new version that is live at once or not at all.
 */

import { basename } from 'node:path'
import { badData, counted, jsonText } from '@indistinct/core'
import { readTable, tableSide, type EmbeddingTable } from '@indistinct/embeddings'
import type { CommandModule } from 'yargs'
import { described, inGroup } from '../terminal/command-help.ts'
import { outputOptions } from '../terminal/common-options.ts'
import { textOption, textFlag } from '../terminal/option-values.ts'
import { dryRunOption, showPlan, type Plan, type DryRunArguments } from '../outputs/dry-run.ts'
import { openSession, type Session } from '../terminal/session.ts'
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
import { tableOptions } from '../inputs/table-inputs.ts'
import { countOf, grouped } from '../terminal/text-table.ts'

export interface PublishArguments extends StoreArguments, DryRunArguments {
  readonly file: string
  readonly to: StoreKind
  readonly ids?: string | undefined
  readonly 'file-id-column'?: string | undefined
  readonly 'table-key'?: string | undefined
  readonly scale?: number | undefined
  readonly 'zero-point'?: number | undefined
  readonly dimensions?: readonly string[] | undefined
  readonly partial: boolean
}

export const publishOptions = {
  ...storeOption('to', 'postgres or redis'),
  ...placeOptions,
  ...inGroup('Table', {
    ids: tableOptions.ids,
    'file-id-column': textFlag(
      'id column of FILE or of the ids file; default: id or user',
      textOption('--file-id-column'),
    ),
    'table-key': tableOptions['table-key'],
    scale: tableOptions.scale,
    'zero-point': tableOptions['zero-point'],
    dimensions: tableOptions.dimensions,
    partial: {
      describe: 'leave users alone that the store holds and FILE does not, instead of refusing',
      type: 'boolean',
      default: false,
    },
  }),
  ...dryRunOption,
  ...outputOptions,
} as const

export const publishCommand: CommandModule<object, PublishArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'publish FILE --to STORE',
      examples: [
        'publish unlearned.npy --ids unlearned.npy.ids.csv --to postgres --table users',
        'publish unlearned.csv --to postgres --table app.users --vector-column factors',
        'publish unlearned.csv --to redis --prefix user:',
      ],
      notes: [
        'Readers see all old vectors or all new ones. The old ones are kept: indistinct rollback goes',
        'back to them, indistinct versions --prune removes them. See docs/stores.md.',
      ],
      environment: storeEnvironment,
    })
      .positional('file', {
        describe: 'embeddings, one row a user, in any format that unlearn reads',
        type: 'string',
        demandOption: true,
      })
      .options(publishOptions) as never,
  handler: (args) => publish(args),
}

async function publish(args: PublishArguments): Promise<void> {
  const session = openSession(args)
  const table = await readTable(args.file, {
    ids: args.ids,
    idColumn: args['file-id-column'],
    key: args['table-key'],
    dimensions: args.dimensions,
    scale: args.scale,
    zeroPoint: args['zero-point'],
  })
  if (args['file-id-column'] === undefined && !tableSide(table).ids)
    throw badData(
      `${args.file} has no ids, and users of a store are found by theirs: row numbers are not taken for ids; name ` +
        'the rows (--ids FILE), or the column that holds the ids (--file-id-column)',
    )
  for (const warning of table.warnings) session.log.warn(warning)
  if (table.dtype === 'f8')
    session.log.warn(`${args.file} holds float64; the store holds float32, and gets the nearest values`)
  const sha256 = table.source!.sha256
  if (args['dry-run']) return showPlan(await publishPlan(args, table, session), args.json, session)
  const { place, done } = await withStore(args.to, args, (store) =>
    withProgress(session.log, 'publish', async (onProgress) => ({
      place: store.place,
      done: await store.publish(table, { partial: args.partial, file: sha256, onProgress }),
    })),
  )
  if (done.leftovers) session.log.warn(`${place}: removed what an interrupted run had left behind`)
  if (done.others > 0)
    session.log.warn(`${place}: ${countOf(done.others, 'user')} not in ${args.file}: vectors stayed as they were`)
  const record = {
    ...switchedJson('indistinct/publish/1', args.to, place, done),
    input: { file: basename(args.file), sha256 },
  }
  if (args.json) session.result(jsonText(record, 2))
  else session.result(switchedText(place, done, placeFlags(args.to, args)))
}

/** What `publish` would do: the store is asked, and nothing is written. */
async function publishPlan(args: PublishArguments, table: EmbeddingTable, { log }: Session): Promise<Plan> {
  const { place, version, live, others } = await withStore(args.to, args, (store) =>
    withProgress(log, 'publish', async (onProgress) => ({
      place: store.place,
      ...(await store.rehearse(table, { partial: args.partial, onProgress })),
    })),
  )
  const { rows, cols } = table.matrix
  const kept = others > 0 ? `, but for ${grouped(others)} who would keep their vectors` : ''
  const step =
    version === live
      ? `${place} holds these vectors as version ${version} already: nothing would change`
      : `${place}: the users are the same${kept}; version ${version} would be written, verified and live`
  return {
    command: 'publish',
    steps: [`${args.file}: ${countOf(rows, 'user')}, ${counted(cols, 'dimension')}`, step],
    facts: { store: args.to, place, version, live: live ?? null, others, rows, dimensions: cols },
    writes: [],
  }
}
