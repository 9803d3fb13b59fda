/** @file The page that runs a command. */

import type { Log } from '../terminal/log.ts'

export interface PageHost {
  /** Of this program. */
  readonly version: string
  /** Name and version of the browser, for the record of how a result was made. */
  readonly browser: string
  /** What the command line would be given. */
  readonly arguments: readonly string[]
  readonly log: Log
  onResult(text: string): void
  onExitCode(code: number): void
}

let current: PageHost | undefined

export function setHost(host: PageHost): void {
  current = host
}

export function host(): PageHost {
  if (!current) throw new Error('host: expected setHost before any command')
  return current
}
