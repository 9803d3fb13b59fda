/**
 * @file A finished file gets its name: instead of what stands there, or only where nothing does. The second is decided
 * by the file system in one step, so that of two runs that want one name exactly one gets it.
 */

import { closeSync, linkSync, lstatSync, openSync, renameSync, rmSync, statSync } from '@indistinct/core/platform'
import { fileError } from './errors.ts'

export interface PlacedFile {
  /** Brings back what stood there before. */
  undo(): void
  /** Lets go of what stood there before. */
  keep(): void
}

/** Errors of file systems without hard links: FAT, some network folders. */
const WITHOUT_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'])

/** @throws IndistinctError 'file' where something stands at `path` and `force` is not set. */
export function refuseExisting(path: string, force: boolean | undefined): void {
  if (!force && isAnything(path)) throw isThere(path)
}

/** Also a link that leads nowhere. A folder that cannot be looked into says so when it is written to. */
function isAnything(path: string): boolean {
  try {
    return lstatSync(path) !== undefined
  } catch {
    return false
  }
}

/**
 * Gives the file at `temporary` the name `path`.
 * @param former a name for what stands at `path`, for `undo`; without it, and where links cannot be made, it is gone
 * @throws IndistinctError 'file' where something stands at `path` and not `replace`; whatever the system refuses.
 */
export function placeFile(
  temporary: string,
  path: string,
  { replace, former }: { readonly replace: boolean; readonly former?: string },
): PlacedFile {
  if (!replace) return placeNew(temporary, path)
  const known = former === undefined ? 'nothing' : keptAs(path, former)
  const removeOwn = removal(temporary, path)
  try {
    renameSync(temporary, path)
  } catch (error) {
    if (known === 'kept') rmSync(former!, { force: true })
    throw error
  }
  return {
    undo: () => (known === 'kept' ? renameSync(former!, path) : known === 'nothing' && removeOwn()),
    keep: () => known === 'kept' && rmSync(former!, { force: true }),
  }
}

function placeNew(temporary: string, path: string): PlacedFile {
  const undo = removal(temporary, path)
  try {
    linkSync(temporary, path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') throw isThere(path, cause)
    if (!WITHOUT_LINKS.has(code ?? '')) throw cause
    reserve(path)
    renameSync(temporary, path)
    return { undo, keep: () => undefined }
  }
  try {
    rmSync(temporary, { force: true })
  } catch {
    // A second name of the same bytes, which the next writing of this path removes.
  }
  return { undo, keep: () => undefined }
}

/** Removes the file that is at `temporary` now from `path`, unless another file has taken that name since. */
function removal(temporary: string, path: string): () => void {
  const own = statSync(temporary, { bigint: true })
  return () => {
    const there = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    // A number alone may be that of a file which was removed.
    if (there?.dev === own.dev && there.ino === own.ino && there.mtimeNs === own.mtimeNs) rmSync(path, { force: true })
  }
}

/** Takes the name with an empty file, which is then replaced: a reader may see it for a moment. */
function reserve(path: string): void {
  try {
    closeSync(openSync(path, 'wx'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(path, cause)
    throw cause
  }
}

/** Gives what stands at `path` a second name; 'lost' where the file system has no links. */
function keptAs(path: string, former: string): 'kept' | 'nothing' | 'lost' {
  rmSync(former, { force: true })
  try {
    linkSync(path, former)
    return 'kept'
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'nothing' : 'lost'
  }
}

function isThere(path: string, cause?: unknown): Error {
  return fileError(`${path} is there already; pass --force to replace it`, { cause })
}
