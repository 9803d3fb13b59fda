/** @file Where results go: checked before long work starts, so that an hour of it is not lost on a typing mistake. */

import { fileError, refuseExisting, usageError } from '@indistinct/core'
import { accessSync, dirname, extname, fileConstants, resolve, statSync } from '@indistinct/core/platform'
import { tableExtensionList, tableExtensions } from '@indistinct/embeddings'
import { fileIdentity, isInside, isSameFile } from '../inputs/file-identity.ts'

/**
 * Checks that each of `outputs` can be written and would replace neither an input nor, without `force`, anything else.
 * Paths are compared by the files they lead to. What goes into a folder that is read as a whole would be read next
 * time.
 * @param inputs those that are not given are undefined
 * @throws IndistinctError 'usage' where two paths are the same file, 'file' where one is there or its folder refuses.
 */
export function checkOutputs(
  outputs: readonly string[],
  inputs: readonly (string | undefined)[],
  force: boolean,
): void {
  const read = inputs
    .filter((path) => path !== undefined)
    .map((path) => ({ path, is: fileIdentity(path), what: 'an input' }))
  const taken = [...read]
  for (const path of outputs) {
    const is = fileIdentity(path)
    const other = taken.find((each) => isSameFile(each.is, is))
    if (other)
      throw usageError(`${path} is ${other.what} of this run already${otherwise(path, other.path)}; name another file`)
    const folder = read.find((each) => isInside(is, each.is))
    if (folder)
      throw usageError(`${path} lies in ${folder.path}, which this run reads as a whole; name a file elsewhere`)
    taken.push({ path, is, what: 'an output' })
    refuseExisting(path, force)
    checkFolder(path)
  }
}

/** How the same file is spelled elsewhere, where that is not the same text. */
function otherwise(path: string, other: string): string {
  return path === other ? '' : `, as ${other}`
}

/** @throws IndistinctError 'usage' where `path` does not name a format that tables are written in. */
export function checkOutputFormat(path: string): void {
  if (!tableExtensions.includes(extname(path).toLowerCase()))
    throw usageError(`--out: expected a file named ${tableExtensionList}, got ${path}`)
}

/** The folder of `path`, or the nearest one above it that exists, must be a folder that takes new files. */
function checkFolder(path: string): void {
  let folder = dirname(resolve(path))
  for (;;) {
    try {
      if (!statSync(folder).isDirectory()) throw fileError(`cannot write ${path}: ${folder} is not a folder`)
      accessSync(folder, fileConstants.W_OK)
      return
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code === 'ENOENT' && dirname(folder) !== folder) folder = dirname(folder)
      else if (code === 'ENOTDIR') folder = dirname(folder)
      else if (code === 'file') throw cause
      else throw fileError(`cannot write ${path}: ${(cause as Error).message}`, { cause })
    }
  }
}
