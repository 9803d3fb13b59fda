/** @file Codes for columns of integer ids that may have gaps. */

import { badData } from '@indistinct/core'
import { quoted } from './integer-rows.ts'

/** Distinct ids of a column, ascending. */
export function distinctIds(column: Float64Array): number[] {
  const seen = new Set<number>()
  for (let r = 0; r < column.length; r++) seen.add(column[r]!)
  return [...seen].sort((a, b) => a - b)
}

/**
 * Position of each row's id among `ids`.
 * @param unknown makes the error for an id that is not among them, in a row counted from 0.
 */
export function codesOfIds(column: Float64Array, ids: readonly number[], unknown: (id: number, row: number) => Error): Int32Array {
  const codeOf = new Map(ids.map((id, code) => [id, code]))
  const codes = new Int32Array(column.length)
  for (let r = 0; r < column.length; r++) {
    const code = codeOf.get(column[r]!)
    if (code === undefined) throw unknown(column[r]!, r)
    codes[r] = code
  }
  return codes
}

/**
 * Ids given as text, one a row, each once.
 * @throws IndistinctError 'bad-data' when one is no integer, above 2^53 - 1, or a duplicate.
 */
export function uniqueIntegerIds(texts: readonly string[], place: { file: string; column: string; advice: string }): number[] {
  const rowOf = new Map<number, number>()
  return texts.map((text, row) => {
    const id = /^\d+$/.test(text) ? Number(text) : NaN
    const where = `${place.file}, row ${row + 1}, column ${place.column}`
    if (!Number.isSafeInteger(id)) throw badData(`${where}: expected an integer from 0 to 2^53 - 1, got ${quoted(text)}; ${place.advice}`)
    const before = rowOf.get(id)
    if (before !== undefined) throw badData(`${where}: expected every id once, got ${id} again after row ${before + 1}; ${place.advice}`)
    rowOf.set(id, row)
    return id
  })
}
