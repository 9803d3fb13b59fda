/**
 * @file Whether two paths lead to one file, however they are spelled: by links, `..`, another case, or a relative path.
 */

import { usageError } from '@indistinct/core'
import {
  basename,
  type BigIntStats,
  dirname,
  join,
  realpathSync,
  relative,
  resolve,
  sep,
  statSync,
} from '@indistinct/core/platform'

export interface FileIdentity {
  /** Without links, as far as the path is there. */
  readonly place: string
  /** Device and number of the file; undefined where nothing is there yet. */
  readonly inode?: string
  readonly isFolder: boolean
}

export function fileIdentity(path: string): FileIdentity {
  const stats = statsOf(path)
  return {
    place: realPath(resolve(path)),
    ...(stats && { inode: `${stats.dev}:${stats.ino}` }),
    isFolder: stats?.isDirectory() === true,
  }
}

/**
 * Files that are there are told apart by what they are, others by where they would be: not by case, which some systems
 * ignore.
 */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  if (a.inode !== undefined || b.inode !== undefined) return a.inode === b.inode
  return a.place.normalize('NFC').toLowerCase() === b.place.normalize('NFC').toLowerCase()
}

/** @throws IndistinctError 'usage' where two of `paths` lead to one file. */
export function checkOnceEach(paths: readonly string[]): void {
  const files = paths.map((path) => ({ path, is: fileIdentity(path) }))
  for (const [at, { path, is }] of files.entries()) {
    const other = files.slice(0, at).find((each) => isSameFile(each.is, is))
    if (other)
      throw usageError(
        `${path} is given twice${path === other.path ? '' : `, as ${other.path} too`}; expected each table once`,
      )
  }
}

/** Whether `file` lies somewhere in `folder`. */
export function isInside(file: FileIdentity, folder: FileIdentity): boolean {
  const way = relative(folder.place, file.place)
  return folder.isFolder && way !== '' && way !== '..' && !way.startsWith(`..${sep}`)
}

/** Undefined also where a folder on the way cannot be entered: reading or writing tells why. */
function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return undefined
  }
}

/** `path` with the part of it that is there free of links. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(realPath(above), basename(path))
  }
}
