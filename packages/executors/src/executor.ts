/**
 * @file What an engine has to do for a list of commands. Engines order and run; whether a command's work is done, its
 * results tell: every engine's queue may be lost, and a command may be run twice or be killed at any moment.
 *
 * Any list of commands of `indistinct` runs on any engine:
 *
 *     const tasks: Task[] = [
 *       { id: 'part-0', args: ['unlearn', …] },
 *       { id: 'part-1', args: ['unlearn', …] },
 *       { id: 'joined', args: ['audit', …], after: ['part-0', 'part-1'] },
 *     ]
 *     const executor = localExecutor({ program: [process.execPath, binary], folder: 'work/run', workers: 2 })
 *     const { missing, failures } = await runTasks(executor, tasks, { done: async () => idsWhoseResultIsThere() })
 *
 * Each command has to publish its result whole or not at all (a temporary name, then a rename), to come to equal bytes
 * when it is run twice, and to end with an error where what it reads is not there.
 */

import { checkOptions } from '@indistinct/core'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkTask } from './task-names.ts'
import type { Task } from './task.ts'

/** What an engine tells of a task that ended badly. */
export interface Failure {
  /** Exit code of the command; absent where a signal, or the engine, ended it. */
  readonly code?: number
  /** The last lines that it printed, or the engine's word. */
  readonly text: string
}

/** An engine that holds tasks under one label. */
export interface Executor {
  readonly name: 'local' | 'slurm' | 'bullmq' | 'kubernetes'
  /** What the user should know before anything is submitted: a queue that does not outlive its server, say. */
  warnings(): Promise<readonly string[]>
  /** Ids that wait or run; undefined where the engine cannot be asked from here. */
  held(): Promise<ReadonlySet<string> | undefined>
  /**
   * What holds tasks back beside their turn, as of the last call of `held`; absent where an engine has no such thing.
   */
  obstacles?(): readonly string[]
  /** Hands tasks over, none of which it holds; what failed under the same id before is forgotten. */
  submit(tasks: readonly Task[]): Promise<void>
  /** What failed since it was last submitted, by id. */
  failures(): Promise<ReadonlyMap<string, Failure>>
  /** Lets go of connections. What the engine holds goes on, but for `local`: its workers are ours, and stop. */
  close(): Promise<void>
}

export interface RunOptions {
  /** Those of `ids` whose result is there. */
  readonly done: (ids: readonly string[]) => Promise<ReadonlySet<string>>
  /** A task's result has come, or was there at the start. */
  readonly onDone?: (id: string) => void
  readonly onWarning?: (text: string) => void
  /** Ends the wait; the engine keeps what it holds. */
  readonly signal?: AbortSignal
  /** Hands over and does not wait. */
  readonly detach?: boolean
  /** Milliseconds between looks at engine and results; default 1,000. */
  readonly poll?: number
}

export interface TaskRun {
  /** Ids without a result, in the order of the tasks. */
  readonly missing: readonly string[]
  readonly failures: ReadonlyMap<string, Failure>
  /** False where nobody waited for the end: `detach`, `signal`, or an engine that cannot be asked. */
  readonly ended: boolean
}

/**
 * Submits those of `tasks` that are neither done nor held by the engine, and waits until it holds none of them. Run
 * again after anything was lost, engine or caller, it goes on where that left off.
 * @throws RangeError for an id twice, or of other characters; IndistinctError 'usage' for arguments with control
 * characters; whatever the executor throws when its engine is away.
 */
export async function runTasks(executor: Executor, tasks: readonly Task[], options: RunOptions): Promise<TaskRun> {
  checkTasks(tasks)
  checkOptions<RunOptions>('runTasks', options, {
    done: 'function',
    onDone: 'function',
    onWarning: 'function',
    signal: 'object',
    detach: 'boolean',
    poll: 'number',
  })
  const { onDone, onWarning, signal, detach = false, poll = 1000 } = options
  const missing = new Set(tasks.map(({ id }) => id))
  const look = async (): Promise<void> => {
    for (const id of await options.done([...missing])) if (missing.delete(id)) onDone?.(id)
  }
  const result = async (ended: boolean): Promise<TaskRun> => {
    const failures = new Map([...(await executor.failures())].filter(([id]) => missing.has(id)))
    return { missing: [...missing], failures, ended }
  }
  await look()
  if (missing.size === 0) return result(true)
  for (const text of await executor.warnings()) onWarning?.(text)
  const before = await executor.held()
  const lacking = tasks.filter(({ id }) => missing.has(id) && !before?.has(id))
  if (lacking.length > 0) {
    await executor.submit(
      lacking.map((task) => ({ ...task, after: (task.after ?? []).filter((id) => missing.has(id)) })),
    )
  }
  if (detach) return result(false)
  const told = new Set<string>()
  for (;;) {
    const held = await executor.held()
    for (const text of executor.obstacles?.() ?? []) {
      if (!told.has(text)) onWarning?.(text)
      told.add(text)
    }
    // Looked at after the engine, so that a task which ends between the two is not taken for lost.
    await look()
    if (held === undefined) return result(missing.size === 0)
    if (![...missing].some((id) => held.has(id))) return result(true)
    if (signal?.aborted) return result(false)
    await sleep(poll, undefined, { ...(signal && { signal }) }).catch(() => undefined)
  }
}

/**
 * Tasks by their distance from those that wait for nothing among them; those of one wave may run at once.
 * @throws RangeError where tasks wait for each other in a circle.
 */
export function wavesOf(tasks: readonly Task[]): Task[][] {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const depths = new Map<string, number>()
  const depthOf = (id: string, path: readonly string[]): number => {
    const known = depths.get(id)
    if (known !== undefined) return known
    if (path.includes(id))
      throw new RangeError(`wavesOf: expected tasks that end, got ${[...path, id].join(' after ')}`)
    const first = (byId.get(id)!.after ?? []).filter((other) => byId.has(other))
    const depth = first.length === 0 ? 0 : 1 + Math.max(...first.map((other) => depthOf(other, [...path, id])))
    depths.set(id, depth)
    return depth
  }
  const waves: Task[][] = []
  for (const task of tasks) (waves[depthOf(task.id, [])] ??= []).push(task)
  return waves
}

/** MiB that `task` takes at its peak. */
export function memoryOf({ memory = 512 }: Task): number {
  return memory
}

/** MiB that this process could still get, within the limits of its container. */
export function availableMemory(): number {
  return Math.floor(process.availableMemory() / 2 ** 20)
}

function checkTasks(tasks: readonly Task[]): void {
  const seen = new Set<string>()
  for (const task of tasks) {
    const { id } = task
    checkTask(task)
    if (seen.has(id)) throw new RangeError(`runTasks: expected every id once, got ${id} twice`)
    seen.add(id)
  }
}
