/** @file What a command works with: its log on stderr, and the one place where its result goes to stdout. */

import { setThreads } from '@indistinct/kernels'
import type { CommonArguments } from './common-options.ts'
import { createLog, type Log } from './log.ts'
import { printable } from './text-table.ts'

export interface Session {
  readonly log: Log
  /** Writes the result; nothing else ever goes to stdout. */
  result(text: string): void
}

/** Opens a session and sets the number of threads. */
export function openSession(args: Pick<CommonArguments, 'quiet'> & Partial<CommonArguments>): Session {
  if (args.threads !== undefined) setThreads(args.threads)
  return { log: createLog(args.quiet), result: (text) => void process.stdout.write(inert(text)) }
}

/**
 * Names of files, ids and labels steer no terminal; bold, which commands set themselves, stays. JSON reads its escapes
 * back.
 */
function inert(text: string): string {
  const line = (each: string): string =>
    each
      .split(/(\u001b\[(?:1|22)m)/)
      .map((part, p) => (p % 2 === 1 ? part : printable(part)))
      .join('')
  return text.split('\n').map(line).join('\n')
}
