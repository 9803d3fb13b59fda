/** @file `indistinct grid`: a grid of experiments on one machine or on many, by an engine that exists. */

import { join, resolve } from 'node:path'
import { jsonText } from '@indistinct/core'
import type { Failure } from '@indistinct/executors'
import type { CommandModule } from 'yargs'
import { engineSettings, openEngine, ownProgram } from '../grid/grid-engine.ts'
import {
  gridCommandOptions,
  type EngineArguments,
  type GridArguments,
  type GridWorkerArguments,
  type RunArguments,
} from '../grid/grid-options.ts'
import { planText, statusText } from '../grid/grid-text.ts'
import { experiments, withGrid, workspaceRoot } from '../grid/open-grid.ts'
import { runGrid } from '../grid/run-grid.ts'
import { described } from '../terminal/command-help.ts'
import { dataEnvironment } from '../terminal/common-options.ts'
import { exitCodes } from '../terminal/exit-codes.ts'
import { openSession } from '../terminal/session.ts'

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
const planCommand: CommandModule<object, GridArguments> = {
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
          jsonText({ schema: 'indistinct/grid-plan/1', ...plan, ids: grid.expanded.nodes.map(({ id }) => id) }, 2),
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
  handler: (args) => withGrid(args, (grid) => runGrid(openSession(args), grid, args)),
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
      await runGrid(openSession(args), grid, {
        ...args,
        ...last,
        ...engineSettings(args),
        ...(args['data-folder'] !== undefined && { 'data-folder': args['data-folder'] }),
      })
    }),
}

const statusCommand: CommandModule<object, GridArguments> = {
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
          jsonText(
            {
              schema: 'indistinct/grid-status/1',
              complete,
              cells: Object.fromEntries([...states].map(([id, { state }]) => [id, state])),
              held: [...(held ?? [])].filter((id) => states.has(id)),
            },
            2,
          ),
        )
      else session.result(statusText(states, held, failures))
      if (!complete) process.exitCode = exitCodes.partlyDone
    })
  },
}

const cellCommand: CommandModule<object, GridArguments & { readonly id: string }> = {
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

const workerCommand: CommandModule<object, GridWorkerArguments> = {
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
