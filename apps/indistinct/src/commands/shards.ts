/** @file `indistinct shards`: tables larger than one machine's memory, unlearned by workers that share a folder. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { badData, canonicalJson, fileError, sha256, usageError } from '@indistinct/core'
import { localExecutor, runTasks } from '@indistinct/executors'
import { setThreads } from '@indistinct/kernels'
import { shardMethods, type ShardMethod } from '@indistinct/unlearners'
import type { CommandModule, Options } from 'yargs'
import { described, inGroup } from '../terminal/command-help.ts'
import { computeEnvironment, computeOptions, outputOptions, type CommonArguments } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { ownProgram } from '../grid/grid-engine.ts'
import { uncheckedLine } from '../audit/unchecked-line.ts'
import { labelNamesOf } from '../inputs/merge-labels.ts'
import { numberOption, textOption } from '../terminal/option-values.ts'
import { dryRunOption, showPlan, type DryRunArguments } from '../unlearn/plan.ts'
import { openSession, type Session } from '../terminal/session.ts'
import { planShards, prepareShards } from '../shards/prepare-shards.ts'
import { shardDryRun, workerMemory } from '../shards/shard-dry-run.ts'
import { readManifest, type ShardManifest } from '../shards/shard-manifest.ts'
import { layout, type ShardPlan } from '../shards/shard-plan.ts'
import { runShardWorker } from '../shards/shard-worker.ts'
import { tableOptions } from '../inputs/table-inputs.ts'
import type { TableArguments } from '../inputs/table-arguments.ts'
import { grouped } from '../terminal/text-table.ts'

const parameterFlags = {
  level: {
    flag: 'level',
    describe: 'flow: where to stop, in multiples of the value that chance gives',
    range: { above: 0 },
  },
  firstStep: {
    flag: 'first-step',
    describe: 'flow: first step, in quarters of the bandwidth',
    range: { above: 0, to: 1 },
  },
  tolerance: { flag: 'tolerance', describe: 'flow: how near to that value to land', range: { above: 0 } },
  maxPasses: { flag: 'max-passes', describe: 'flow: passes after which to give up', range: { integer: true, from: 1 } },
  frequencies: {
    flag: 'frequencies',
    describe: 'flow: random frequencies, a multiple of 8; default 512',
    range: { integer: true, from: 8 },
  },
} as const

type ParameterFlag = (typeof parameterFlags)[keyof typeof parameterFlags]['flag']

interface UnlearnShardsArguments
  extends
    Omit<TableArguments, 'table' | 'attributes' | 'unlabelled'>,
    CommonArguments,
    DryRunArguments,
    Readonly<Partial<Record<ParameterFlag, number>>> {
  readonly tables: readonly string[]
  readonly attributes: readonly string[]
  readonly out: string
  readonly method: ShardMethod
  readonly shards?: number | undefined
  readonly workers: number
  readonly 'prepare-only': boolean
  readonly fit?: string | undefined
  readonly force: boolean
}

interface WorkerArguments extends Omit<CommonArguments, 'seed'> {
  readonly folder: string
  readonly index: number
  readonly of: number
  readonly 'peer-timeout': number
  readonly scratch?: string | undefined
}

export const shardsOptions = {
  unlearn: {
    ...tableOptions,
    ...inGroup('Table and labels', {
      attributes: {
        describe: 'file with the attribute of each user, or one for each table, in their order',
        type: 'string',
        array: true,
        demandOption: true,
        requiresArg: true,
      },
    }),
    ...inGroup('Method', {
      method: { describe: 'how to unlearn', choices: shardMethods, default: 'flow', requiresArg: true },
      ...Object.fromEntries(
        Object.values(parameterFlags).map(({ flag, describe, range }) => [
          flag,
          { describe, requiresArg: true, coerce: numberOption(`--${flag}`, range) } as const,
        ]),
      ),
    }),
    ...inGroup('Shards', {
      shards: {
        describe: 'shards of a single table; default: one for each 250,000 rows; several tables are a shard each',
        requiresArg: true,
        coerce: numberOption('--shards', { integer: true, from: 1, to: 99_999 }),
      },
      workers: {
        describe: 'worker processes on this machine',
        requiresArg: true,
        default: 1,
        coerce: numberOption('--workers', { integer: true, from: 1, to: 1024 }),
      },
      'prepare-only': {
        describe: 'write the plan and start no worker: an engine starts them',
        type: 'boolean',
        default: false,
      },
    }),
    ...inGroup('Output', {
      out: {
        describe: 'folder for the shards, their manifest, and the work of the run, which all workers share',
        type: 'string',
        demandOption: true,
        requiresArg: true,
        coerce: textOption('--out'),
      },
      fit: {
        describe: 'closed forms: write the fitted method here, for unlearn --update; as sensitive as the original',
        type: 'string',
        requiresArg: true,
        coerce: textOption('--fit'),
      },
      force: { describe: 'replace what the folder holds', type: 'boolean', default: false },
    }),
    ...dryRunOption,
    ...outputOptions,
    ...computeOptions,
  },
  worker: {
    ...inGroup('Shards', {
      index: {
        describe: 'which of the workers this is, from 0: it holds the shards s with s mod <of> = <index>',
        demandOption: true,
        requiresArg: true,
        coerce: numberOption('--index', { integer: true, from: 0 }),
      },
      of: {
        describe: 'how many workers there are',
        demandOption: true,
        requiresArg: true,
        coerce: numberOption('--of', { integer: true, from: 1 }),
      },
      'peer-timeout': {
        describe: 'seconds to wait for what another worker owes',
        requiresArg: true,
        default: 3600,
        coerce: numberOption('--peer-timeout', { above: 0 }),
      },
      scratch: {
        describe:
          'folder on a disk of this machine for rows between passes, twice the size of its shards; default: in ' +
          'the shared folder',
        type: 'string',
        requiresArg: true,
        coerce: textOption('--scratch'),
      },
    }),
    ...outputOptions,
    threads: computeOptions.threads,
  },
} as const satisfies Record<string, Record<string, Options>>

const { INDISTINCT_THREADS } = computeEnvironment

const unlearnShardsCommand: CommandModule<object, UnlearnShardsArguments> = {
  command: 'unlearn <tables..>',
  describe: 'unlearn one large table, or one that lies in several files',
  builder: (yargs) =>
    described(yargs, {
      usage: 'shards unlearn TABLE... --attributes FILE... --attribute NAME --out FOLDER',
      examples: [
        'shards unlearn users.npy --attributes people.csv --attribute gender --out unlearned --shards 8 --workers 2',
        'shards unlearn a.parquet b.parquet --attributes a.csv --attributes b.csv --attribute gender --out unlearned',
        'shards unlearn users.npy --attributes people.csv --attribute gender --out /shared/run --workers 10 --dry-run',
        'shards unlearn users.npy --attributes people.csv --attribute gender --out /shared/run --prepare-only',
      ],
      exits: ['partlyDone'],
      environment: computeEnvironment,
    })
      .positional('tables', {
        describe: 'one table, .npy, .npz, .parquet or .safetensors, or several that together are one',
        type: 'string',
        array: true,
        demandOption: true,
      })
      .options(shardsOptions.unlearn) as never,
  handler: (args) => unlearnInShards(args),
}

const workerCommand: CommandModule<object, WorkerArguments> = {
  command: 'worker <folder>',
  describe: "do one worker's part of a run that shards unlearn --prepare-only wrote",
  builder: (yargs) =>
    described(yargs, {
      usage: 'shards worker FOLDER --index I --of N',
      examples: [
        'shards worker /shared/run --index 0 --of 4',
        'shards worker /shared/run --index $SLURM_ARRAY_TASK_ID --of 8 --scratch /local',
      ],
      environment: { INDISTINCT_THREADS },
    })
      .positional('folder', {
        describe: 'the folder of the run, shared by all workers',
        type: 'string',
        demandOption: true,
      })
      .options(shardsOptions.worker) as never,
  handler: (args) => worker(args),
}

export const shardsCommand: CommandModule = {
  command: 'shards',
  describe: 'tables larger than memory, by workers on one machine or many',
  builder: (yargs) =>
    described(yargs, {
      usage: 'shards unlearn or worker',
      examples: ['shards unlearn users.npy --attributes people.csv --attribute gender --out unlearned'],
      exits: ['partlyDone'],
    })
      .command(unlearnShardsCommand)
      .command(workerCommand)
      .demandCommand(1, 'shards: expected unlearn or worker; see indistinct shards --help'),
  handler: () => undefined,
}

async function unlearnInShards(args: UnlearnShardsArguments): Promise<void> {
  const session = openSession(args)
  const { out } = args
  if (args.fit !== undefined && args.method === 'flow')
    throw usageError(
      '--fit: the flow moves each user on a way of its own; closed forms leave a fit: ' +
        `${shardMethods.filter((name) => name !== 'flow').join(', ')}`,
    )
  const options = {
    tables: args.tables,
    attributes: args.attributes,
    attribute: args.attribute,
    out,
    method: args.method,
    parameters: parametersOf(args),
    seed: args.seed,
    shards: args.shards,
    ids: args.ids,
    idColumn: args['id-column'],
    tableIdColumn: args['table-id-column'],
    dimensions: args.dimensions,
    key: args['table-key'],
    scale: args.scale,
    zeroPoint: args['zero-point'],
    byPosition: args['by-position'],
    ...labelNamesOf(args),
    fit: args.fit,
    force: args.force,
  }
  if (args['dry-run'])
    return showPlan(
      await planShards(options, session.log, (run) => shardDryRun(run, out, workersOf(args, run.plan))),
      args.json,
      session,
    )
  const { plan, resumed } = await prepareShards(options, session.log)
  if (resumed)
    session.log.info(isFinished(out) ? `${out}: this run is done` : `${out}: going on with the run that is there`)
  if (args['prepare-only']) {
    const command = `indistinct shards worker ${out} --index I --of N`
    return session.result(
      args.json
        ? `${canonicalJson({ schema: 'indistinct/shards-prepared/1', folder: out, shards: plan.shards.length, command: ['shards', 'worker', out] }, 2)}\n`
        : `${plan.shards.length} shards are ready; start N workers, at most one a shard, I = 0 to N - 1:\n${command}\n`,
    )
  }
  if (!isFinished(out)) await runWorkers(out, plan, args, session)
  if (process.exitCode === exitCodes.partlyDone) return
  const manifest = readManifest(layout.manifest(out))
  session.result(
    args.json
      ? `${canonicalJson(manifest, 2)}\n`
      : summary(manifest, [layout.manifest(out), ...(args.fit === undefined ? [] : [args.fit])]),
  )
}

/** The parameters that were given, under the flow's names. */
function parametersOf(args: UnlearnShardsArguments): Record<string, number> {
  const parameters: Record<string, number> = {}
  for (const [name, { flag }] of Object.entries(parameterFlags)) {
    const value = args[flag]
    if (value === undefined) continue
    if (args.method !== 'flow') throw usageError(`--${flag} is no parameter of ${args.method}; it takes none`)
    parameters[name] = value
  }
  if (args.frequencies !== undefined && args.frequencies % 8 !== 0)
    throw usageError(`--frequencies: expected a multiple of 8, got ${args.frequencies}`)
  return parameters
}

function workersOf({ workers }: UnlearnShardsArguments, { shards }: ShardPlan): number {
  return Math.min(workers, shards.length)
}

/** Whether the manifest is there, and nothing is left of the work. */
function isFinished(out: string): boolean {
  return existsSync(layout.manifest(out)) && !existsSync(layout.work(out))
}

async function runWorkers(out: string, plan: ShardPlan, args: UnlearnShardsArguments, { log }: Session): Promise<void> {
  const workers = workersOf(args, plan)
  const memory = workerMemory(plan, workers)
  const logs = mkdtempSync(join(tmpdir(), 'indistinct-shards-'))
  const env = args.threads === undefined ? {} : { INDISTINCT_THREADS: String(args.threads) }
  const tasks = Array.from({ length: workers }, (_, index) => ({
    id: `worker-${index}`,
    args: ['shards', 'worker', out, '--index', String(index), '--of', String(workers), '--quiet'],
    memory,
    env,
  }))
  // Workers wait for each other, so that all of them must run.
  const executor = localExecutor({ program: ownProgram, folder: logs, workers, memory: Infinity })
  try {
    const { missing, failures } = await runTasks(executor, tasks, {
      done: (ids) => Promise.resolve(new Set(isFinished(out) ? ids : [])),
      onWarning: (text) => log.warn(text),
      poll: 200,
    })
    if (missing.length === 0) return
    const [id, failure] = [...failures][0] ?? ['the workers', { text: 'ended without a result' }]
    const text = `${id}: ${failure.text.replace(/^error: /, '')}`
    const refused = { [exitCodes.usage]: usageError, [exitCodes.badData]: badData, [exitCodes.file]: fileError }[
      failure.code ?? -1
    ]
    if (refused) throw refused(text)
    log.warn(`${text}; the same command goes on from there`)
    process.exitCode = exitCodes.partlyDone
  } finally {
    await executor.close()
    rmSync(logs, { recursive: true, force: true })
  }
}

function worker(args: WorkerArguments): void {
  const session = openSession(args)
  if (args.threads !== undefined) setThreads(args.threads)
  const { folder, index, of } = args
  const report = runShardWorker(folder, {
    index,
    of,
    peerTimeout: args['peer-timeout'],
    scratch: args.scratch,
    onPass: ({ pass, stage, step, largestRatio }) =>
      session.log.info(
        `pass ${pass}: stage ${stage}, step ${step!.toPrecision(3)}, MMD^2 at ${largestRatio!.toFixed(3)} of its ` +
          'landing',
      ),
  })
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const [processorSeconds, peakMb] = [(userCPUTime + systemCPUTime) / 1e6, Math.round(maxRSS / 1024)]
  session.result(
    args.json
      ? `${canonicalJson({ schema: 'indistinct/shard-worker/1', ...report, processorSeconds, peakMb }, 2)}\n`
      : `worker ${index} of ${of}: ${report.shards} shards, ${grouped(report.rows)} rows, ${report.sums} sums of ` +
          `${grouped(report.bytesPerShard)} bytes a shard, ${report.seconds.toFixed(1)} s ` +
          `(${report.waited.toFixed(1)} s waiting), ${processorSeconds.toFixed(1)} s of processor time, peak memory ` +
          `${peakMb} MiB\n`,
  )
}

/** @param files the manifest, and what else was asked for */
function summary(
  { method, parameters, moved, rows, shards, passes, displacement }: ShardManifest,
  files: readonly string[],
): string {
  const outcome = typeof parameters['outcome'] === 'string' ? `, ${parameters['outcome']}` : ''
  const three = (value: number): string => value.toPrecision(3)
  return [
    `${method}: ${grouped(moved)} of ${grouped(rows)} users moved, ` +
      `${passes === 1 ? '1 pass' : `${passes} passes`}${outcome}`,
    `moved by ${three(displacement.mean)} on average, ${three(displacement.rootMeanSquare)} in root mean square, ` +
      'at most ' +
      `${three(displacement.largest)}${displacement.unit === 'spread' ? " of the table's spread" : ' (all rows were equal before)'}`,
    uncheckedLine,
    ...files.map((path) => `${path}  sha256 ${sha256(readFileSync(path))}`),
    `${grouped(shards.length)} shards beside the manifest, which has their digests`,
    '',
  ].join('\n')
}
