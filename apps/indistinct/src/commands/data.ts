/** @file `indistinct data`: the data sets that are known by name, what they hold, and how to get them. */

import { jsonText, usageError, type Json } from '@indistinct/core'
import {
  cacheFolder,
  describe,
  fetchDataset,
  findDataset,
  kCore,
  knownDatasets,
  loadDataset,
  loadOwnFiles,
  type DatasetDescription,
  type KnownDataset,
} from '@indistinct/datasets'
import type { CommandModule, Options } from 'yargs'
import { ownDataOptions, ownFilesOf, type OwnDataArguments } from '../inputs/own-data-options.ts'
import { described, inGroup } from '../terminal/command-help.ts'
import { computeOptions, dataEnvironment, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { numberOption, textOption, textFlag, valueFlag } from '../terminal/option-values.ts'
import { openSession } from '../terminal/session.ts'
import { abortable } from '../terminal/signals.ts'
import { grouped, textTable } from '../terminal/text-table.ts'

interface PlaceArguments extends Pick<CommonArguments, 'json' | 'quiet'> {
  readonly 'data-folder'?: string | undefined
}

interface FetchArguments extends PlaceArguments {
  readonly name: string
  readonly 'accept-licence': boolean
  readonly 'from-file'?: string | undefined
}

interface DescribeArguments extends PlaceArguments, CommonArguments, OwnDataArguments {
  readonly name?: string | undefined
  readonly core?: number | undefined
}

const placeOptions = inGroup('Data', {
  'data-folder': textFlag('folder with one folder a data set (INDISTINCT_DATA)', textOption('--data-folder')),
} as const satisfies Record<string, Options>)

export const dataOptions = {
  list: { ...placeOptions, ...outputOptions },
  fetch: {
    ...inGroup('Download', {
      'accept-licence': { describe: 'you have read the licence and accept it', type: 'boolean', default: false },
      'from-file': textFlag('the official download, already on this machine', textOption('--from-file')),
    }),
    ...outputOptions,
  },
  describe: {
    ...placeOptions,
    ...ownDataOptions,
    ...inGroup('Data', {
      core: valueFlag(
        'count after dropping users and items with fewer interactions, as the paper does with 5',
        numberOption('--core', { integer: true, from: 1 }),
      ),
    }),
    ...outputOptions,
    seed: computeOptions.seed,
  },
} as const satisfies Record<string, Record<string, Options>>

const listCommand: CommandModule<object, PlaceArguments> = {
  command: 'list',
  describe: 'known data sets, their licences and where they are',
  builder: (yargs) =>
    described(yargs, {
      usage: 'data list',
      examples: ['data list', 'data list --json'],
      environment: dataEnvironment,
    }).options(dataOptions.list) as never,
  handler: (args) => list(args),
}

const fetchCommand: CommandModule<object, FetchArguments> = {
  command: 'fetch <name>',
  describe: 'download a data set, check its digest, put it into the cache',
  builder: (yargs) =>
    described(yargs, {
      usage: 'data fetch NAME --accept-licence',
      examples: ['data fetch ml-100k --accept-licence', 'data fetch ml-1m --accept-licence --from-file ml-1m.zip'],
    })
      .positional('name', { describe: 'see indistinct data list', type: 'string', demandOption: true })
      .options(dataOptions.fetch) as never,
  handler: (args) => fetch(args),
}

const describeCommand: CommandModule<object, DescribeArguments> = {
  command: 'describe [name]',
  describe: "users, items, interactions and classes: a row of the paper's Table 2",
  builder: (yargs) =>
    described(yargs, {
      usage: 'data describe NAME',
      examples: [
        'data describe synthetic',
        'data describe ml-100k --core 5 --json',
        'data describe --interactions plays.csv --attributes people.csv --core 5',
      ],
      environment: dataEnvironment,
    })
      .positional('name', { describe: 'see indistinct data list; or --interactions', type: 'string' })
      .options(dataOptions.describe) as never,
  handler: (args) => describeNamed(args),
}

export const dataCommand: CommandModule = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'data list | fetch NAME | describe NAME',
      examples: ['data list', 'data fetch ml-100k --accept-licence', 'data describe ml-100k'],
    })
      .command(listCommand)
      .command(fetchCommand)
      .command(describeCommand)
      .demandCommand(1, 'data: expected list, fetch or describe')
      .strict(),
  handler: () => {},
}

function list(args: PlaceArguments): void {
  const session = openSession(args)
  const states = knownDatasets.map((known) => ({ known, ...stateOf(known, args) }))
  if (args.json) {
    const datasets = states.map(({ known, state, folder }) => ({
      name: known.name,
      title: known.title,
      licence: known.licence,
      page: known.page,
      state,
      folder,
      counts: known.counts,
    }))
    session.result(jsonText({ schema: 'indistinct/data-list/1', datasets }, 2))
    return
  }
  const rows = states.map(({ known, state }) => [
    known.name,
    known.counts ? grouped(known.counts.users) : '',
    known.counts ? grouped(known.counts.items) : '',
    known.counts ? grouped(known.counts.interactions) : '',
    state,
    known.title,
  ])
  const licences = states.map(({ known: { name, licence, page }, folder }) => {
    const parts = [licence, ...(page === undefined ? [] : [page]), ...(folder === undefined ? [] : [`in ${folder}`])]
    return `${name}: ${parts.join('; ')}\n`
  })
  session.result(
    `${textTable(['name', 'users', 'items', 'interactions', 'state', 'title'], rows)}\n${licences.join('')}`,
  )
}

function stateOf(
  known: KnownDataset,
  args: PlaceArguments,
): { state: 'generated' | 'present' | 'absent' | 'withdrawn'; folder?: string } {
  if (known.kind === 'generated') return { state: 'generated' }
  const folder = findDataset(known, { dataFolder: args['data-folder'] })
  if (folder !== undefined) return { state: 'present', folder }
  return { state: known.withdrawn === undefined ? 'absent' : 'withdrawn' }
}

async function fetch(args: FetchArguments): Promise<void> {
  const session = openSession(args)
  const progress = session.log.progress(`fetch ${args.name}`)
  const { folder, files } = await abortable(async (signal) => {
    try {
      return await fetchDataset(args.name, {
        acceptLicence: args['accept-licence'],
        cacheFolder: cacheFolder(),
        signal,
        onProgress: (received, total) => progress.update(received, total, 'bytes'),
        ...(args['from-file'] !== undefined && { fromFile: args['from-file'] }),
      })
    } finally {
      progress.end()
    }
  })
  if (args.json) session.result(jsonText({ schema: 'indistinct/data-fetch/1', name: args.name, folder, files }, 2))
  else session.result(`${folder}\n${files.map((file) => `  ${file}\n`).join('')}`)
}

async function describeNamed(args: DescribeArguments): Promise<void> {
  const session = openSession(args)
  const own = ownFilesOf(args)
  if ((own === undefined) === (args.name === undefined))
    throw usageError(
      `data describe: expected the NAME of a data set or --interactions, got ${own ? 'both' : 'neither'}; ` +
        'see indistinct data describe --help',
    )
  const loaded = own
    ? await loadOwnFiles(own)
    : await loadDataset(args.name!, { dataFolder: args['data-folder'], seed: args.seed })
  const dataset = args.core === undefined ? loaded : kCore(loaded, args.core)
  for (const note of loaded.notes) session.log.info(note)
  const description = describe(dataset)
  if (args.json) {
    session.result(
      jsonText(
        {
          schema: 'indistinct/data-describe/1',
          ...(args.core !== undefined && { core: args.core }),
          ...(description as unknown as { [name: string]: Json }),
        },
        2,
      ),
    )
    return
  }
  session.result(descriptionText(description, args.core))
}

function descriptionText(
  { name, users, items, interactions, sparsity, attributes }: DatasetDescription,
  core: number | undefined,
): string {
  const title = core === undefined ? name : `${name}, ${core}-core`
  const total = textTable(
    ['data set', 'users', 'items', 'interactions', 'sparsity'],
    [[title, users, items, interactions, `${(100 * sparsity).toFixed(2)} %`]],
  )
  const rows = Object.entries(attributes).flatMap(([attribute, { classes, missing }]) => [
    ...classes.map((each) => [attribute, each.label, each.users, each.interactions]),
    ...(missing.users > 0 ? [[attribute, '(missing)', missing.users, missing.interactions]] : []),
  ])
  return rows.length === 0 ? total : `${total}\n${textTable(['attribute', 'label', 'users', 'interactions'], rows)}`
}
