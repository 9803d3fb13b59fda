/** @file The options of `npm start` and the grid that they describe. */

import { parseArgs } from 'node:util'
import { usageError } from '@indistinct/core'
import { delimiterOf, knownDatasets, ownName, unknownUsers, unknownUsersOf } from '@indistinct/datasets'
import { chosenEngine, engines } from '@indistinct/kernels'
import type { Choice, Grid, Product } from '@indistinct/stages'
import { main } from '../../grids/main.ts'
import { attackerNames, methodNames, protocolNames, recommenderNames } from '../choices.ts'
import { experimentProtocol, experimentProtocols, productOf } from '../experiment-protocol.ts'
import { gridNamed } from '../grid-file/grid-named.ts'
import { pathOf, listOf, integer, positive } from './start-values.ts'

export interface StartOptions {
  readonly grid: Grid
  /** Whether attributes may be missing from the data, and are looked for before anything runs. */
  readonly checked: boolean
  readonly parallel: number
  readonly dataFolder?: string
  readonly fresh: boolean
  readonly json: boolean
  readonly quiet: boolean
}

const lists = {
  dataset: { names: knownDatasets.map(({ name }) => name), help: 'data sets' },
  recommender: { names: recommenderNames, help: 'recommenders' },
  method: { names: methodNames, help: 'unlearning methods' },
  attacker: { names: attackerNames, help: 'attackers' },
  protocol: { names: protocolNames, help: 'attack protocols' },
} as const

const product = main.products[0]!

/** Text of --help. */
export function startHelp(): string {
  const rows: [string, string][] = [
    ...Object.entries(lists).map(([name, { names, help }]): [string, string] => [
      `--${name} NAME,…`,
      `${help}: ${names.join(', ')}, or all (default ${defaultOf(name as keyof typeof lists)})`,
    ]),
    [
      '--apart',
      'several recommenders go to people who share nothing: the flow treats each by itself, not all their tables ' +
        'together',
    ],
    ['--interactions FILE', 'a CSV file of your own, a row an interaction, instead of --dataset'],
    ['--attributes FILE', 'a CSV file with a row a user, beside --interactions'],
    ['--user-column NAME', 'column of the user ids in both files (default user)'],
    ['--item-column NAME', 'column of the item ids (default item)'],
    ['--attributes-user-column NAME', 'column of the user ids in --attributes, where it has another name'],
    ['--delimiter CHARACTER', 'what stands between columns of both files, or tab (default a comma)'],
    ['--unknown-users WHAT', `users without a row in --attributes: ${unknownUsers.join(' or ')} (default error)`],
    ['--core N', 'drop users and items with fewer than N interactions, until none is left (default 5)'],
    ['--attribute NAME,…', `sensitive attributes of the data set (default ${product.attributes.join(',')})`],
    [
      '--least-users N',
      'take labels that fewer than N users have as unknown; attacks need 20 of each (default: keep all)',
    ],
    ['--seed N,…', `seeds of split, training, unlearning and attacks (default ${product.seeds.join(',')})`],
    ['--epochs N', 'training epochs (default: as tuned for the data set, else those of the recommender)'],
    [
      '--settings NAME',
      'a protocol of experiments, for recommenders, methods and attacks: ' +
        `${Object.keys(experimentProtocols).join(', ')}`,
    ],
    ['--grid FILE', 'a grid as JSON, such as grid.json beside a report, or the name of one in apps/experiments/grids'],
    [
      '--engine NAME',
      `${engines.join(' or ')}: what trains and unlearns; tfjs is TensorFlow.js, on a GPU where one is found ` +
        '(default: INDISTINCT_ENGINE, else kernels)',
    ],
    ['--data FOLDER', 'where data sets are looked for first (default: INDISTINCT_DATA)'],
    ['--parallel N', 'stages at a time (default 2)'],
    ['--fresh', 'run every stage again instead of taking it from the cache'],
    ['--json', 'the results as JSON on stdout'],
    ['--quiet', 'no progress on stderr'],
    ['--help', 'this text'],
  ]
  const width = Math.max(...rows.map(([flag]) => flag.length))
  return `npm start                                        the default run: synthetic data, half a minute
npm start -- --dataset ml-100k                   MovieLens 100K
npm start -- --recommender all --method flow,d2d-r
npm start -- --dataset ml-1m --seed 1,2,3 --json > results.json

Trains recommenders, attacks the user embeddings, unlearns the attribute, attacks again, and prints attack AUC and
recommendation quality before and after. Finished stages are cached: a second run only does what changed.

${rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`).join('\n')}
`
}

/**
 * Reads the command line of `npm start`; undefined when it asks for help.
 * @throws IndistinctError 'usage' on anything unknown or out of range.
 */
export async function startOptions(args: readonly string[]): Promise<StartOptions | undefined> {
  const values = parse(args)
  if (values.help) return undefined
  const settings = values.settings === undefined ? undefined : experimentProtocol(values.settings)
  const base = baseOf(settings, values.interactions === undefined && isEmbedded(listOf(values.dataset)))
  const choices = (name: keyof typeof lists): Choice[] | undefined => chosenOf(name, values[name], { settings, base })
  const engine = chosenEngine(values.engine)
  const training = {
    ...(values.epochs !== undefined && { epochs: positive('epochs', values.epochs) }),
  }
  const recommenders = (choices('recommender') ?? base.recommenders).map((each) => ({
    ...each,
    options: { ...each.options, ...training },
  }))
  const chosen: Grid = {
    name: 'start',
    title: 'npm start',
    products: [
      {
        ...base,
        datasets: withLeastUsers(ownFiles(values) ?? choices('dataset') ?? base.datasets, values['least-users']),
        recommenders,
        ...(values.apart && { release: false }),
        ...(values.core !== undefined && { core: positive('core', values.core) }),
        methods: choices('method') ?? base.methods,
        attackers: choices('attacker') ?? base.attackers,
        protocols: choices('protocol') ?? base.protocols,
        ...(base.observed && {
          observed: {
            ...base.observed,
            attackers: choices('attacker') ?? base.observed.attackers,
            protocols: choices('protocol') ?? base.observed.protocols,
          },
        }),
        attributes: listOf(values.attribute) ?? product.attributes,
        ...(engine !== 'kernels' && { engine }),
        seeds: listOf(values.seed)?.map((seed) => integer('seed', seed)) ?? product.seeds,
      },
    ],
  }
  const { grid: file, data, parallel, fresh, json, quiet, ...choosing } = values
  if (file !== undefined && Object.keys(choosing).length > 0)
    throw usageError(`--grid: expected no --${Object.keys(choosing)[0]} beside it, since the grid says it`)
  return {
    grid: file === undefined ? chosen : await gridNamed(file, pathOf(file)),
    checked:
      file === undefined ? values.interactions !== undefined || values.attribute !== undefined : file.endsWith('.json'),
    parallel: positive('parallel', parallel ?? '2'),
    ...(data !== undefined && { dataFolder: pathOf(data) }),
    fresh: fresh ?? false,
    json: json ?? false,
    quiet: quiet ?? false,
  }
}

/** Attackers of data sets that have a size of their own: few draws of users, so that the first look takes a minute. */
const onOtherData = {
  protocols: [
    { name: 'paper', options: { repeats: 5 } },
    { name: 'five-fold', options: { repeats: 1 } },
  ],
  // From outside, the attack of a user who knows most labels.
  observed: {
    attackers: [{ name: 'mlp' }, { name: 'xgb' }],
    protocols: [{ name: 'five-fold', options: { repeats: 1 } }],
  },
} as const satisfies Pick<Product, 'protocols' | 'observed'>

/** What is run unless flags say otherwise. @param embedded whether the data are those of the main grid */
function baseOf(settings: ReturnType<typeof experimentProtocol> | undefined, embedded: boolean): Product {
  if (settings) return { ...productOf(settings, { ...namesOf(product), seeds: product.seeds }), reports: true }
  return embedded ? product : { ...product, ...onOtherData }
}

function isEmbedded(datasets: readonly string[] = []): boolean {
  return datasets.every((name) => product.datasets.some((own) => own.name === name))
}

/** What `--name` chooses by `values`, each with the options that `settings`, or `base` without them, give it. */
function chosenOf(
  name: keyof typeof lists,
  values: readonly string[] | undefined,
  { settings, base }: { readonly settings: ReturnType<typeof experimentProtocol> | undefined; readonly base: Product },
): Choice[] | undefined {
  const given = listOf(values)
  if (given === undefined) return undefined
  const { names } = lists[name]
  const wanted = given.includes('all') ? names : given
  for (const each of wanted) {
    if (!names.includes(each))
      throw usageError(`--${name}: expected one of ${names.join(', ')} or all, got ${JSON.stringify(each)}`)
  }
  const known = settings
    ? productOf(settings, {
        ...namesOf(product),
        ...(name === 'recommender' || name === 'method' ? { [`${name}s`]: wanted } : {}),
        seeds: product.seeds,
      })
    : base
  return wanted.map((each) => known[`${name}s`].find((choice) => choice.name === each) ?? { name: each })
}

/** Names of the data sets, recommenders and methods of `product`. */
function namesOf({ datasets, recommenders, methods }: Product): {
  datasets: string[]
  recommenders: string[]
  methods: string[]
} {
  const names = (choices: readonly Choice[]): string[] => choices.map(({ name }) => name)
  return { datasets: names(datasets), recommenders: names(recommenders), methods: names(methods) }
}

function parse(args: readonly string[]) {
  const list = { type: 'string', multiple: true } as const
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        dataset: list,
        recommender: list,
        method: list,
        attacker: list,
        protocol: list,
        attribute: list,
        seed: list,
        interactions: text,
        attributes: text,
        'user-column': text,
        'item-column': text,
        'attributes-user-column': text,
        delimiter: text,
        'unknown-users': text,
        core: text,
        'least-users': text,
        grid: text,
        settings: text,
        engine: text,
        epochs: text,
        data: text,
        parallel: text,
        apart: flag,
        fresh: flag,
        json: flag,
        quiet: flag,
        help: flag,
      },
    }).values
  } catch (cause) {
    throw usageError(`${(cause as Error).message.split('. ')[0]}; npm start -- --help lists the options`, { cause })
  }
}

/** The data set of the user's own files, if they are given. */
function ownFiles(values: ReturnType<typeof parse>): Choice[] | undefined {
  const { interactions, attributes, dataset, delimiter } = values
  const layout = {
    ...(values['user-column'] !== undefined && { userColumn: values['user-column'] }),
    ...(values['item-column'] !== undefined && { itemColumn: values['item-column'] }),
    ...(values['attributes-user-column'] !== undefined && { attributesUserColumn: values['attributes-user-column'] }),
    ...(delimiter !== undefined && { delimiter: delimiterOf(delimiter) }),
    ...(values['unknown-users'] !== undefined && { unknownUsers: unknownUsersOf(values['unknown-users']) }),
  }
  if (interactions === undefined && attributes === undefined) {
    if (Object.keys(layout).length > 0)
      throw usageError(
        '--user-column, --item-column, --delimiter and --unknown-users: expected --interactions beside them, got none',
      )
    return undefined
  }
  if (interactions === undefined || attributes === undefined)
    throw usageError('expected --interactions and --attributes together, got only one of them')
  if (dataset !== undefined) throw usageError('expected --dataset or --interactions, got both')
  const paths = { interactions: pathOf(interactions), attributes: pathOf(attributes) }
  return [{ name: ownName(interactions), options: { ...paths, ...layout } }]
}

function withLeastUsers(datasets: readonly Choice[], least: string | undefined): readonly Choice[] {
  if (least === undefined) return datasets
  const leastUsers = positive('least-users', least)
  return datasets.map(({ name, options }) => ({ name, options: { ...options, leastUsers } }))
}

function defaultOf(name: keyof typeof lists): string {
  const key = `${name}s` as const
  return product[key].map((each) => each.name).join(',')
}
