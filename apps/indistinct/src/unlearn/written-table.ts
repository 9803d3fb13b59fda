/**
 * @file A table as its file will hold it: rows of one length kept at it, values rounded to their type, and what is to
 * be said of both.
 */

import { copyMatrix, rowOf, type Matrix } from '@indistinct/core'
import {
  commonLength,
  keptAtLength,
  notesOnFormat,
  notesOnRounding,
  scaleRow,
  tableFor,
  withMatrix,
  type EmbeddingTable,
  type KeptLengths,
  type RowLength,
} from '@indistinct/embeddings'

/** What becomes of the length of rows that all have the same one. */
export type Lengths = 'keep' | 'free'

/** A table as it was read from `path`, and the file that the new one goes to. */
export interface TableToWrite {
  readonly source: EmbeddingTable
  readonly path: string
  readonly out: string
}

export interface WrittenTable {
  readonly table: EmbeddingTable
  /** For people: what was scaled, rounded or left out. */
  readonly notes: readonly string[]
}

/**
 * The same of points, which were dealt to the rows where `dealt` (N) is 1: nothing may depend on where a row stood
 * before, since that would tell who kept the own point. Points of one length are to have it already (`atLength`).
 */
export function writtenPoints(
  { source, path, out }: TableToWrite,
  embedding: Matrix,
  lengths: Lengths,
  dealt: Uint8Array,
): WrittenTable {
  const common = commonLength(source.matrix, source)
  const like = tableFor(out, forgetting(source, dealt))
  const kept =
    lengths === 'keep'
      ? [`all rows of ${path} have length ${common && shortNumber(common.length)}: points were scaled to it`]
      : []
  return {
    table: withMatrix(like, embedding),
    notes: [
      ...notesOnFormat(out, source),
      ...(common ? (lengths === 'keep' ? kept : notesOnLengths(path, common, lengths)) : []),
      ...notesOnRounding(like, embedding).map((note) => `${out}: ${note}`),
    ],
  }
}

/** `points` of the table `source` at the length that all its rows have, where they are to keep it. */
export function atLength(source: EmbeddingTable, points: Matrix, lengths: Lengths): Matrix {
  const common = lengths === 'keep' ? commonLength(source.matrix, source) : undefined
  if (!common) return points
  const out = copyMatrix(points)
  for (let i = 0; i < out.rows; i++) scaleRow(rowOf(out, i), common)
  return out
}

/**
 * `source` without the digits beyond float32 of rows that were dealt points: a row that did not move would get them
 * back.
 */
function forgetting(source: EmbeddingTable, dealt: Uint8Array): EmbeddingTable {
  const { exact, matrix } = source
  if (!exact) return source
  return {
    ...source,
    exact: exact.map((value, p) => (dealt[Math.floor(p / matrix.cols)] === 1 ? matrix.data[p]! : value)),
  }
}

/** The table for its new file, with the vectors `embedding` (N, K) that a method gave, in the order of `source`. */
export function writtenTable({ source, path, out }: TableToWrite, embedding: Matrix, lengths: Lengths): WrittenTable {
  const common = commonLength(source.matrix, source)
  const kept = common && keptAtLength(source.matrix, embedding, common)
  const matrix = kept && lengths === 'keep' ? kept.matrix : embedding
  const like = tableFor(out, source)
  return {
    table: withMatrix(like, matrix),
    notes: [
      ...notesOnFormat(out, source),
      ...(common ? notesOnLengths(path, common, lengths, kept) : []),
      ...notesOnRounding(like, matrix).map((note) => `${out}: ${note}`),
    ],
  }
}

/** What a reader of the result should know of the lengths of rows, where all rows of `path` had one. */
export function notesOnLengths(path: string, { length }: RowLength, lengths: Lengths, kept?: KeptLengths): string[] {
  if (kept && kept.scaled === 0) return []
  const all = `all rows of ${path} have length ${shortNumber(length)}`
  const spread = kept && `${shortNumber(kept.moved.least)} to ${shortNumber(kept.moved.most)}`
  if (lengths === 'free') {
    const now = spread === undefined ? 'rows that moved have others now' : `rows that moved have ${spread} now`
    return [
      `${all}, and ${now}: inner products are no cosines any more; scale rows to one length where they are ` +
        'compared, or leave out --lengths free',
    ]
  }
  const zeros =
    kept && kept.ofZeros > 0
      ? `; ${kept.ofZeros} rows of zeros that moved keep the length that the method gave them`
      : ''
  return [`${all}: rows that moved were scaled back to it${spread === undefined ? '' : `, from ${spread}`}${zeros}`]
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)))
}
