/** @file What publishing and rolling back need of a database: one implementation each for PostgreSQL and Redis. */

import type { VectorBatch, VersionRecord } from './store.ts'

/**
 * A copy of vectors beside the live ones: a numbered version, or one of two drafts, which no version number names yet.
 * `staged` is being written, `before` is the live state as the run found it.
 */
export type Copy = number | 'staged' | 'before'

export interface Catalogue {
  readonly live?: number | undefined
  readonly records: ReadonlyMap<number, VersionRecord>
}

export interface LiveRows {
  /** Live vectors in batches, each id once. */
  readonly batches: AsyncIterable<VectorBatch>
  /** Users without a vector; complete once the batches are. */
  withoutVector(): number
}

export interface Switch {
  /** Where the new vectors are. */
  readonly source: Copy
  /** The copy that the live vectors must still equal, or nothing happens. */
  readonly expected: Copy
  /** Rows of the source. */
  readonly rows: number
  /** Every user of the source must have a live vector; otherwise those without are skipped. */
  readonly strict: boolean
  /** Live users that the source does not hold may exist. */
  readonly partial: boolean
  /** The number that becomes live. */
  readonly version: number
  /** Drafts that get a number. */
  readonly renames: readonly { readonly draft: 'staged' | 'before'; readonly version: number }[]
  /** Records to put into the catalogue. */
  readonly records: ReadonlyMap<number, VersionRecord>
}

/**
 * Outcome of a switch: how many vectors changed, and how many users of the source have no live vector (any more); or
 * nothing at all, because the live vectors had changed since the run looked at them.
 */
export type SwitchOutcome = { readonly changed: number; readonly gone: number } | 'changed-meanwhile'

export interface StoreDriver {
  readonly place: string
  /** Dimensions that the place is declared for, where it is. */
  readonly dimensions?: number | undefined
  catalogue(): Promise<Catalogue>
  /** Runs `work` while no other run can publish to this place; drafts of dead runs may then be removed. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Removes both drafts; whether there was one. */
  clearDrafts(): Promise<boolean>
  /** Live vectors of one moment, in the order of ids where `sorted`. */
  live(options: { readonly batchRows: number; readonly sorted: boolean }): LiveRows
  /** Copies the live vectors into the draft `before`. */
  keepLive(batchRows: number): Promise<void>
  /** Writes the draft `staged`. */
  stage(batches: Iterable<VectorBatch>, dimensions: number): Promise<void>
  readDraft(draft: 'staged' | 'before', batchRows: number): AsyncIterable<VectorBatch>
  /** All of it or nothing, for every reader and whatever dies. */
  switchTo(change: Switch): Promise<SwitchOutcome>
  /** Removes versions, in one transaction with their records. */
  drop(versions: readonly number[]): Promise<void>
  close(): Promise<void>
}
