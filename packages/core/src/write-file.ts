/** @file Writing files so that a reader sees the old bytes or all the new ones, never a part. */

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileError } from './errors.ts'

/**
 * Writes `chunks` to a temporary file beside `path`, flushes it and renames it into place; on failure the temporary
 * file is removed and whatever stood at `path` is untouched.
 * @throws IndistinctError 'file' when the folder or the disk refuses.
 */
export function writeFileAtomic(path: string, chunks: string | Uint8Array | Iterable<Uint8Array>): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.part`)
  let fd: number | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    fd = openSync(temporary, 'w')
    const parts = typeof chunks === 'string' ? [Buffer.from(chunks)] : chunks instanceof Uint8Array ? [chunks] : chunks
    for (const part of parts) {
      for (let at = 0; at < part.length; ) at += writeSync(fd, part, at, part.length - at)
    }
    fsyncSync(fd)
    closeSync(fd)
    fd = undefined
    renameSync(temporary, path)
  } catch (cause) {
    if (fd !== undefined) closeSync(fd)
    if (existsSync(temporary)) rmSync(temporary, { force: true })
    throw fileError(`cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}
