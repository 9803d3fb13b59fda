/**
 * @file `indistinct reproduce`: tables and figures of the paper, from data to results files, in a clone of the
 * repository.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { jsonText, usageError, type Json } from '@indistinct/core'
import { findDataset, knownDatasets, ownName, type OwnFiles } from '@indistinct/datasets'
import type { CommandModule, Options } from 'yargs'
import { ownDataOptions, ownFilesOf, type OwnDataArguments } from '../inputs/own-data-options.ts'
import { described, inGroup } from '../terminal/command-help.ts'
import { dataEnvironment, outputOptions } from '../terminal/common-options.ts'
import { listOption, numberOption, textOption, textFlag, valueFlag } from '../terminal/option-values.ts'
import { dryRunOption, showPlan, type DryRunArguments } from '../outputs/dry-run.ts'
import { openSession } from '../terminal/session.ts'

interface ReproduceArguments extends DryRunArguments, OwnDataArguments {
  readonly targets: readonly string[]
  readonly datasets?: readonly string[] | undefined
  readonly recommenders?: readonly string[] | undefined
  readonly methods?: readonly string[] | undefined
  readonly seeds?: number | undefined
  readonly steps?: number | undefined
  readonly attribute: string
  readonly core?: number | undefined
  readonly protocol: string
  readonly out?: string | undefined
  readonly 'data-folder'?: string | undefined
  readonly parallel?: number | undefined
  readonly store?: string | undefined
  readonly fresh: boolean
  readonly json: boolean
  readonly quiet: boolean
}

/** What can be reproduced. */
export const reproduceTargets = ['table-2', 'table-3', 'table-4', 'table-5', 'figure-2', 'figure-3', 'figure-4', 'all']

const targetList = `${reproduceTargets.slice(0, -1).join(', ')} or all`

export const reproduceOptions = {
  ...inGroup('What is reproduced', {
    datasets: textFlag(
      'data sets, comma separated (default: ml-100k,ml-1m,lfm-2b-synthetic)',
      listOption(
        '--datasets',
        knownDatasets.map(({ name }) => name),
      ),
    ),
    recommenders: textFlag('recommenders, comma separated (default: nmf,lightgcn)', listOption('--recommenders')),
    methods: textFlag('methods, comma separated (default: all of the protocol)', listOption('--methods')),
    seeds: valueFlag(
      'repetitions (default: 10 for tables, 1 for figures and for a smoke test on synthetic data)',
      numberOption('--seeds', { integer: true, from: 1, to: 1000 }),
    ),
    steps: valueFlag(
      "most steps of methods that iterate, for machines that the protocol's own are too much for; tables mark " +
        'such rows',
      numberOption('--steps', { integer: true, from: 1, to: 1e6 }),
    ),
    attribute: textFlag('the sensitive attribute', textOption('--attribute'), { default: 'gender' }),
    core: valueFlag(
      'drop users and items with fewer interactions, until none is left (default: 5)',
      numberOption('--core', { integer: true, from: 1 }),
    ),
    protocol: {
      describe: "settings: the paper's, those of its authors' code, or ours",
      choices: ['paper', 'official', 'strict'],
      default: 'paper',
    },
  }),
  ...ownDataOptions,
  ...inGroup('Output', {
    out: textFlag('folder of the results (default: artifacts/results in the repository)', textOption('--out')),
  }),
  ...inGroup('Computation', {
    'data-folder': textFlag('folder with one folder a data set (INDISTINCT_DATA)', textOption('--data-folder')),
    parallel: valueFlag(
      'stages at a time (default: 2)',
      numberOption('--parallel', { integer: true, from: 1, to: 64 }),
    ),
    store: textFlag(
      'write what the cells of indistinct grid there have given, and run nothing: a folder, or s3://BUCKET/PREFIX',
      textOption('--store'),
    ),
    fresh: { describe: 'run every stage again instead of taking it from the cache', type: 'boolean', default: false },
  }),
  ...dryRunOption,
  ...outputOptions,
} as const satisfies Record<string, Options>

export const reproduceCommand: CommandModule<object, ReproduceArguments> = {
  builder: (yargs) =>
    described(yargs, {
      usage: 'reproduce TARGET...',
      examples: [
        'reproduce table-3 --datasets ml-100k --seeds 1',
        'reproduce all --protocol strict',
        'reproduce all --interactions plays.csv --attributes people.csv --attribute sex --seeds 3',
        'reproduce figure-2 --datasets ml-100k --recommenders lightgcn --seeds 3',
      ],
      notes: [
        'It runs in a clone of the repository, through its cache: stages that are done already are not run again.',
      ],
      exits: ['partlyDone'],
      environment: dataEnvironment,
    })
      .positional('targets', { describe: targetList, type: 'string', array: true, default: [] })
      .options(reproduceOptions) as never,
  handler: (args) => run(args),
}

async function run(args: ReproduceArguments): Promise<void> {
  const session = openSession(args)
  if (args.targets.length === 0) throw usageError(`reproduce: expected a target: ${targetList}`)
  const { planReproduction, reproduce } = await experiments()
  const own = ownFilesOf(args)
  if (own && args.datasets) throw usageError('reproduce: expected --datasets or --interactions, got both')
  if (own && own.attributes === undefined)
    throw usageError('reproduce: expected --attributes beside --interactions, got none')
  const options = {
    targets: args.targets,
    protocol: args.protocol,
    datasets: own ? [] : (args.datasets ?? ['ml-100k', 'ml-1m', 'lfm-2b-synthetic']),
    ...(own && { own: ownChoice(own) }),
    attribute: args.attribute,
    core: args.core,
    recommenders: args.recommenders ?? ['nmf', 'lightgcn'],
    methods: args.methods,
    seeds: args.seeds,
    steps: args.steps,
    out: args.out === undefined ? undefined : resolve(args.out),
    dataFolder: args['data-folder'] === undefined ? undefined : resolve(args['data-folder']),
    parallel: args.parallel,
    store: args.store,
    fresh: args.fresh,
    quiet: args.quiet,
  }
  if (args['dry-run']) {
    const { stages, folder } = planReproduction(options)
    const absent = options.datasets.filter((name) =>
      knownDatasets.some(
        (known) =>
          known.name === name &&
          known.kind === 'real' &&
          findDataset(known, { dataFolder: options.dataFolder }) === undefined,
      ),
    )
    const which =
      args.store === undefined
        ? 'of which those that the cache holds are not run again'
        : `taken from ${args.store} as far as they are done there`
    const counts = Object.entries(stages).map(([stage, count]) => `${count} ${stage}`)
    const steps = [
      `stages, ${which}: ${counts.join(', ')}`,
      ...absent.map((name) => `${name} is not on this machine: indistinct data fetch ${name}`),
    ]
    return showPlan(
      { command: 'reproduce', steps, facts: { stages, absent, folder }, writes: [`${folder}/`] },
      args.json,
      session,
    )
  }
  const { code, files, results } = await reproduce(options)
  if (args.json) session.result(jsonText({ schema: 'indistinct/reproduce/1', complete: code === 0, files, results }, 2))
  else for (const file of files) session.result(file.endsWith('.md') ? `${readFileSync(file, 'utf8')}\n` : '')
  for (const file of files) session.log.info(file)
  process.exitCode = code
}

/** As a grid holds the files: their paths lead there from anywhere. */
function ownChoice({ interactions, attributes, ...layout }: OwnFiles): {
  name: string
  options: { [name: string]: Json }
} {
  const paths = { interactions: resolve(interactions), attributes: resolve(attributes!) }
  return { name: ownName(interactions), options: { ...paths, ...layout } }
}

/** The experiments are part of the repository, not of the published package. */
async function experiments(): Promise<typeof import('@indistinct/experiments')> {
  try {
    return await import('@indistinct/experiments')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw usageError(
      'reproduce: runs in a clone of the repository, after npm ci; the published package does not hold the experiments',
      { cause },
    )
  }
}
