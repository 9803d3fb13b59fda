/**
 * @file What a store of vectors can do, whatever it is. The live vectors stay where their readers read them; versions
 * are whole copies beside them. A switch replaces the live vectors by those of a version in one transaction.
 */

import type { Matrix } from '@indistinct/core'

/** Some rows: `vectors` is (n, K) row-major under the n ids. */
export interface VectorBatch {
  readonly ids: readonly string[]
  readonly vectors: Float32Array
  readonly dimensions: number
}

/** Ids (N) and vectors (N, K). */
export interface IdentifiedVectors {
  readonly ids: readonly string[]
  readonly matrix: Matrix
}

export interface StoredTable extends IdentifiedVectors {
  /** Users of the store that have no vector; they are not among the ids. */
  readonly withoutVector: number
}

/** What the store remembers of a version. */
export interface VersionRecord {
  readonly rows: number
  readonly dimensions: number
  /** See {@link tableDigest}. */
  readonly checksum: string
  /** The version that was live before this one was published; rolling back goes there. */
  readonly before?: number | undefined
  /** SHA-256 of the published file; absent for a version that was found in the store. */
  readonly file?: string | undefined
}

export interface Version extends VersionRecord {
  readonly version: number
  readonly live: boolean
}

export interface Progress {
  readonly step: 'survey' | 'keep' | 'write' | 'verify' | 'switch'
  readonly done: number
  readonly total: number
}

export interface TransferOptions {
  /** Rows that go over the wire at once; default 2,000. */
  readonly batchRows?: number | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

export interface PublishOptions extends TransferOptions {
  /** Leave users alone that the store holds and the table does not, instead of refusing. */
  readonly partial?: boolean | undefined
  /** SHA-256 of the file that the table was read from, for the version's record. */
  readonly file?: string | undefined
}

export interface RollBackOptions extends TransferOptions {
  /** The version to go back to; default: the one that was live before. */
  readonly to?: number | undefined
}

export interface Switched {
  /** The version that is live now. */
  readonly version: number
  /** The version that was live before; the same number where nothing had to change. */
  readonly before: number
  readonly record: VersionRecord
  /** Vectors that changed. */
  readonly changed: number
  /** Users with a vector that the version does not hold; their vectors stayed as they were. */
  readonly others: number
  /** Whether something that an interrupted run had left behind was removed first. */
  readonly leftovers: boolean
}

export interface Rehearsal {
  /** The version that would be live: the one that is, where nothing would change. */
  readonly version: number
  /** The version that is live; absent where nothing was published. */
  readonly live?: number
  /** Users with a vector that the table does not hold. */
  readonly others: number
}

/**
 * An open store. Failures are IndistinctErrors: 'bad-data' where table and store do not fit, 'file' where the server
 * fails.
 */
export interface Store {
  /** How messages name the place: "table public.users, column embedding". */
  readonly place: string
  /** The live vectors, sorted by id. */
  read(options?: TransferOptions): Promise<StoredTable>
  /** The versions the store keeps, oldest first. */
  versions(): Promise<Version[]>
  /** What `publish` would find and do, by its own checks; writes nothing and takes no lock. */
  rehearse(table: IdentifiedVectors, options?: PublishOptions): Promise<Rehearsal>
  /** Writes the table beside the live vectors, reads it back, and switches to it when every byte agrees. */
  publish(table: IdentifiedVectors, options?: PublishOptions): Promise<Switched>
  /** Switches back to the version before, or to `to`. */
  rollBack(options?: RollBackOptions): Promise<Switched>
  /** Removes every version but the live one, and returns their numbers. */
  prune(): Promise<number[]>
  close(): Promise<void>
}
