/** @file What a command works with: its log on stderr, and the one place where its result goes to stdout. */

import { output } from '#system'
import { setThreads } from '@indistinct/kernels'
import type { CommonArguments } from './common-options.ts'
import { createLog, type Log } from './log.ts'
import { inert } from './text-table.ts'

export interface Session {
  readonly log: Log
  /** Writes the result; nothing else ever goes to stdout. */
  result(text: string): void
}

/** Opens a session and sets the number of threads. */
export function openSession(args: Pick<CommonArguments, 'quiet'> & Partial<CommonArguments>): Session {
  if (args.threads !== undefined) setThreads(args.threads)
  return { log: createLog(args.quiet), result: (text) => void output.write(inert(text)) }
}
