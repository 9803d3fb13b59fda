/** @file One task as a process of this machine: its output in a file, its life bound to ours. */

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Failure } from './executor.ts'
import type { Task } from './task.ts'
import { checkTask } from './task-names.ts'

export interface RunningTask {
  readonly child: ChildProcess
  /** How it ended; undefined when well. `killed` tells a signal from a failure of its own. */
  readonly ended: Promise<(Failure & { readonly killed: boolean }) | undefined>
}

/**
 * Starts `program ...task.args`. The channel between the two closes when this process dies, whatever kills it; a
 * command that listens with {@link endWithParent} then ends too, instead of working on beside whoever is given its task
 * next.
 * @param program of `indistinct`: the interpreter and the script
 * @param folder of logs; the output goes to `<id>.log` in it
 */
export function spawnTask(
  program: readonly string[],
  task: Task,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): RunningTask {
  // A queue on a server may hold what others have put there.
  checkTask(task)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${task.id}.log`)
  const log = openSync(path, 'w')
  const [command, ...script] = program
  try {
    const child = spawn(command!, [...script, ...task.args], {
      env: { ...process.env, ...env, ...task.env },
      stdio: ['ignore', log, log, 'ipc'],
    })
    const ended = new Promise<(Failure & { killed: boolean }) | undefined>((resolve) => {
      child.on('error', (error) => resolve({ text: error.message, killed: false }))
      child.on('exit', (code, signal) => {
        if (code === 0) resolve(undefined)
        else if (code === null) resolve({ text: `killed by ${signal}${said(path)}`, killed: true })
        else resolve({ code, text: lastLines(path), killed: false })
      })
    })
    return { child, ended }
  } finally {
    closeSync(log)
  }
}

/** Ends this process when the one that started it with a channel, as {@link spawnTask} does, is gone. */
export function endWithParent(): void {
  if (process.channel === undefined) return
  process.once('disconnect', () => process.exit(143))
  process.channel.unref()
}

/** The last lines of the log at `path`, without empty ones. */
export function lastLines(path: string, lines = 12): string {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-lines)
      .join('\n')
  } catch {
    return ''
  }
}

function said(path: string): string {
  const text = lastLines(path)
  return text === '' ? '' : `\n${text}`
}
