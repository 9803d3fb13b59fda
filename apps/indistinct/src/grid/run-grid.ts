/** @file A grid run on an engine until it is complete, ends or is stopped, and what is said of it. */

import { join, resolve } from 'node:path'
import { counted, fileError, jsonText } from '@indistinct/core'
import type { Executor } from '@indistinct/executors'
import type { OpenGrid } from '@indistinct/experiments'
import { exitCodeOf, exitCodes } from '../terminal/exit-codes.ts'
import type { Log } from '../terminal/log.ts'
import type { Session } from '../terminal/session.ts'
import { engineSettings, openEngine } from './grid-engine.ts'
import type { RunArguments } from './grid-options.ts'
import { failuresText } from './grid-text.ts'
import { experiments } from './open-grid.ts'

type Stop = 'SIGINT' | 'SIGTERM'

/** What became of a run. */
interface GridRun extends Awaited<ReturnType<Awaited<ReturnType<typeof experiments>>['runGridOn']>> {
  /** Cells that are done, before and now. */
  readonly done: number
  readonly stopped?: Stop | undefined
}

/** Runs, tells what became of it, and sets the exit code. */
export async function runGrid(session: Session, grid: OpenGrid, args: RunArguments): Promise<void> {
  const { absentData, keepSettings } = await experiments()
  const dataFolder = args['data-folder'] === undefined ? undefined : resolve(args['data-folder'])
  const engine = await openEngine(args, grid.engineFolder, grid.label, grid.store.place)
  keepSettings(grid, {
    ...engineSettings({ ...args, executor: engine.name }),
    ...(dataFolder !== undefined && { 'data-folder': dataFolder }),
  })
  for (const name of absentData(grid.expanded.nodes))
    session.log.warn(
      `${name} is not on this machine, so that its cells cannot be told done here; INDISTINCT_DATA or ` +
        '--data-folder names a folder of data sets',
    )
  try {
    const run = await untilStopped(grid, engine, { dataFolder, detach: args.detach }, session.log)
    session.result(resultText(grid, run, args.json))
    if (run.missing.length > 0) tellUnfinished(grid, run, engine, args.grid, session.log)
  } finally {
    await engine.close()
    // Only now: a cell that has published its artifact may still be about to clear up, and is stopped at that.
    grid.store.sweep(grid.expanded.nodes)
  }
}

/** Runs `grid` on `engine`, and stops it when the process is asked to end. */
async function untilStopped(
  grid: OpenGrid,
  engine: Executor,
  options: { readonly dataFolder: string | undefined; readonly detach: boolean },
  log: Log,
): Promise<GridRun> {
  const { runGridOn } = await experiments()
  const total = grid.expanded.nodes.length
  const controller = new AbortController()
  let stopped: Stop | undefined
  const stop = (signal: Stop): void => {
    stopped ??= signal
    controller.abort()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const bar = log.progress('grid')
  try {
    let done = [...(await grid.states()).values()].filter(({ state }) => state === 'done').length
    const before = done
    if (before > 0) log.info(`${before} of ${counted(total, 'cell')} done before`)
    const run = await runGridOn(engine, grid, {
      ...options,
      signal: controller.signal,
      poll: Math.max(engine.name === 'local' ? 500 : 2000, 2 * total),
      onDone(id) {
        done++
        log.info(`[${String(done).padStart(String(total).length)}/${total}] ${id}`)
        bar.update(done - before, total - before)
      },
      onWarning: (text) => log.warn(text),
    }).catch((error: Error) => {
      if (exitCodeOf(error) !== exitCodes.file) throw error
      throw fileError(`${error.message}; what is done is kept, and indistinct grid resume goes on from it`)
    })
    return { ...run, done, stopped }
  } finally {
    bar.end()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

function resultText({ expanded, store }: OpenGrid, { missing, failures }: GridRun, json: boolean): string {
  const cells = expanded.nodes.length
  if (!json) return `${cells - missing.length} of ${counted(cells, 'cell')} done in ${store.place}\n`
  const complete = missing.length === 0
  const record = { schema: 'indistinct/grid-run/1', complete, cells, missing, failures: Object.fromEntries(failures) }
  return jsonText(record, 2)
}

/** Says why cells are missing and what to do, and sets the exit code. */
function tellUnfinished(grid: OpenGrid, run: GridRun, engine: Executor, name: string, log: Log): void {
  const { missing, failures, ended, done, stopped } = run
  if (ended) process.stderr.write(failuresText(failures, missing.length))
  if (stopped) {
    process.stderr.write(
      engine.name === 'local'
        ? `stopped by ${stopped}; what is done is kept, and indistinct grid resume goes on from it\n`
        : `stopped waiting; ${engine.name} goes on, and indistinct grid resume waits for it again\n`,
    )
    process.exitCode = stopped === 'SIGINT' ? 130 : 143
  } else if (!ended) {
    log.info(
      engine.name === 'kubernetes'
        ? `manifests are in ${join(grid.engineFolder, 'kubernetes')}; apply.sh there applies one wave after the other`
        : `submitted; indistinct grid status ${name} tells how far it is`,
    )
  } else {
    const first = [...failures.values()].find(({ code }) => code !== undefined)?.code
    process.exitCode = done > 0 ? exitCodes.partlyDone : (first ?? exitCodes.internal)
  }
}
