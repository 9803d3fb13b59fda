/**
 * @file Where the artifacts of a grid are, for all its workers: a shared folder, or a bucket of an S3-compatible store.
 */

import type { StageNode } from '@indistinct/stages'
import type { CellRecord } from './cell-record.ts'

export interface ArtifactStore {
  /** As `openStore` takes it, the same on every machine. */
  readonly place: string
  /** Records of those of `nodes` that are published, by id. */
  records(nodes: readonly StageNode[]): Promise<ReadonlyMap<string, CellRecord>>
  /**
   * A folder of this machine with the published artifact/ and timing/ of `node`.
   * @throws IndistinctError 'file' where its bytes are not those that `record` names.
   */
  fetch(node: StageNode, record: CellRecord): Promise<string>
  /** A fresh folder to make `node` in, from which `publish` can take it. */
  scratch(node: StageNode): string
  /** Removes the scratch folders that killed processes of this machine left of `nodes`. */
  sweep(nodes: readonly StageNode[]): void
  /**
   * Publishes artifact/ and timing/ in `folder` as those of `node`: readers see all of it or what was there before.
   * What another worker has published from the same inputs stays.
   * @throws Error where that has other bytes.
   */
  publish(node: StageNode, folder: string, record: CellRecord): Promise<void>
  close(): void
}

/** Equal inputs, other bytes: the workers are not alike. */
export function unequalBytes(node: StageNode): Error {
  return new Error(
    `${node.id}: expected the bytes that another worker has published from the same inputs, got others; workers ` +
      'need the same version of Node, the same packages and the same XGBoost (indistinct doctor tells them)',
  )
}
