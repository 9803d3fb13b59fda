/** @file The machine a result was measured on, and what else it was doing. */

import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  readonly peers: Readonly<Record<string, string>>
  /** Mean number of runnable processes over the last minute, before and after. */
  readonly load: readonly [before: number, after: number]
}

/** Call `finish` after the measurements; `versions` are those of the peers' libraries. */
export function machineAtStart(versions: () => Record<string, string>): { finish(): Machine } {
  const before = loadavg()[0]!
  return {
    finish: () => ({
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: systemName(),
      node: process.version,
      peers: versions(),
      load: [round(before), round(loadavg()[0]!)],
    }),
  }
}

function round(load: number): number {
  return Math.round(load * 10) / 10
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform
  } catch {
    return process.platform
  }
}
