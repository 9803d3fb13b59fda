/** @file Opening input files, with messages that say what stood in the way. */

import { fileError } from '@indistinct/core'
import { open, statSync, type FileHandle } from '@indistinct/core/platform'
import { fileReason } from './file-reason.ts'

/**
 * Opens `path` for reading.
 * @throws IndistinctError 'file' where it is missing, a folder, or not readable.
 */
export async function openForReading(path: string): Promise<FileHandle> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
  }
  const stat = await file.stat()
  if (!stat.isDirectory()) return file
  await file.close()
  throw fileError(`cannot read ${path}: it is a folder`)
}

/**
 * Refuses what can be read once only, such as a pipe, where it is to be read again.
 * @throws IndistinctError 'file'
 */
export function requireRereadable(path: string): void {
  let stat: ReturnType<typeof statSync>
  try {
    stat = statSync(path)
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
  }
  if (!stat.isFile() && !stat.isDirectory())
    throw fileError(`cannot read ${path}: it is no regular file, and is read more than once; save it to a file first`)
}
