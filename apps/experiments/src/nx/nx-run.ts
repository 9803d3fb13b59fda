/**
 * @file Runs a grid through Nx. The command line of Nx is spawned, not its programmatic interface, which is internal
 * and fails outside its own processes. The plugin's hook writes what became of each task; the lines that Nx prints on
 * the way only drive the display.
 */

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { canonicalJson, jsonText, sha256, takeLock, writeFileAtomic, type Json } from '@indistinct/core'
import {
  expandGrid,
  gridVariable,
  stages,
  taskResultsVariable,
  type ExpandedGrid,
  type Grid,
  type Stage,
  type TaskOutcome,
} from '@indistinct/stages'
import { removeStopped } from '../store/artifact-folder.ts'
import { progressVariable, type ProgressLine } from '../store/progress-log.ts'

/** What the display hears while a grid runs. */
export interface RunListener {
  /** The artifact of a stage came from the cache. */
  cached(id: string): void
  /** A stage that runs tells how far it is, that it ended, or that it failed. */
  progress(line: ProgressLine): void
  /**
   * Another run is under way in this workspace; this one starts when it ends. `text` says whose, and what to do if it
   * is gone.
   */
  waiting(text: string): void
}

export interface GridRun {
  readonly expanded: ExpandedGrid
  /** By node id; a node that was not reached is absent. */
  readonly outcomes: ReadonlyMap<string, TaskOutcome>
  /** Exit codes of stages that failed. */
  readonly exitCodes: ReadonlyMap<string, number>
  /** The signal that stopped the run, if one did. */
  readonly signal?: NodeJS.Signals
  /** What Nx printed, for the case that it failed before the first task. */
  readonly output: string
}

export interface RunOptions {
  /** Tasks at a time; default 2. */
  readonly parallel?: number
  /** Folder of data sets, for stages that read one. */
  readonly dataFolder?: string
  /** Run every stage again, whatever the cache holds. */
  readonly fresh?: boolean
  readonly listener?: RunListener
}

/** Brings every artifact of `grid` up to date and tells what was run, cached, failed or left out. */
export async function runGrid(grid: Grid, workspaceRoot: string, options: RunOptions = {}): Promise<GridRun> {
  const expanded = expandGrid(grid)
  const folder = join(workspaceRoot, 'artifacts', 'grids')
  const label = `${grid.name}-${sha256(canonicalJson(grid as unknown as Json)).slice(0, 10)}`
  const gridFile = join(folder, `${label}.json`)
  writeFileAtomic(gridFile, jsonText(grid, 1))
  // An Nx that starts while another one builds its project graph takes that graph over, with the nodes of the other's
  // grid (seen on 22.7.12), and would run those instead of its own.
  const release = await takeLock(join(folder, 'lock'), { onWait: options.listener?.waiting })
  try {
    const run = await runNx(expanded, gridFile, workspaceRoot, options)
    // Not one of our nodes was reached: an Nx that somebody else had started lent us its project graph.
    const misled =
      run.signal === undefined && run.outcomes.size > 0 && expanded.nodes.every((node) => !run.outcomes.has(node.id))
    if (run.signal) for (const { root } of expanded.nodes) await removeStopped(join(workspaceRoot, root))
    return misled ? await runNx(expanded, gridFile, workspaceRoot, options) : run
  } finally {
    release()
  }
}

async function runNx(
  expanded: ExpandedGrid,
  gridFile: string,
  workspaceRoot: string,
  options: RunOptions,
): Promise<GridRun> {
  const { parallel = 2, listener } = options
  const resultsFile = gridFile.replace(/json$/, 'results.json')
  const progressFile = gridFile.replace(/json$/, 'progress')
  rmSync(resultsFile, { force: true })
  writeFileSync(progressFile, '')
  const env: NodeJS.ProcessEnv = {
    ...withoutNx(process.env),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_NO_CLOUD: 'true',
    // One plugin of our own: a process apart for it only costs its start.
    NX_ISOLATE_PLUGINS: 'false',
    FORCE_COLOR: '0',
    NO_COLOR: '1',
    [gridVariable]: gridFile,
    [taskResultsVariable]: resultsFile,
    [progressVariable]: progressFile,
    INDISTINCT_STAGE_THREADS: JSON.stringify(threadsOf(expanded, parallel)),
    ...(options.dataFolder !== undefined && { INDISTINCT_DATA: options.dataFolder }),
  }
  const nx = createRequire(import.meta.url).resolve('nx/bin/nx')
  const args = [
    'run-many',
    '--targets=prepare,report,evaluate,attack,held,figure,calibrate',
    '--outputStyle=static',
    `--parallel=${parallel}`,
    ...(options.fresh ? ['--skipNxCache'] : []),
  ]
  const child = spawn(process.execPath, [nx, ...args], { cwd: workspaceRoot, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const exitCodes = new Map<string, number>()
  const stopFollowing = followProgress(progressFile, (line) => {
    if (line.code !== undefined) exitCodes.set(line.id, line.code)
    listener?.progress(line)
  })
  try {
    const { output, signal } = await waitFor(child, listener).finally(stopFollowing)
    const outcomes = new Map(
      Object.entries(
        existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as { [id: string]: TaskOutcome }) : {},
      ),
    )
    return { expanded, outcomes, exitCodes, output, ...(signal && { signal }) }
  } finally {
    rmSync(progressFile, { force: true })
    rmSync(resultsFile, { force: true })
  }
}

/** Kernel threads for each stage: the cores divided among the tasks of that stage that can run at once. */
function threadsOf(expanded: ExpandedGrid, parallel: number): { [stage in Stage]?: number } {
  const out: { [stage in Stage]?: number } = {}
  const given = Number(process.env['INDISTINCT_THREADS'])
  const cores = Number.isInteger(given) && given > 0 ? given : availableParallelism()
  for (const stage of stages) {
    const width = Math.min(parallel, expanded.nodes.filter((node) => node.stage === stage).length)
    out[stage] = Math.max(1, Math.floor(cores / Math.max(1, width)))
  }
  return out
}

/** The environment without what an Nx around us has set for its own task. */
function withoutNx(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = ['NX_CACHE_DIRECTORY', 'NX_WORKSPACE_DATA_DIRECTORY', 'NX_VERBOSE_LOGGING']
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NX_') || kept.includes(name)))
}

async function waitFor(
  child: ChildProcess,
  listener: RunListener | undefined,
): Promise<{ output: string; signal?: NodeJS.Signals }> {
  const lines: string[] = []
  let signal: NodeJS.Signals | undefined
  const stop = (name: NodeJS.Signals): void => {
    signal = name
    // On Ctrl-C the terminal signals Nx itself too; a second signal to it does no harm.
    child.kill(name)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      const cached = /> nx run (\S+?):\S+\s+\[.*cache.*\]/.exec(line)
      if (cached) listener?.cached(cached[1]!)
    })
  }
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', () => resolve())
    })
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  return { output: lines.join('\n'), ...(signal && { signal }) }
}

function followProgress(path: string, hear: (line: ProgressLine) => void): () => void {
  const file = openSync(path, 'r')
  const chunk = Buffer.alloc(1 << 16)
  let rest = ''
  const read = (): void => {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      const lines = (rest + chunk.toString('utf8', 0, length)).split('\n')
      rest = lines.pop()!
      for (const line of lines) hear(JSON.parse(line) as ProgressLine)
    }
  }
  const timer = setInterval(read, 250)
  return () => {
    clearInterval(timer)
    read()
    closeSync(file)
  }
}
