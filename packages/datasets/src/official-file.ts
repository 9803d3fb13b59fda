/** @file Whether a file is the one that its publisher gave out. */

import { createHash } from '@indistinct/core/platform'
import type { KnownFile } from './known-dataset.ts'

/** Whether the bytes have the pinned digest of the file; true where none is pinned. */
export function isOfficial(content: Uint8Array, file: KnownFile): boolean {
  if (file.sha256 !== undefined && createHash('sha256').update(content).digest('hex') !== file.sha256) return false
  if (file.gitBlob === undefined) return true
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex') === file.gitBlob
}
