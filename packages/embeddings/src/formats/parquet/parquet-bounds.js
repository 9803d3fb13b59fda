/** @file How much a Parquet file may come to: a few bytes can stand for very many, and embeddings never need that. */

const MIB = 2 ** 20

/**
 * Bytes that `compressed` bytes of a page, or of the vectors' pages together, may inflate to. @param {number}
 * compressed
 */
export const mostInflated = (compressed) => 8 * MIB + 64 * compressed

/**
 * Rows of a table of vectors in a file of `size` bytes: beyond the first, each takes a byte at least. @param {number}
 * size
 */
export const mostTableRows = (size) => 2 ** 18 + size

/** Rows of a file of labels, which may take a bit each. @param {number} size */
export const mostLabelRows = (size) => 2 ** 19 + 16 * size

/** Columns of a file: their names and places are held in memory. */
export const MOST_COLUMNS = 200_000
