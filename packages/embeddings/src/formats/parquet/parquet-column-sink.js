/**
 * @file Pages of a column chunk, gathered into arrays.
 *
 * @typedef {import('./parquet-pages.js').PageLeaf} PageLeaf
 * @typedef {import('./parquet-pages.js').Page} Page
 * @typedef {import('./parquet-pages.js').DecodedColumn} DecodedColumn
 */

import { PLAIN_DICTIONARY, RLE_DICTIONARY } from './parquet-encodings.js'
import { numberSink } from './parquet-number-values.js'
import { readerOf, readRuns } from './parquet-runs.js'
import { textSink } from './parquet-text-values.js'

/** hyparquet unpacks no wider indices rightly; dictionaries have fewer entries. */
const WIDEST_INDEX = 24

/** Gathers pages into arrays as long as the chunk declares. @param {PageLeaf} leaf @param {number} declared */
export function columnSink(leaf, declared) {
  const definition = leaf.maxDefinition > 0 ? new Uint8Array(declared) : undefined
  const repetition = leaf.maxRepetition > 0 ? new Uint8Array(declared) : undefined
  const values = leaf.type === 'BYTE_ARRAY' ? textSink(declared) : numberSink(leaf, declared)
  let slots = 0
  let hasDictionary = false
  return {
    slots: () => slots,
    /** @param {Uint8Array} bytes @param {number} count */
    dictionary(bytes, count) {
      if (hasDictionary) throw new Error('two dictionaries in one chunk')
      hasDictionary = true
      values.dictionary(bytes, count)
    },
    /** @param {Page} page */
    page(page) {
      definition?.set(/** @type {Uint8Array} */ (page.definition), slots)
      repetition?.set(/** @type {Uint8Array} */ (page.repetition), slots)
      let present = page.slots
      if (page.definition) {
        present = 0
        for (const level of page.definition) if (level === leaf.maxDefinition) present++
      }
      slots += page.slots
      if (present === 0) return
      const { encoding, bytes, at } = page
      if (encoding !== PLAIN_DICTIONARY && encoding !== RLE_DICTIONARY) return values.add(encoding, bytes, at, present)
      if (!hasDictionary) throw new Error('values by dictionary before any dictionary')
      const width = readerOf(bytes, 0).view.getUint8(at)
      if (width > WIDEST_INDEX) throw new Error(`dictionary indices of ${width} bits`)
      values.look(readRuns(bytes, at + 1, bytes.length, width, new Int32Array(present)))
    },
    /** @returns {DecodedColumn} */
    done() {
      if (slots !== declared) throw new Error(`${slots} values where ${declared} are declared`)
      return { values: values.done(), definition, repetition, slots }
    },
  }
}
