/** @file What the process says when it ends. Signals end it by themselves: a shell then shows 130 or 143. */

import { IndistinctError, WouldHarmError, type ErrorCode } from '@indistinct/core'

export const exitCodes = { ok: 0, internal: 1, usage: 2, badData: 3, file: 4, gate: 5, partlyDone: 6 } as const

/** What each means, for --help. */
export const exitMeanings = {
  ok: 'done',
  internal: 'internal error',
  usage: 'wrong usage or configuration',
  badData: 'bad data: the message names file, row and column',
  file: 'a file or the network failed, or a file is there already',
  gate: 'the gate failed, or the result gives away more than before',
  partlyDone: 'partly done: some stages or methods failed, the rest is written',
} as const satisfies Record<keyof typeof exitCodes, string>

const byErrorCode: Readonly<Record<ErrorCode, number>> = {
  usage: exitCodes.usage,
  'bad-data': exitCodes.badData,
  file: exitCodes.file,
}

/** The exit code of an error; whatever is not the user's to mend is internal. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof WouldHarmError) return exitCodes.gate
  return error instanceof IndistinctError ? byErrorCode[error.code] : exitCodes.internal
}
