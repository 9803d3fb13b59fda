/** @file `indistinct shards`: tables larger than one machine's memory, unlearned by workers that share a folder. */

import { jsonText, usageError } from '@indistinct/core'
import { shardMethods } from '@indistinct/unlearners'
import type { CommandModule } from 'yargs'
import { labelNamesOf } from '../inputs/merge-labels.ts'
import { planShards, prepareShards, type PrepareOptions } from '../shards/prepare-shards.ts'
import { isFinished, runShardWorkers, workersOf } from '../shards/run-shard-workers.ts'
import { shardDryRun } from '../shards/shard-dry-run.ts'
import { readManifest } from '../shards/shard-manifest.ts'
import { layout, type ShardPlan } from '../shards/shard-plan.ts'
import { runShardWorker } from '../shards/shard-worker.ts'
import {
  parameterFlags,
  shardsOptions,
  type UnlearnShardsArguments,
  type WorkerArguments,
} from '../shards/shards-options.ts'
import { manifestText, workerText } from '../shards/shards-text.ts'
import { described } from '../terminal/command-help.ts'
import { computeEnvironment } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { openSession } from '../terminal/session.ts'
import { showPlan } from '../outputs/dry-run.ts'
import { countOf } from '../terminal/text-table.ts'

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
  const { out, json } = args
  const options = prepareOptions(args)
  if (args['dry-run']) {
    const plan = await planShards(options, session.log, (run) => shardDryRun(run, out, workersOf(args, run.plan)))
    return showPlan(plan, json, session)
  }
  const { plan, resumed } = await prepareShards(options, session.log)
  if (resumed)
    session.log.info(isFinished(out) ? `${out}: this run is done` : `${out}: going on with the run that is there`)
  if (args['prepare-only']) return session.result(preparedResult(out, plan, json))
  if (!isFinished(out) && !(await runShardWorkers(plan, args, session.log))) {
    process.exitCode = exitCodes.partlyDone
    return
  }
  const path = layout.manifest(out)
  const manifest = readManifest(path)
  const files = [path, ...(args.fit === undefined ? [] : [args.fit])]
  session.result(json ? jsonText(manifest, 2) : manifestText(manifest, files))
}

function preparedResult(folder: string, { shards }: ShardPlan, json: boolean): string {
  const command = ['shards', 'worker', folder]
  return json
    ? jsonText({ schema: 'indistinct/shards-prepared/1', folder, shards: shards.length, command }, 2)
    : `ready with ${countOf(shards.length, 'shard')}; start N workers, at most one a shard, I = 0 to N - 1:\n` +
        `indistinct ${command.join(' ')} --index I --of N\n`
}

/** @throws IndistinctError 'usage' where arguments do not go together. */
function prepareOptions(args: UnlearnShardsArguments): PrepareOptions {
  if (args.fit !== undefined && args.method === 'flow')
    throw usageError(
      '--fit: the flow moves each user on a way of its own; closed forms leave a fit: ' +
        `${shardMethods.filter((name) => name !== 'flow').join(', ')}`,
    )
  const { tables, attributes, attribute, out, method, seed, shards, ids, dimensions, scale, fit, force } = args
  return {
    ...{ tables, attributes, attribute, out, method, seed, shards, ids, dimensions, scale, fit, force },
    parameters: parametersOf(args),
    idColumn: args['id-column'],
    tableIdColumn: args['table-id-column'],
    key: args['table-key'],
    zeroPoint: args['zero-point'],
    byPosition: args['by-position'],
    ...labelNamesOf(args),
  }
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

function worker(args: WorkerArguments): void {
  const session = openSession(args)
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
  const figures = {
    ...report,
    processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakMb: Math.round(maxRSS / 1024),
  }
  session.result(
    args.json ? jsonText({ schema: 'indistinct/shard-worker/1', ...figures }, 2) : workerText(figures, index, of),
  )
}
