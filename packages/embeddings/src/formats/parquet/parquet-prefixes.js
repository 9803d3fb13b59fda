/** @file What a page of DELTA_BYTE_ARRAY says of its values: how much of the value before each of them repeats. */

import { mostInflated } from './parquet-bounds.js'
import { readDeltas, readerOf } from './parquet-runs.js'

/**
 * Throws for prefixes that no value before has, and where they repeat bytes beyond measure: a few can stand for very
 * many.
 * @param {Uint8Array} page @param {number} from @param {number} count
 */
export function checkPrefixes(page, from, count) {
  const input = readerOf(page, from)
  const prefixes = readDeltas(input, new Int32Array(count))
  const suffixes = readDeltas(input, new Int32Array(count))
  let total = 0
  for (let i = 0, last = 0; i < count; i++) {
    const [prefix, suffix] = [/** @type {number} */ (prefixes[i]), /** @type {number} */ (suffixes[i])]
    if (prefix < 0 || prefix > last || suffix < 0) throw new Error(`a prefix of ${prefix} bytes of ${last}`)
    last = prefix + suffix
    total += last
    if (total > mostInflated(page.length)) throw new Error('values that would inflate beyond measure')
  }
}
