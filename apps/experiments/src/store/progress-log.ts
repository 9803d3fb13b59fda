/** @file Progress of running stages: lines of JSON that stages append to a file and `start` follows. */

import { appendFileSync } from 'node:fs'

/** The environment variable that names the file; without it progress goes nowhere. */
export const progressVariable = 'INDISTINCT_PROGRESS'

export interface ProgressLine {
  readonly id: string
  readonly state: 'running' | 'done' | 'failed'
  /** 0 to 1, while running. */
  readonly share?: number
  readonly words?: string
  /** Once done. */
  readonly seconds?: number
  /** Exit code, once failed: Nx tells only that a task failed. */
  readonly code?: number
}

/** Appends one line. */
export function logProgress(line: ProgressLine): void {
  const path = process.env[progressVariable]
  if (path) appendFileSync(path, `${JSON.stringify(line)}\n`)
}

/** A function that logs how far `id` is, at most twice a second. */
export function runningProgress(id: string): (share: number, words?: string) => void {
  let next = 0
  return (share, words) => {
    const now = performance.now()
    if (now < next) return
    next = now + 500
    logProgress({ id, state: 'running', share, ...(words !== undefined && { words }) })
  }
}
