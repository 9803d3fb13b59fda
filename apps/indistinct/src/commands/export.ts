/** @file `indistinct export`: the live vectors of a store as a file, with their ids. */

import { basename } from 'node:path'
import { counted, jsonText } from '@indistinct/core'
import { embeddingTable, tableFiles, writeTable } from '@indistinct/embeddings'
import type { CommandModule } from 'yargs'
import { described, inGroup } from '../terminal/command-help.ts'
import { outputOptions } from '../terminal/common-options.ts'
import { textOption, textFlag } from '../terminal/option-values.ts'
import { checkOutputFormat, checkOutputs } from '../outputs/output-files.ts'
import { openSession } from '../terminal/session.ts'
import { writingFiles } from '../terminal/signals.ts'
import {
  storeEnvironment,
  placeOptions,
  storeOption,
  withProgress,
  withStore,
  type StoreArguments,
  type StoreKind,
} from '../stores/store-options.ts'
import { countOf, grouped } from '../terminal/text-table.ts'

export interface ExportArguments extends StoreArguments {
  readonly from: StoreKind
  readonly out: string
  readonly force: boolean
}

export const exportOptions = {
  ...storeOption('from', 'postgres or redis'),
  ...placeOptions,
  ...inGroup('Output', {
    out: textFlag('the file; its ids go to <out>.ids.csv where the format has no place for them', textOption('--out'), {
      demandOption: true,
    }),
    force: { describe: 'replace files that are there already', type: 'boolean', default: false },
  }),
  ...outputOptions,
} as const

export const exportCommand: CommandModule<object, ExportArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'export --from STORE --out FILE',
      examples: [
        'export --from postgres --table users --out users.npy',
        'export --from postgres --table app.users --id-column user_id --vector-column factors --out users.csv',
        'export --from redis --prefix user: --out users.npy',
      ],
      environment: storeEnvironment,
    }).options(exportOptions) as never,
  handler: (args) => exportTable(args),
}

async function exportTable(args: ExportArguments): Promise<void> {
  const session = openSession(args)
  checkOutputFormat(args.out)
  checkOutputs([args.out], [], args.force)
  const { place, stored } = await withStore(args.from, args, (store) =>
    withProgress(session.log, 'export', async (onProgress) => ({
      place: store.place,
      stored: await store.read({ onProgress }),
    })),
  )
  const { ids, matrix, withoutVector } = stored
  const table = embeddingTable({ ids, matrix, idColumn: 'id', name: place })
  for (const warning of table.warnings) session.log.warn(warning)
  if (withoutVector > 0) session.log.warn(`${grouped(withoutVector)} without a vector in ${place}: left out`)
  checkOutputs(tableFiles(args.out, table), [], args.force)
  const files = await writingFiles(() => writeTable(args.out, table, { force: args.force }))
  const record = {
    schema: 'indistinct/export/1',
    store: args.from,
    place,
    rows: matrix.rows,
    dimensions: matrix.cols,
    withoutVector,
    output: files.map(({ path, sha256 }) => ({ file: basename(path), sha256 })),
  }
  if (args.json) session.result(jsonText(record, 2))
  else
    session.result(
      [
        `${countOf(matrix.rows, 'user')}, ${counted(matrix.cols, 'dimension')}, from ${place}`,
        ...files.map(({ path, sha256 }) => `${path}  sha256 ${sha256}`),
        '',
      ].join('\n'),
    )
}
