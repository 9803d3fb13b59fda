/**
 * @file Affine maps of the classes of a table that need not fit in memory: rows in, mapped rows out, block by block.
 */

import { badData, matrix, type Labels, type StagedFile } from '@indistinct/core'
import { addAffine } from '@indistinct/kernels'
import type { TableReader, TableWriter } from '../open-table.ts'
import { beyondRange, rounded } from '../numbers/stored-type.ts'
import { eachBlock, type StreamOptions } from './row-blocks.ts'
import { scaleRow, type RowLength } from '../row-length.ts'
import { membersOf } from './stream-moments.ts'

/** x -> x + shift + change (x - centre), in float64 before it is rounded to the table's type. */
export interface StreamedMap {
  /** (K). */
  readonly centre: Float64Array
  /** Row-major (K, K): the linear part less the identity. */
  readonly change: Float64Array
  /** (K). */
  readonly shift: Float64Array
}

export interface StreamAffineOptions extends StreamOptions {
  /** Map of rows without a label; default: they stay, bit for bit. */
  readonly unlabelled?: StreamedMap | undefined
  /** What rows that move are scaled to afterwards, but for rows of zeros; default: they are not. */
  readonly length?: RowLength | undefined
}

export interface StreamedTable {
  readonly file: StagedFile
  /** Rows of which a value changed. */
  readonly moved: number
  /** Root mean square of the changes of all rows, in Euclidean length. */
  readonly rmsChange: number
  /** Values beyond the range of whole numbers of 8 bits, which were set to its end. */
  readonly clipped: number
}

/**
 * Writes `output` (N, K) from `input` (N, K), each row mapped by its class; classes without a map stay, bit for bit.
 * Rows pass through float32, and are rounded to narrower types, as in memory: a float64 value whose float32 rounding a
 * map did not change keeps its digits. The file is complete under a temporary name when this returns; its commit gives
 * it its own. On any failure, an aborted signal included, nothing is left.
 * @param maps one a class of `labels`
 * @throws IndistinctError 'bad-data' where a value leaves the range of the type, and what reading and writing throw.
 */
export async function streamAffine(
  input: TableReader,
  output: TableWriter,
  labels: Labels,
  maps: readonly (StreamedMap | undefined)[],
  options: StreamAffineOptions = {},
): Promise<StreamedTable> {
  const { rows, cols } = input
  const { codes, classes } = labels
  checkShapes(input, output, labels, maps.length)
  const all = [...maps, options.unlabelled]
  let moved = 0
  let clipped = 0
  let squares = 0
  let mapped = new Float32Array(0)
  let exact: Float64Array | undefined
  try {
    await eachBlock(input, options, (block, first) => {
      const count = block.length / cols
      if (mapped.length !== block.length) mapped = new Float32Array(block.length)
      mapped.set(block)
      const x = matrix(count, cols, block)
      const out = matrix(count, cols, mapped)
      membersOf(codes, first, count, classes.length).forEach((members, c) => {
        const map = all[c]
        if (map && members.length > 0) addAffine(out, x, members, map.centre, map.change, map.shift)
      })
      for (let i = 0; i < count; i++) {
        let change = 0
        if (options.length)
          keepLength(
            mapped.subarray(i * cols, (i + 1) * cols),
            block.subarray(i * cols, (i + 1) * cols),
            options.length,
          )
        const row = { original: block, mapped, from: i * cols, cols, place: first + i }
        clipped += roundRow(row, output)
        for (let p = i * cols; p < (i + 1) * cols; p++) change += (mapped[p]! - block[p]!) ** 2
        if (change > 0) moved++
        squares += change
      }
      if (output.dtype !== 'f8' || input.dtype !== 'f8') return output.writeRows(mapped)
      if (exact?.length !== block.length) exact = new Float64Array(block.length)
      input.readRows(first, first + count, exact)
      for (let p = 0; p < exact.length; p++) if (mapped[p] !== block[p]) exact[p] = mapped[p]!
      output.writeRows(exact)
    })
    return { file: output.stage(), moved, rmsChange: Math.sqrt(squares / rows), clipped }
  } catch (error) {
    output.discard()
    throw error
  }
}

function checkShapes({ rows, cols }: TableReader, output: TableWriter, { codes, classes }: Labels, maps: number): void {
  if (codes.length !== rows || maps !== classes.length || output.rows !== rows || output.cols !== cols) {
    throw new RangeError(
      `streamAffine: expected ${rows} labels, ${classes.length} maps and an output of ${rows} x ${cols}, got ` +
        `${codes.length}, ${maps} and ${output.rows} x ${output.cols}`,
    )
  }
}

/**
 * Rounds a mapped row to the type of `output`; how many values that clipped.
 * @throws IndistinctError 'bad-data' where a value leaves the range of the type.
 */
function roundRow(
  {
    original,
    mapped,
    from,
    cols,
    place,
  }: {
    readonly original: Float32Array
    readonly mapped: Float32Array
    readonly from: number
    readonly cols: number
    readonly place: number
  },
  output: TableWriter,
): number {
  const narrow = output.dtype !== 'f4' && output.dtype !== 'f8'
  let clipped = 0
  for (let p = from; p < from + cols; p++) {
    const value = mapped[p]!
    if (narrow) {
      if (value !== original[p] && beyondRange(value, output)) clipped++
      mapped[p] = rounded(value, output)
    }
    if (!Number.isFinite(mapped[p]))
      throw badData(
        `${output.path}: row ${place} (from 0), dimension ${p % cols}: ${value} is beyond the range of ` +
          `the table's type`,
      )
  }
  return clipped
}

function keepLength(mapped: Float32Array, original: Float32Array, length: RowLength): void {
  if (original.every((value) => value === 0) || original.every((value, k) => value === mapped[k])) return
  scaleRow(mapped, length)
}
