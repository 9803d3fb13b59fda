/** @file Opening input files, with messages that say what stood in the way. */

import { fileError } from '@indistinct/core'
import { open, type FileHandle } from '@indistinct/core/platform'

/**
 * Opens `path` for reading.
 * @throws IndistinctError 'file' where it is missing, a folder, or not readable.
 */
export async function openForReading(path: string): Promise<FileHandle> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${reason(cause as NodeJS.ErrnoException)}`, { cause })
  }
  const stat = await file.stat()
  if (!stat.isDirectory()) return file
  await file.close()
  throw fileError(`cannot read ${path}: it is a folder`)
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'no such file'
  if (error.code === 'EACCES') return 'permission denied'
  return error.message
}
