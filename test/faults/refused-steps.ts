/**
 * @file A file system that fails at one step: node:fs with counters, and what is asked for at the step that is asked
 * for.
 */

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

const byPath = ['mkdirSync', 'openSync', 'renameSync', 'linkSync'] as const
const byDescriptor = ['writeSync', 'fsyncSync', 'closeSync'] as const

export type Step = (typeof byPath)[number] | (typeof byDescriptor)[number]

/** Errors that the system gives at each step. */
export const refusalsOf: Readonly<Record<Step, readonly string[]>> = {
  mkdirSync: ['ENOSPC', 'EACCES', 'EIO', 'EROFS'],
  openSync: ['ENOSPC', 'EACCES', 'EIO', 'EROFS', 'EMFILE'],
  renameSync: ['ENOSPC', 'EACCES', 'EIO', 'EROFS'],
  linkSync: ['ENOSPC', 'EACCES', 'EIO', 'EROFS', 'EPERM'],
  writeSync: ['ENOSPC', 'EIO'],
  fsyncSync: ['ENOSPC', 'EIO'],
  closeSync: ['ENOSPC', 'EIO'],
}

export interface Fault {
  /** Number of the step, from 0. */
  readonly step: number
  /** An error of the system, or the death of the process: in the middle of a write, before any other step. */
  readonly what: string | 'death'
}

/**
 * Counts changes below `folder`, and lets the step of `fault` fail.
 * @param mostBytes that one write takes
 * @returns the steps in their order, and what ends the counting
 */
export function watchSteps(
  folder: string,
  fault?: Fault,
  mostBytes = Infinity,
): { readonly steps: Step[]; stop(): void } {
  const steps: Step[] = []
  const descriptors = new Set<number>()
  const inside = (path: unknown): boolean =>
    typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`)
  const real = Object.fromEntries([...byPath, ...byDescriptor].map((name) => [name, fs[name]])) as unknown as Record<
    Step,
    (...args: unknown[]) => unknown
  >
  const atStep = (name: Step, args: unknown[]): void => {
    steps.push(name)
    if (fault?.step !== steps.length - 1) return
    if (fault.what === 'death') {
      if (name === 'writeSync') real.writeSync(args[0], args[1], args[2], Math.floor((args[3] as number) / 2))
      process.kill(process.pid, 'SIGKILL')
    }
    // A refused close has closed the file all the same.
    if (name === 'closeSync') real.closeSync(args[0])
    throw Object.assign(new Error(`${fault.what}: refused, ${name}`), { code: fault.what })
  }
  for (const name of byPath) {
    Object.assign(fs, {
      [name](...args: unknown[]) {
        if (!inside(args[0])) return real[name](...args)
        atStep(name, args)
        const result = real[name](...args)
        if (name === 'openSync') descriptors.add(result as number)
        return result
      },
    })
  }
  for (const name of byDescriptor) {
    Object.assign(fs, {
      [name](...args: unknown[]) {
        const fd = args[0] as number
        if (!descriptors.has(fd)) return real[name](...args)
        if (name === 'closeSync') descriptors.delete(fd)
        atStep(name, args)
        if (name === 'writeSync') args[3] = Math.min(mostBytes, args[3] as number)
        return real[name](...args)
      },
    })
  }
  syncBuiltinESMExports()
  return {
    steps,
    stop() {
      Object.assign(fs, real)
      syncBuiltinESMExports()
    },
  }
}
