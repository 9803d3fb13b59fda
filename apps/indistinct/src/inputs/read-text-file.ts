/** @file A text file that a flag names, or the error that says why not. */

import { fileError } from '@indistinct/core'
import { readFileSync } from '@indistinct/core/platform'
import { fileReason } from '@indistinct/embeddings'

/** @throws IndistinctError 'file' where `path` cannot be read. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw fileError(`cannot read ${path}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
  }
}
