/** @file Worker processes of this machine, as many as were asked for and as memory takes. */

import { checkOptions, type OptionKinds } from '@indistinct/core'
import type { ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { availableMemory, memoryOf, wavesOf, type Executor, type Failure } from './executor.ts'
import type { Task } from './task.ts'
import { spawnTask } from './spawn-task.ts'

export interface LocalOptions {
  /** How `indistinct` is called: interpreter and script. */
  readonly program: readonly string[]
  /** Where logs go. */
  readonly folder: string
  /** Processes at a time; default 2. */
  readonly workers?: number
  /** MiB that the estimates of running tasks may add up to; what is available now when absent. */
  readonly memory?: number
}

const localKinds: OptionKinds<LocalOptions> = {
  program: 'list',
  folder: 'string',
  workers: 'number',
  memory: 'number',
}

/** Times that a task is started again after a signal ended it: the system's, when memory ran out, or a stranger's. */
const RESTARTS = 2

/**
 * A task starts when a worker is free, what it comes after has ended well, and memory takes it; alone it starts in any
 * case.
 */
export function localExecutor(options: LocalOptions): Executor {
  checkOptions<LocalOptions>('localExecutor', options, localKinds)
  const { program, folder, workers = 2, memory: limit = availableMemory() } = options
  const waiting = new Map<string, { task: Task; restarts: number }>()
  const running = new Map<string, { task: Task; child: ChildProcess }>()
  const failed = new Map<string, Failure>()
  const threads = String(Math.max(1, Math.floor(availableParallelism() / workers)))
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const fits = (task: Task): boolean => {
    if (running.size === 0) return true
    const claimed = [...running.values()].reduce((sum, each) => sum + memoryOf(each.task), 0)
    return claimed + memoryOf(task) <= limit && memoryOf(task) <= availableMemory()
  }
  const start = (task: Task, restarts: number): void => {
    waiting.delete(task.id)
    const { child, ended } = spawnTask(program, task, join(folder, 'logs'), { INDISTINCT_THREADS: threads })
    running.set(task.id, { task, child })
    void ended.then((failure) => {
      running.delete(task.id)
      if (failure?.killed && restarts < RESTARTS && !closed) waiting.set(task.id, { task, restarts: restarts + 1 })
      else if (failure)
        failed.set(task.id, { text: failure.text, ...(failure.code !== undefined && { code: failure.code }) })
      pump()
    })
  }
  const pump = (): void => {
    for (const { task, restarts } of [...waiting.values()]) {
      const after = task.after ?? []
      const broken = after.find((id) => failed.has(id))
      if (broken !== undefined) {
        waiting.delete(task.id)
        failed.set(task.id, { text: `left out, since ${broken} failed` })
      } else if (running.size < workers && !after.some((id) => waiting.has(id) || running.has(id)) && fits(task))
        start(task, restarts)
    }
    // Memory that others free is noticed by looking again.
    clearTimeout(timer)
    if (waiting.size > 0) timer = setTimeout(pump, 2000)
  }
  return {
    name: 'local',
    warnings: () => Promise.resolve([]),
    held: () => Promise.resolve(new Set([...waiting.keys(), ...running.keys()])),
    failures: () => Promise.resolve(new Map(failed)),
    submit(tasks) {
      for (const task of wavesOf(tasks).flat()) {
        failed.delete(task.id)
        waiting.set(task.id, { task, restarts: 0 })
      }
      pump()
      return Promise.resolve()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      waiting.clear()
      await stopped([...running.values()].map(({ child }) => child))
    },
  }
}

async function stopped(children: readonly ChildProcess[]): Promise<void> {
  const ends = children.map((child) => new Promise((resolve) => child.once('exit', resolve)))
  for (const child of children) child.kill('SIGTERM')
  await Promise.all(ends)
}
