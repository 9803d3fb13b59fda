/** @file What a parser made of a file: values, an error of its own, or something that is wrong with the parser. */

import { getHeapStatistics } from 'node:v8'
import { IndistinctError } from '@indistinct/core'

export interface Target {
  /** Parses `bytes`; an IndistinctError is the right answer to bytes that are no such file. */
  parse(bytes: Uint8Array): unknown
  /** Files to start from. */
  seeds(): Uint8Array[]
  /** Pieces of the format that random bytes would hardly hit upon. */
  readonly tokens: readonly (string | Uint8Array)[]
  /** Parts of the URLs of the parser's sources. Default: those of table files. */
  readonly sources?: readonly string[]
  /** Bytes of memory that a byte of a file may come to, beside {@link FREE}: compression and runs let it be many. */
  readonly growth: number
}

/** Memory that any file may take: stacks of objects, chunks of text, first blocks of lists. */
const FREE = 1 << 26

export type Verdict = 'accepted' | 'refused' | Error

/**
 * Parses, and says what was wrong with the parser, if anything: an error of another kind than its own, or memory out of
 * proportion.
 */
export async function verdict(target: Target, bytes: Uint8Array): Promise<Verdict> {
  const before = held()
  const answer = await answerOf(target, bytes)
  const taken = held() - before
  const most = FREE + target.growth * bytes.length
  return answer instanceof Error || taken <= most
    ? answer
    : new RangeError(`${taken} bytes of memory for a file of ${bytes.length}, expected at most ${most}`)
}

async function answerOf(target: Target, bytes: Uint8Array): Promise<Verdict> {
  try {
    const pending = target.parse(bytes)
    if (pending instanceof Promise) await pending
    return 'accepted'
  } catch (error) {
    if (error instanceof IndistinctError) return 'refused'
    return error instanceof Error ? error : new Error(`thrown: ${String(error)}`)
  }
}

/** Bytes of objects and buffers; those that were collected meanwhile are missing, so what is counted was there. */
function held(): number {
  const { used_heap_size: objects, external_memory: buffers } = getHeapStatistics()
  return objects + buffers
}
