/** @file Where results go: checked before long work starts, so that an hour of it is not lost on a typing mistake. */

import { accessSync, constants, statSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { fileError, usageError } from '@indistinct/core'
import { refuseExisting, tableExtensionList, tableExtensions } from '@indistinct/embeddings'

/**
 * Checks that each of `outputs` can be written and would replace neither an input nor, without `force`, anything else.
 * @throws IndistinctError 'usage' where two paths are the same file, 'file' where one is there or its folder refuses.
 */
export function checkOutputs(outputs: readonly string[], inputs: readonly string[], force: boolean): void {
  const taken = new Map(inputs.map((path) => [resolve(path), 'an input']))
  for (const path of outputs) {
    const use = taken.get(resolve(path))
    if (use !== undefined) throw usageError(`${path} is ${use} of this run already; name another file`)
    taken.set(resolve(path), 'an output')
    refuseExisting(path, force)
    checkFolder(path)
  }
}

/** @throws IndistinctError 'usage' where `path` does not name a format that tables are written in. */
export function checkOutputFormat(path: string): void {
  if (!tableExtensions.includes(extname(path).toLowerCase())) throw usageError(`--out: expected a file named ${tableExtensionList}, got ${path}`)
}

/** The folder of `path`, or the nearest one above it that exists, must be a folder that takes new files. */
function checkFolder(path: string): void {
  let folder = dirname(resolve(path))
  for (;;) {
    try {
      if (!statSync(folder).isDirectory()) throw fileError(`cannot write ${path}: ${folder} is not a folder`)
      accessSync(folder, constants.W_OK)
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
