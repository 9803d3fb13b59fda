/**
 * @file One run of Nx at a time in a workspace. An Nx that starts while another one builds its project graph takes that
 * graph over, with the nodes of the other's grid (seen on 22.7.12), and would run those instead of its own.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileError } from '@indistinct/core'

/**
 * Waits until nobody holds the lock file `path`, takes it, and returns the function that gives it back. A lock whose
 * process is gone is nobody's.
 * @param waiting called once, with the process that holds the lock
 */
export async function takeLock(path: string, waiting?: (pid: number) => void): Promise<() => void> {
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' })
      return () => rmSync(path, { force: true })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(`cannot write ${path}: ${(cause as Error).message}`, { cause })
    }
    const pid = holderOf(path)
    if (pid === undefined) continue
    if (pid > 0 && !isRunning(pid)) {
      rmSync(path, { force: true })
      continue
    }
    if (!told) waiting?.(pid)
    told = true
    await setTimeout(300)
  }
}

/** The process in the lock file: 0 while it is being written, undefined when the file is gone. */
function holderOf(path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether process `pid` exists, be it someone else's. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
