/** @file Codes for columns of integer ids that may have gaps. */

import { badData } from '@indistinct/core'
import { quoted } from './integer-rows.ts'

/** Ids below this many times the rows are looked up in an array, which is several times faster than a map. */
const denseFactor = 16

/** Distinct ids of a column, ascending. */
export function distinctIds(column: Float64Array): number[] {
  const largest = largestOf(column)
  if (largest >= denseFactor * column.length) return [...new Set(column)].sort((a, b) => a - b)
  const seen = new Uint8Array(largest + 1)
  for (let r = 0; r < column.length; r++) seen[column[r]!] = 1
  const ids: number[] = []
  for (let id = 0; id < seen.length; id++) if (seen[id] === 1) ids.push(id)
  return ids
}

/**
 * Position of each row's id among `ids`.
 * @param unknown makes the error for an id that is not among them, in a row counted from 0.
 */
export function codesOfIds(
  column: Float64Array,
  ids: readonly number[],
  unknown: (id: number, row: number) => Error,
): Int32Array {
  const lookUp = lookUpOf(ids, column.length)
  const codes = new Int32Array(column.length)
  for (let r = 0; r < column.length; r++) {
    const code = lookUp(column[r]!)
    if (code === undefined || code < 0) throw unknown(column[r]!, r)
    codes[r] = code
  }
  return codes
}

/** The position of an id; negative or undefined where it is not among `ids`. */
function lookUpOf(ids: readonly number[], rows: number): (id: number) => number | undefined {
  const largest = largestOf(ids)
  if (largest < denseFactor * rows) {
    const codeOf = new Int32Array(largest + 1).fill(-1)
    ids.forEach((id, code) => (codeOf[id] = code))
    return (id) => codeOf[id]
  }
  const codeOf = new Map(ids.map((id, code) => [id, code]))
  return (id) => codeOf.get(id)
}

function largestOf(values: ArrayLike<number>): number {
  let largest = -1
  for (let p = 0; p < values.length; p++) if (values[p]! > largest) largest = values[p]!
  return largest
}

/**
 * Ids given as text, one a row, each once.
 * @throws IndistinctError 'bad-data' when one is no integer, above 2^53 - 1, or a duplicate.
 */
export function uniqueIntegerIds(
  texts: readonly string[],
  place: { file: string; column: string; advice: string },
): number[] {
  const rowOf = new Map<number, number>()
  return texts.map((text, row) => {
    const id = /^\d+$/.test(text) ? Number(text) : NaN
    const where = `${place.file}, row ${row + 1}, column ${place.column}`
    if (!Number.isSafeInteger(id))
      throw badData(`${where}: expected an integer from 0 to 2^53 - 1, got ${quoted(text)}; ${place.advice}`)
    const before = rowOf.get(id)
    if (before !== undefined)
      throw badData(`${where}: expected every id once, got ${id} again after row ${before + 1}; ${place.advice}`)
    rowOf.set(id, row)
    return id
  })
}
