/** @file A file system that refuses one step: node:fs with counters, and an error at the step that is asked for. */

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'

const byPath = ['mkdirSync', 'openSync', 'renameSync'] as const
const byDescriptor = ['writeSync', 'fsyncSync', 'closeSync'] as const

type Step = (typeof byPath)[number] | (typeof byDescriptor)[number]

export interface Refusal {
  /** Number of the step, from 0. */
  readonly step: number
  readonly code: 'ENOSPC' | 'EACCES' | 'EIO'
}

/**
 * Runs `work` while changes below `folder` are counted; the step of `refusal` fails as the system would make it fail.
 * Returns the steps in their order.
 */
export async function withRefusal(folder: string, refusal: Refusal | undefined, work: () => Promise<void>): Promise<Step[]> {
  const steps: Step[] = []
  const descriptors = new Set<number>()
  const inside = (path: unknown): boolean => typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`)
  const real = Object.fromEntries([...byPath, ...byDescriptor].map((name) => [name, fs[name]])) as unknown as Record<Step, (...args: unknown[]) => unknown>
  const refuse = (name: Step): void => {
    steps.push(name)
    if (refusal?.step !== steps.length - 1) return
    throw Object.assign(new Error(`${refusal.code}: refused, ${name}`), { code: refusal.code })
  }
  for (const name of byPath) {
    Object.assign(fs, {
      [name](...args: unknown[]) {
        if (!inside(args[0])) return real[name](...args)
        refuse(name)
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
        // A refused close has closed the file all the same.
        if (name === 'closeSync') {
          descriptors.delete(fd)
          real[name](...args)
          return refuse(name)
        }
        refuse(name)
        return real[name](...args)
      },
    })
  }
  syncBuiltinESMExports()
  try {
    await work()
  } finally {
    Object.assign(fs, real)
    syncBuiltinESMExports()
  }
  return steps
}
