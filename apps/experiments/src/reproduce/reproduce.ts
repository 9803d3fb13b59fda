/** @file Reproduces tables and figures of the paper: a grid through Nx, then results files, pages and pictures. */

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { usageError, writeFileAtomic } from '@indistinct/core'
import { knownDatasets } from '@indistinct/datasets'
import { expandGrid, type Choice, type Grid } from '@indistinct/stages'
import { methodNames, recommenderNames } from '../choices.ts'
import { experimentProtocol, withStepsUpTo } from '../experiment-protocol.ts'
import type { ExperimentProtocol } from '../../protocols/protocol.ts'
import { checkAttributes } from '../data/check-attributes.ts'
import { storedRun } from '../grid/stored-run.ts'
import type { GridRun } from '../nx/nx-run.ts'
import { exitCodeOf, failureText, madeIn, signalCodes } from '../nx/run-outcome.ts'
import { shownRun } from '../nx/shown-run.ts'
import { readTextOf } from '../store/artifact-folder.ts'
import { collectResults } from './collect.ts'
import type { PageName } from './pages.ts'
import { mergeResults, readResults, writeResults, type ResultsFile } from './results-file.ts'
import {
  gridOfTargets,
  seedsUpTo,
  tableProduct,
  targetsOf,
  type ReproduceSelection,
  type TargetName,
} from './targets.ts'
import { writePages } from './write-pages.ts'

const workspaceRoot = fileURLToPath(new URL('../../../..', import.meta.url))

export interface ReproduceOptions {
  /** table-2 … figure-4, or all. */
  readonly targets: readonly string[]
  readonly protocol: string
  readonly datasets: readonly string[]
  /** A data set of the user's own files, in place of `datasets`. */
  readonly own?: Choice | undefined
  /** Default gender. */
  readonly attribute?: string | undefined
  /** Least interactions of a user and an item; 5. */
  readonly core?: number | undefined
  readonly recommenders: readonly string[]
  /** The protocol's own when absent. */
  readonly methods?: readonly string[] | undefined
  /** Repetitions: seeds 1 .. n. 10 for tables and 1 for figures when absent. */
  readonly seeds?: number | undefined
  /** Most steps of methods that iterate; the protocol's own when absent. Tables say of which rows it took steps. */
  readonly steps?: number | undefined
  /** Folder of results; `<protocol>/` is made in it. Default artifacts/results of the workspace. */
  readonly out?: string | undefined
  readonly dataFolder?: string | undefined
  /** Takes the cells that a grid's run left there, instead of running stages: a folder, or s3://BUCKET/PREFIX. */
  readonly store?: string | undefined
  /** Stages at a time; 2. */
  readonly parallel?: number | undefined
  /** Run every stage again. */
  readonly fresh?: boolean
  readonly quiet?: boolean
}

export interface Reproduced {
  /** 0 done, 6 partly done, 130 and 143 stopped, else the code of the stage that failed. */
  readonly code: number
  /** Files written: results, pages, pictures. */
  readonly files: readonly string[]
  readonly results: readonly ResultsFile[]
}

interface Asked {
  readonly options: ReproduceOptions
  readonly protocol: ExperimentProtocol
  readonly targets: readonly TargetName[]
  readonly selection: ReproduceSelection
  readonly grid: Grid
  /** Where results go. */
  readonly folder: string
}

/** @throws IndistinctError 'usage' for unknown names, 'file' for results that cannot be read or written. */
export async function reproduce(options: ReproduceOptions): Promise<Reproduced> {
  const { parallel = 2, fresh = false, quiet = false, dataFolder } = options
  const asked = chosen(options)
  const { grid } = asked
  if (dataFolder !== undefined) process.env['INDISTINCT_DATA'] = dataFolder
  if (options.own !== undefined || options.attribute !== 'gender')
    for (const warning of await checkAttributes(grid)) process.stderr.write(`warning: ${warning}\n`)
  if (options.store !== undefined) {
    const { run, root, remove } = await storedRun(grid, options.store, workspaceRoot)
    try {
      return written(run, root, asked)
    } finally {
      remove()
    }
  }
  const run = await shownRun(grid, workspaceRoot, { parallel, quiet, fresh, dataFolder })
  if (run.signal) return { code: signalCodes[run.signal] ?? 1, files: [], results: [] }
  return written(run, workspaceRoot, asked)
}

/** Writes what `run` made, its artifacts below `root`. */
function written(run: GridRun, root: string, { options, protocol, targets, selection, folder }: Asked): Reproduced {
  const files: string[] = []
  const results: ResultsFile[] = []
  const pages = targets.filter((name): name is PageName => name.startsWith('table-'))
  if (pages.length > 0) {
    for (const made of collectResults(run, tableProduct(protocol, selection), protocol.name, root)) {
      if (made.models.length === 0 && made.data === undefined) continue
      const path = join(folder, `${made.dataset}.json`)
      writeResults(path, mergeResults(readResults(path), made))
      files.push(path)
      results.push(made)
    }
    files.push(...writePages(folder, pages))
  }
  const isMade = madeIn(run)
  for (const { figure, dataset, recommender, method, node } of run.expanded.figures.filter((each) =>
    isMade(each.node),
  )) {
    const path = join(
      folder,
      'figures',
      `${[dataset, recommender, figure, method?.name].filter((part) => part !== undefined).join('-')}.svg`,
    )
    writeFileAtomic(path, readTextOf(join(root, node.root), 'figure.svg'))
    files.push(path)
  }
  const missing = run.expanded.nodes.filter((node) => !isMade(node)).map((node) => node.id)
  // A store that holds nothing yet is an unfinished grid too, as `grid status` has it.
  const code = exitCodeOf(run, missing.length > 0, files.length > 0 || options.store !== undefined)
  if (code !== 0)
    process.stderr.write(
      options.store === undefined
        ? failureText(run, missing)
        : `${missing.length} of ${run.expanded.nodes.length} cells are not done in ${options.store}; indistinct ` +
            `grid resume makes them\n`,
    )
  return { code, files, results }
}

/** What `reproduce` would run, whatever is cached, and the folder that results would go to. */
export interface Reproduction {
  /** Stages of each kind. */
  readonly stages: Readonly<Record<string, number>>
  readonly folder: string
}

/** @throws as `reproduce` does for unknown names. */
export function planReproduction(options: ReproduceOptions): Reproduction {
  const { grid, folder } = chosen(options)
  const stages: Record<string, number> = {}
  for (const { stage } of expandGrid(grid).nodes) stages[stage] = (stages[stage] ?? 0) + 1
  return { stages, folder }
}

function chosen(options: ReproduceOptions): Asked {
  const { recommenders, methods, attribute, core, own } = options
  const datasets = own === undefined ? options.datasets : [own]
  const targets = targetsOf(options.targets)
  if (targets.length === 0) throw usageError('reproduce: expected a target, got none')
  const whole = experimentProtocol(options.protocol)
  const protocol = options.steps === undefined ? whole : withStepsUpTo(whole, options.steps)
  if (own === undefined)
    check(
      '--datasets',
      options.datasets,
      knownDatasets.map(({ name }) => name),
    )
  check('--recommenders', recommenders, recommenderNames)
  if (methods) check('--methods', methods, methodNames)
  const selection = {
    targets,
    datasets,
    recommenders,
    ...(methods && { methods }),
    ...(attribute !== undefined && { attribute }),
    ...(core !== undefined && { core }),
    ...(options.seeds !== undefined && { seeds: seedsUpTo(options.seeds) }),
  }
  const folder = join(options.out ?? join(workspaceRoot, 'artifacts', 'results'), protocol.name)
  return { options, targets, protocol, selection, grid: gridOfTargets(protocol, selection), folder }
}

function check(flag: string, given: readonly string[], known: readonly string[]): void {
  if (given.length === 0) throw usageError(`${flag}: expected one of ${known.join(', ')}, got none`)
  for (const name of given)
    if (!known.includes(name))
      throw usageError(`${flag}: expected one of ${known.join(', ')}, got ${JSON.stringify(name)}`)
}
