/** @file A table's rows in blocks, with room for signals and progress between two of them. */

import type { RowReader } from '../table-container.ts'

export interface StreamOptions {
  /** Ends the work between two blocks, with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Told how many rows are done. */
  readonly onRows?: ((rows: number) => void) | undefined
}

/** Values of a block: 8 MiB of float32. */
const BLOCK_VALUES = 1 << 21

/** Gives every block (rows, K) of `table`, row-major, with the number of its first row; the array is used again. */
export async function eachBlock(
  table: RowReader,
  { signal, onRows }: StreamOptions,
  visit: (block: Float32Array, first: number) => void,
): Promise<void> {
  const { rows, cols } = table
  const perBlock = Math.max(1, Math.min(rows, Math.floor(BLOCK_VALUES / cols)))
  const buffer = new Float32Array(perBlock * cols)
  for (let first = 0; first < rows; first += perBlock) {
    // Signals are delivered when the event loop turns.
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    const last = Math.min(rows, first + perBlock)
    const block = buffer.subarray(0, (last - first) * cols)
    table.readRows(first, last, block)
    visit(block, first)
    onRows?.(last)
  }
}
