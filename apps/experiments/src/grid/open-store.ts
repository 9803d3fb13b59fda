/** @file Opens the store of a grid's artifacts by its address. */

import { resolve } from 'node:path'
import type { ArtifactStore } from './artifact-store.ts'
import { folderStore } from './folder-store.ts'

/**
 * @param place a folder, or s3://BUCKET/PREFIX
 * @throws IndistinctError 'usage' for an address that is neither, 'file' where the client for S3 is not installed.
 */
export async function openStore(place: string): Promise<ArtifactStore> {
  if (!/^[a-z0-9]+:\/\//.test(place)) return folderStore(resolve(place))
  const { s3Store } = await import('./s3-store.ts')
  return s3Store(place)
}
