/**
 * @file What packages take from the system that they run on: files, paths, digests, deflate, processes. In Node it is
 * Node's own. In a browser browser.ts stands in its place, with the same names (`exports` of package.json).
 */

import { constants as bufferConstants } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

export { createHash } from 'node:crypto'
export {
  accessSync,
  appendFileSync,
  closeSync,
  constants as fileConstants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
  type BigIntStats,
  type Stats,
} from 'node:fs'
export { open, readFile, type FileHandle } from 'node:fs/promises'
export { homedir, hostname } from 'node:os'
export { basename, delimiter, dirname, extname, join, relative, resolve, sep } from 'node:path'
export { threadId } from 'node:worker_threads'
export { crc32 } from 'node:zlib'
export { mayRun, processStart } from './process-start.ts'

/** Variables of the environment. */
export const environment: Readonly<Record<string, string | undefined>> = process.env

/** Number of this process. */
export const processId: number = process.pid

/** Most bytes that one array holds. */
export const mostBytes: number = bufferConstants.MAX_LENGTH

/** Waits until all that was to happen before has happened. */
export async function nextTurn(): Promise<void> {
  await setImmediate()
}

/**
 * `bytes` deflated, without a header. `best` takes longer for fewer bytes. With `flush` the result ends on a whole
 * byte, refers to nothing before it, and is not the last part of its stream.
 */
export function deflateRaw(
  bytes: Uint8Array,
  { best = false, flush = false }: { readonly best?: boolean; readonly flush?: boolean } = {},
): Uint8Array {
  return deflateRawSync(bytes, {
    ...(best && { level: constants.Z_BEST_COMPRESSION }),
    ...(flush && { finishFlush: constants.Z_FULL_FLUSH }),
  })
}

/** `bytes` inflated. @throws Error where they are damaged, end early, or make more than `most` bytes. */
export function inflateRaw(bytes: Uint8Array, most: number): Uint8Array {
  return inflateRawSync(bytes, { maxOutputLength: most })
}

/** What the first bytes of a deflated stream inflate to. @throws Error where they are damaged. */
export function inflateStart(bytes: Uint8Array): Uint8Array {
  return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH })
}
