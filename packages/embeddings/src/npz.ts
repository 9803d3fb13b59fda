/** @file npz archives of NumPy arrays: one is the table, one may hold the ids, the others travel along. */

import { badData } from '@indistinct/core'
import { arrayText, textItemSize, unicodeArray } from './array-text.ts'
import { bytesSource, readBytes, type ByteSource } from './byte-source.ts'
import { decodeValues, encodeValues, itemSize } from './dtype-bytes.ts'
import { type Dtype, quoted } from './embedding-table.ts'
import { idArrayOf, looksLikeIds } from './id-column.ts'
import { checkNpy, checkNpySize, describeNpy, MAX_HEADER, npyHeaderBytes, type NpyDescription } from './npy-header.ts'
import { chooseArray, type Candidate, type NpzContainer, type RowReader, type TableEncoder } from './table-container.ts'
import { entryStart, readEntry, readZip, ZipEncoder, type ZipEntry } from './zip.ts'

/** MS-DOS form of 1 January 1980, which NumPy writes too: equal tables make equal archives. */
const FIRST_DAY = (0x21 << 16) >>> 0
const ATTRIBUTES = (0o600 << 16) >>> 0

interface NpzArray extends Candidate {
  readonly entry: ZipEntry
  readonly description: NpyDescription | undefined
}

export interface NpzTable extends RowReader {
  readonly container: NpzContainer
  /** Name of the array of ids, where there is one. */
  readonly idColumn: string | undefined
  readIds(): string[] | undefined
  /** Arrays that look like ids under other names than usual, where there are no ids. */
  maybeIds(): string[]
}

/**
 * Opens the table of an archive. A stored array is read where it lies, a deflated one is inflated into memory.
 * @param options.key name of the array; default: the only matrix of floats
 * @param options.idColumn name of the array of ids; default: the one of a usual name, see {@link idColumnOf}; false: none
 * @throws IndistinctError 'bad-data' where archive or array are damaged, 'usage' where the array cannot be told.
 */
export function openNpz(source: ByteSource, options: { readonly key?: string | undefined; readonly idColumn?: string | false | undefined } = {}): NpzTable {
  const entries = readZip(source)
  const arrays = npzArrays(source, entries)
  const chosen = chooseArray(arrays, options.key?.replace(/\.npy$/, ''), source.name)
  const name = `${source.name}: ${quoted(chosen.name)}`
  const inflated = chosen.entry.deflated ? bytesSource(readEntry(source, chosen.entry), name) : undefined
  const [from, start] = inflated ? [inflated, 0] : [source, chosen.entry.offset]
  const description = describeNpy(from, start, chosen.entry.size, name)
  const { shape, dtype, offset } = checkNpy(description, chosen.entry.size, name)
  if (shape.length !== 2) throw badData(`${name}: expected a matrix of one row a user, got shape (${shape.join(', ')})`)
  const [rows, cols] = shape as [number, number]
  const lists = arrays.filter((array) => array !== chosen && isListOfText(array, rows))
  const idName = options.idColumn === false ? undefined : idArrayOf(lists.map((array) => array.name), options.idColumn, source.name)
  const found = lists.find((array) => array.name === idName)
  return {
    rows,
    cols,
    dtype,
    idColumn: found?.name,
    readIds: () => found && arrayOfText(source, found, rows),
    maybeIds: () => (found ? [] : lists.filter((array) => looksLikeIds(arrayOfText(source, array, rows))).map((array) => array.name)),
    container: { format: 'npz', source, entries, key: chosen.entry, hasIds: found !== undefined },
    readRows(first, last, into) {
      const width = cols * itemSize(dtype)
      decodeValues(readBytes(from, start + offset + first * width, (last - first) * width), dtype, into)
    },
  }
}

/**
 * The values of a one-dimensional array as text, for labels.
 * @throws IndistinctError 'usage' where it is not there, 'bad-data' where it holds neither text nor whole numbers.
 */
export function readNpzText(source: ByteSource, key: string): string[] {
  const array = chooseArray(npzArrays(source, readZip(source)), key, source.name)
  const count = array.description?.shape[0] ?? 0
  if (!isListOfText(array, count)) throw badData(`${source.name}: ${quoted(key)}: expected a list of text or whole numbers, got ${array.what}`)
  return arrayOfText(source, array, count)
}

/** Names of the arrays of an archive. */
export function npzNames(source: ByteSource): string[] {
  return npzArrays(source, readZip(source)).map(({ name }) => name)
}

/** Names of the other lists that are as long as the array `key`, of text or whole numbers. */
export function npzListNames(source: ByteSource, key: string): string[] {
  const arrays = npzArrays(source, readZip(source))
  const length = arrays.find(({ name }) => name === key)?.description?.shape[0] ?? -1
  return arrays.filter((array) => array.name !== key && isListOfText(array, length)).map(({ name }) => name)
}

function npzArrays(source: ByteSource, entries: readonly ZipEntry[]): NpzArray[] {
  return entries
    .filter(({ name }) => name.endsWith('.npy'))
    .map((entry) => {
      const name = entry.name.slice(0, -4)
      let description: NpyDescription | undefined
      try {
        description = describeNpy(bytesSource(entryStart(source, entry, Math.min(entry.size, MAX_HEADER + 12)), source.name), 0, entry.size)
      } catch {
        // Others may hold what is not read here, such as fields or pickles; they travel along.
      }
      const what = description ? `${description.descr} (${description.shape.join(', ')})` : '(not read)'
      return { name, what, entry, description, isTable: description !== undefined && /^<f[248]$/.test(description.descr) && description.shape.length === 2 }
    })
}

function isListOfText({ description }: NpzArray, rows: number): boolean {
  return description !== undefined && description.shape.length === 1 && description.shape[0] === rows && textItemSize(description.descr) !== undefined
}

function arrayOfText(source: ByteSource, { entry, description, name }: NpzArray, rows: number): string[] {
  const { descr, shape, offset } = description!
  const place = `${source.name}: ${quoted(name)}`
  checkNpySize(shape, textItemSize(descr)!, descr, offset, entry.size, place)
  return arrayText(readEntry(source, entry).subarray(offset), descr, rows, place)
}

export interface NpzFields {
  readonly rows: number
  readonly cols: number
  readonly dtype: Dtype
  /** The archive that the table came from; its other arrays are copied. */
  readonly container?: NpzContainer | undefined
  /** Lists of text to write beside the table, by name; not where there is a container. */
  readonly text?: readonly { readonly name: string; readonly values: readonly string[] }[] | undefined
}

/** Writes an archive: the table as `embedding`, or in the place and under the name it had. */
export function npzEncoder({ rows, cols, dtype, container, text = [] }: NpzFields): TableEncoder {
  const zip = new ZipEncoder()
  const entries = container?.entries ?? []
  const at = container ? entries.indexOf(container.key) : 0
  const key = container?.key ?? { name: 'embedding.npy', deflated: false, modified: FIRST_DAY, attributes: ATTRIBUTES }
  return {
    *start() {
      for (const entry of entries.slice(0, at)) yield* zip.copy(container!.source, entry)
      yield* zip.open(key, key.deflated)
      yield* zip.write(npyHeaderBytes([rows, cols], `<${dtype}`))
    },
    *rows(values) {
      yield* zip.write(encodeValues(values, dtype))
    },
    *end() {
      yield* zip.close()
      for (const entry of entries.slice(at + 1)) yield* zip.copy(container!.source, entry)
      for (const { name, values } of text) {
        const { descr, bytes } = unicodeArray(values)
        yield* zip.open({ name: `${name}.npy`, modified: FIRST_DAY, attributes: ATTRIBUTES }, false)
        yield* zip.write(npyHeaderBytes([values.length], descr))
        yield* zip.write(bytes)
        yield* zip.close()
      }
      yield* zip.end()
    },
  }
}
