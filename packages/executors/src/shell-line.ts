/** @file Commands as lines of a POSIX shell, for engines that keep a command a line. */

import { usageError } from '@indistinct/core'
import { CONTROL } from './task-names.ts'

/** A command with its environment as one line. @throws IndistinctError 'usage' where a word would end the line. */
export function shellLine(
  program: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): string {
  // env would take the first word for a variable.
  if (program[0]!.includes('='))
    throw usageError(`expected an interpreter without = in its path, got ${JSON.stringify(program[0])}`)
  return [
    'env',
    ...Object.entries(env).map(([key, value]) => `${key}=${shellQuoted(value)}`),
    ...[...program, ...args].map(shellQuoted),
  ].join(' ')
}

/** `text` as one word of a POSIX shell. @throws IndistinctError 'usage' for control characters: they end a line. */
export function shellQuoted(text: string): string {
  if (CONTROL.test(text))
    throw usageError(
      `expected one line without control characters, got ${JSON.stringify(text)}; rename the file or folder`,
    )
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
