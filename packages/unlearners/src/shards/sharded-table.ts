/**
 * @file A table in shards, of which this process holds some: what it has of rows, where it keeps rows between passes,
 * and how sums over all shards come about. Files, folders and other processes are somebody else's.
 */

/** Some rows of a table, with the classes of their users. */
export interface Shard {
  /** Its place among all shards. */
  readonly index: number
  readonly rows: number
  /** Class of every row, -1 for none (rows). */
  readonly codes: Int32Array
  /** Fills `into` with rows from .. to - 1, row-major. */
  readRows(from: number, to: number, into: Float32Array): void
}

/**
 * Tables of a shard's shape under names, on disk: what memory should not hold. What was kept may be gone when the
 * next sum is asked for, and is then made again from what the shard holds itself.
 */
export interface ShardScratch {
  /** What was kept whole under this name. */
  open(shard: number, name: string): Pick<Shard, 'readRows'> | undefined
  /** Rows are written front to back, and kept by `commit`. */
  create(shard: number, name: string): { write(rows: Float32Array): void; commit(): void }
  /** Everything else of the shard may go. */
  keepOnly(shard: number, names: readonly string[]): void
}

export interface ShardedTable {
  readonly cols: number
  /** Labelled users of each class in all shards (C). */
  readonly sizes: readonly number[]
  /** A point near the middle of all rows (K), the same in every process: moments are summed about it. */
  readonly centre: Float64Array
  /** The shards of this process. */
  readonly shards: readonly Shard[]
  readonly scratch: ShardScratch
  /**
   * Adds up what every shard gives, in the order of shards whoever holds them, in float64. Every process asks for the
   * same sums in the same order; `own` is called for shards of this process whose part is not known yet.
   */
  sum(kind: SumKind, length: number, own: (shard: Shard) => Float64Array): Float64Array
}

export type SumKind = 'spread' | 'moments' | 'squares' | 'features' | 'direction' | 'shapes'
