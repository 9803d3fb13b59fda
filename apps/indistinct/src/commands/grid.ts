/** @file `indistinct grid`: a grid of experiments on one machine or on many, by an engine that exists. */

import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { canonicalJson, fileError, usageError, type Json } from '@indistinct/core'
import type { Failure } from '@indistinct/executors'
import type { OpenGrid } from '@indistinct/experiments'
import type { CommandModule, Options } from 'yargs'
import { described, inGroup } from '../terminal/command-help.ts'
import { dataEnvironment, outputOptions } from '../terminal/common-options.ts'
import { exitCodeOf, exitCodes } from '../terminal/exit-codes.ts'
import {
  engineOptions,
  engineSettings,
  gridOptions,
  openEngine,
  ownProgram,
  type EngineArguments,
  type GridArguments,
} from '../grid/grid-engine.ts'
import { failuresText, planText, statusText } from '../grid/grid-text.ts'
import { numberOption, textOption } from '../terminal/option-values.ts'
import { openSession, type Session } from '../terminal/session.ts'

interface Output {
  readonly json: boolean
  readonly quiet: boolean
}

const workspaceRoot = fileURLToPath(new URL('../../../..', import.meta.url))

export const gridCommandOptions = {
  plan: { ...gridOptions, ...outputOptions },
  run: {
    ...gridOptions,
    ...engineOptions,
    ...inGroup('Engine', {
      detach: {
        describe: 'submit and do not wait; indistinct grid status tells how far it is',
        type: 'boolean',
        default: false,
      },
    }),
    ...outputOptions,
  },
  resume: {
    ...gridOptions,
    ...engineOptions,
    ...inGroup('Engine', { detach: { describe: 'submit and do not wait', type: 'boolean', default: false } }),
    ...outputOptions,
  },
  status: { ...gridOptions, ...outputOptions },
  cell: { ...gridOptions, ...outputOptions },
  worker: {
    queue: engineOptions.queue,
    ...inGroup('Worker', {
      workers: {
        describe: 'cells at a time (default: 1)',
        requiresArg: true,
        coerce: numberOption('--workers', { integer: true, from: 1, to: 1024 }),
      },
      logs: {
        describe: 'folder for the output of cells (default: artifacts/grid/worker in the repository)',
        type: 'string',
        requiresArg: true,
        coerce: textOption('--logs'),
      },
      'lock-seconds': {
        describe: 'after so long without a sign of life the cells of a worker go to another (default: 30)',
        requiresArg: true,
        coerce: numberOption('--lock-seconds', { from: 1, to: 3600 }),
      },
    }),
    quiet: outputOptions.quiet,
  },
} as const satisfies Record<string, Record<string, Options>>

const gridEnvironment = {
  ...dataEnvironment,
  INDISTINCT_STORE: 'the store, where --store is not given',
  REDIS_URL: 'bullmq: the address of the queue',
} as const

const gridPositional = {
  describe: 'name of a grid in apps/experiments/grids, or a JSON file',
  type: 'string',
  demandOption: true,
} as const
type RunArguments = GridArguments & EngineArguments & Output & { readonly detach: boolean }

const planCommand: CommandModule<object, GridArguments & Output> = {
  command: 'plan <grid>',
  describe: 'cells, time, memory and disk that a grid will take',
  builder: (yargs) =>
    described(yargs, {
      usage: 'grid plan GRID',
      examples: ['grid plan tables-3-to-5 --datasets ml-100k --seeds 1'],
      environment: gridEnvironment,
    })
      .positional('grid', gridPositional)
      .options(gridCommandOptions.plan) as never,
  async handler(args) {
    const session = openSession(args)
    await withGrid(args, async (grid) => {
      const plan = await grid.plan()
      if (args.json)
        session.result(
          `${canonicalJson({ schema: 'indistinct/grid-plan/1', ...plan, ids: grid.expanded.nodes.map(({ id }) => id) } as unknown as Json, 2)}\n`,
        )
      else session.result(planText(plan))
    })
  },
}

const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <grid>',
  describe: 'make every cell of a grid that is not done',
  builder: (yargs) =>
    described(yargs, {
      usage: 'grid run GRID --executor ENGINE',
      examples: [
        'grid run tables-3-to-5 --datasets ml-100k --seeds 1 --workers 2',
        'grid run tables-3-to-5 --executor slurm --store /shared/grid --workers 50 --detach',
        'grid run my-grid.json --executor bullmq --store s3://bucket/grid',
      ],
      exits: ['partlyDone'],
      environment: gridEnvironment,
    })
      .positional('grid', gridPositional)
      .options(gridCommandOptions.run) as never,
  handler: (args) => withGrid(args, (grid) => runOn(openSession(args), grid, args)),
}

const resumeCommand: CommandModule<object, RunArguments> = {
  command: 'resume <grid>',
  describe: 'go on with a grid: what run does, on the engine and with the settings of the last run',
  builder: (yargs) =>
    described(yargs, {
      usage: 'grid resume GRID',
      examples: ['grid resume tables-3-to-5 --datasets ml-100k --seeds 1'],
      exits: ['partlyDone'],
      environment: gridEnvironment,
    })
      .positional('grid', gridPositional)
      .options(gridCommandOptions.resume) as never,
  handler: (args) =>
    withGrid(args, async (grid) => {
      const { lastSettings } = await experiments()
      const last = lastSettings(grid) as Partial<RunArguments>
      await runOn(openSession(args), grid, {
        ...args,
        ...last,
        ...engineSettings(args),
        ...(args['data-folder'] !== undefined && { 'data-folder': args['data-folder'] }),
      })
    }),
}

const statusCommand: CommandModule<object, GridArguments & Output> = {
  command: 'status <grid>',
  describe: 'how far a grid is; exit code 6 until it is complete',
  builder: (yargs) =>
    described(yargs, {
      usage: 'grid status GRID',
      examples: ['grid status tables-3-to-5 --datasets ml-100k --seeds 1'],
      exits: ['partlyDone'],
      environment: gridEnvironment,
    })
      .positional('grid', gridPositional)
      .options(gridCommandOptions.status) as never,
  async handler(args) {
    const session = openSession(args)
    await withGrid(args, async (grid) => {
      const { lastSettings } = await experiments()
      const states = await grid.states()
      let held: ReadonlySet<string> | undefined
      let failures: ReadonlyMap<string, Failure> = new Map()
      try {
        const engine = await openEngine(
          lastSettings(grid) as EngineArguments,
          grid.engineFolder,
          grid.label,
          grid.store.place,
        )
        // A local engine lives in the process that runs it.
        if (engine.name !== 'local') [held, failures] = [await engine.held(), await engine.failures()]
        await engine.close()
      } catch (error) {
        // What is done, the store says; an engine that is away, or was never asked, takes nothing from that.
        session.log.info(`no word from an engine: ${(error as Error).message}`)
      }
      const complete = [...states.values()].every(({ state }) => state === 'done')
      if (args.json)
        session.result(
          `${canonicalJson({ schema: 'indistinct/grid-status/1', complete, cells: Object.fromEntries([...states].map(([id, { state }]) => [id, state])), held: [...(held ?? [])].filter((id) => states.has(id)) } as unknown as Json, 2)}\n`,
        )
      else session.result(statusText(states, held, failures))
      if (!complete) process.exitCode = exitCodes.partlyDone
    })
  },
}

const cellCommand: CommandModule<object, GridArguments & Output & { readonly id: string }> = {
  command: 'cell <grid> <id>',
  describe: 'make one cell; what engines call',
  builder: (yargs) =>
    described(yargs, { usage: 'grid cell GRID ID', examples: ['grid cell tables-3-to-5 CELL'] })
      .positional('grid', gridPositional)
      .positional('id', { describe: 'see indistinct grid plan --json', type: 'string', demandOption: true })
      .options(gridCommandOptions.cell) as never,
  async handler(args) {
    const { endWithParent } = await import('@indistinct/executors')
    endWithParent()
    const session = openSession(args)
    await withGrid(args, async (grid) => {
      const { runCell } = await experiments()
      session.log.info(`${args.id} ${await runCell(grid.expanded.nodes, args.id, grid.store, workspaceRoot)}`)
    })
    // Idle kernel threads must not keep a finished cell alive.
    process.exit(0)
  },
}

interface WorkerArguments {
  readonly queue?: string | undefined
  readonly workers?: number | undefined
  readonly logs?: string | undefined
  readonly 'lock-seconds'?: number | undefined
  readonly quiet: boolean
}

const workerCommand: CommandModule<object, WorkerArguments> = {
  command: 'worker',
  describe: 'take cells from the BullMQ queue at REDIS_URL until it is stopped',
  builder: (yargs) =>
    described(yargs, {
      usage: 'grid worker',
      examples: ['grid worker --workers 4'],
      environment: gridEnvironment,
    }).options(gridCommandOptions.worker) as never,
  async handler(args) {
    const { log } = openSession(args)
    const { startBullmqWorker } = await import('@indistinct/executors')
    let silent = false
    const stop = await startBullmqWorker({
      queue: args.queue,
      workers: args.workers,
      lockSeconds: args['lock-seconds'],
      program: ownProgram,
      folder: resolve(args.logs ?? join(workspaceRoot, 'artifacts', 'grid', 'worker')),
      onStart: (id) => {
        silent = false
        log.info(`${id} started`)
      },
      onEnd: (id, failure) =>
        log.info(failure === undefined ? `${id} done` : `${id} failed: ${failure.split('\n').at(-1)}`),
      // Once for each time that the server is away, not once a try.
      onError(error) {
        if (!silent) log.warn(`Redis: ${error.message}; waiting for it`)
        silent = true
      },
    })
    await new Promise<void>((done) => {
      for (const [signal, code] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const) {
        process.once(signal, () => {
          process.exitCode = code
          done()
        })
      }
    })
    await stop()
    process.exit()
  },
}

export const gridCommand: CommandModule = {
  command: 'grid',
  describe: 'grids of experiments on worker processes, Slurm, BullMQ or Kubernetes',
  builder: (yargs) =>
    described(yargs, {
      usage: 'grid plan | run | status | resume GRID',
      examples: [
        'grid plan tables-3-to-5 --datasets ml-100k --seeds 1',
        'grid run tables-3-to-5 --datasets ml-100k --seeds 1 --workers 2',
        'grid status tables-3-to-5 --datasets ml-100k --seeds 1',
      ],
    })
      .command(planCommand)
      .command(runCommand)
      .command(statusCommand)
      .command(resumeCommand)
      .command(cellCommand)
      .command(workerCommand)
      .demandCommand(1, 'expected grid plan, run, status, resume, cell or worker') as never,
  handler: () => undefined,
}

async function withGrid(args: GridArguments, work: (grid: OpenGrid) => Promise<void>): Promise<void> {
  const { chosenGrid, openGrid, openStore } = await experiments()
  if (args['data-folder'] !== undefined) process.env['INDISTINCT_DATA'] = resolve(args['data-folder'])
  const choice = {
    grid: args.grid,
    datasets: namesOf(args.datasets),
    recommenders: namesOf(args.recommenders),
    methods: namesOf(args.methods),
    seeds: args.seeds,
  }
  const expanded = await chosenGrid(choice)
  const store = await openStore(
    args.store ?? process.env['INDISTINCT_STORE'] ?? join(workspaceRoot, 'artifacts', 'grid'),
  )
  try {
    await work(openGrid(choice, expanded, store, workspaceRoot))
  } finally {
    store.close()
  }
}

/** Runs, tells what became of it, and sets the exit code. */
async function runOn(session: Session, grid: OpenGrid, args: RunArguments): Promise<void> {
  const { absentData, keepSettings, runGridOn } = await experiments()
  const dataFolder = args['data-folder'] === undefined ? undefined : resolve(args['data-folder'])
  const engine = await openEngine(args, grid.engineFolder, grid.label, grid.store.place)
  keepSettings(grid, {
    ...engineSettings({ ...args, executor: engine.name }),
    ...(dataFolder !== undefined && { 'data-folder': dataFolder }),
  })
  const total = grid.expanded.nodes.length
  const controller = new AbortController()
  let stopped: 'SIGINT' | 'SIGTERM' | undefined
  const stop = (signal: 'SIGINT' | 'SIGTERM'): void => {
    stopped ??= signal
    controller.abort()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  for (const name of absentData(grid.expanded.nodes))
    session.log.warn(
      `${name} is not on this machine, so that its cells cannot be told done here; INDISTINCT_DATA or ` +
        '--data-folder names a folder of data sets',
    )
  const bar = session.log.progress('grid')
  try {
    let done = [...(await grid.states()).values()].filter(({ state }) => state === 'done').length
    const before = done
    if (before > 0) session.log.info(`${before} of ${total} cells were done before`)
    const run = await runGridOn(engine, grid, {
      dataFolder,
      detach: args.detach,
      signal: controller.signal,
      poll: Math.max(engine.name === 'local' ? 500 : 2000, 2 * total),
      onDone(id) {
        done++
        session.log.info(`[${String(done).padStart(String(total).length)}/${total}] ${id}`)
        bar.update(done - before, total - before)
      },
      onWarning: (text) => session.log.warn(text),
    }).catch((error: Error) => {
      if (exitCodeOf(error) !== exitCodes.file) throw error
      throw fileError(`${error.message}; what is done is kept, and indistinct grid resume goes on from it`)
    })
    const complete = run.missing.length === 0
    if (args.json)
      session.result(
        `${canonicalJson({ schema: 'indistinct/grid-run/1', complete, cells: total, missing: run.missing, failures: Object.fromEntries(run.failures) } as unknown as Json, 2)}\n`,
      )
    else
      session.result(
        complete
          ? `${total} of ${total} cells done in ${grid.store.place}\n`
          : `${total - run.missing.length} of ${total} cells done in ${grid.store.place}\n`,
      )
    if (complete) return
    if (run.ended) process.stderr.write(failuresText(run.failures, run.missing.length))
    if (stopped) {
      process.stderr.write(
        engine.name === 'local'
          ? `stopped by ${stopped}; what is done is kept, and indistinct grid resume goes on from it\n`
          : `stopped waiting; ${engine.name} goes on, and indistinct grid resume waits for it again\n`,
      )
      process.exitCode = stopped === 'SIGINT' ? 130 : 143
    } else if (!run.ended) {
      session.log.info(
        engine.name === 'kubernetes'
          ? `manifests are in ${join(grid.engineFolder, 'kubernetes')}; apply.sh there applies one wave after the other`
          : `submitted; indistinct grid status ${args.grid} tells how far it is`,
      )
    } else {
      const first = [...run.failures.values()].find(({ code }) => code !== undefined)?.code
      process.exitCode = done > 0 ? exitCodes.partlyDone : (first ?? exitCodes.internal)
    }
  } finally {
    bar.end()
    process.off('SIGINT', stop).off('SIGTERM', stop)
    await engine.close()
  }
}

/** The experiments are part of the repository, not of the published package. */
async function experiments(): Promise<typeof import('@indistinct/experiments')> {
  try {
    return await import('@indistinct/experiments')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw usageError(
      'grid: runs in a clone of the repository, after npm ci; the published package does not hold the experiments',
      { cause },
    )
  }
}

function namesOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
