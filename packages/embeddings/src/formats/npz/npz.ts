/** @file npz archives of NumPy arrays: one is the table, one may hold the ids, the others travel along. */

import { badData } from '@indistinct/core'
import { arrayText, idArray, textItemSize, unicodeArray, wholeNumberType } from '../csv/array-text.ts'
import { bytesSource, readBytes, type ByteSource } from '../../files/byte-source.ts'
import { decodeValues, encodeValues, itemSize } from '../../numbers/dtype-bytes.ts'
import { freeName } from '../../free-names.ts'
import { quoted } from '../../quoted.ts'
import { idArrayOf, looksLikeIds, refuseUnreadIds } from '../../labels/id-column.ts'
import { readColumns, valueChunks } from '../npy/npy.ts'
import {
  checkNpy,
  checkNpySize,
  describeNpy,
  npyDescr,
  npyHeaderBytes,
  npyHeaderEnd,
  type NpyDescription,
} from '../npy/npy-header.ts'
import type { AskedScale, StoredType } from '../../numbers/stored-type.ts'
import {
  chooseArray,
  type Candidate,
  type NpzContainer,
  type RowReader,
  type TableEncoder,
} from '../../table-container.ts'
import { entryStart, readEntry, readZip, type ZipEntry } from './zip.ts'
import { ZipEncoder } from './zip-write.ts'

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
  /** Their type where they are whole numbers, as <i8. */
  readonly idType: string | undefined
  readIds(): string[] | undefined
  /** Arrays that look like ids under other names than usual, where there are no ids. */
  maybeIds(): string[]
}

/**
 * Opens the table of an archive. A stored array is read where it lies, a deflated one is inflated into memory.
 * @param options.scale of whole numbers of 8 bits, with zeroPoint
 * @param options.key name of the array; default: the only matrix of floats
 * @param options.idColumn name of the array of ids; default: the one of a usual name, see {@link idColumnOf}; false:
 * none
 * @throws IndistinctError 'bad-data' where archive or array are damaged, 'usage' where the array cannot be told.
 */
export function openNpz(source: ByteSource, options: NpzOptions = {}): NpzTable {
  const entries = readZip(source)
  const arrays = npzArrays(source, entries)
  const chosen = chooseArray(arrays, options.key?.replace(/\.npy$/, ''), source.name, options.scale)
  const name = `${source.name}: ${quoted(chosen.name)}`
  const inflated = chosen.entry.deflated ? bytesSource(readEntry(source, chosen.entry), name) : undefined
  const [from, start] = inflated ? [inflated, 0] : [source, chosen.entry.offset]
  const description = describeNpy(from, start, chosen.entry.size, name)
  const { shape, type, layout, offset } = checkNpy(description, chosen.entry.size, name, options)
  if (shape.length !== 2) throw badData(`${name}: expected a matrix of one row a user, got shape (${shape.join(', ')})`)
  const [rows, cols] = shape as [number, number]
  const lists = arrays.filter((array) => array !== chosen && isListOfText(array, rows))
  const idName =
    options.idColumn === false
      ? undefined
      : idArrayOf(
          lists.map((array) => array.name),
          options.idColumn,
          source.name,
        )
  const found = lists.find((array) => array.name === idName)
  if (!found && options.idColumn !== false) {
    const others = arrays.filter((array) => array !== chosen && !lists.includes(array))
    const shaped = others.map((array) => ({ ...array, shape: array.description?.shape }))
    refuseUnreadIds(shaped, { rows, requested: options.idColumn, path: source.name })
  }
  const others = arrays.filter((array) => array !== chosen && array !== found)
  return {
    rows,
    cols,
    ...type,
    layout,
    idColumn: found?.name,
    idType: found && wholeNumberType(found.description!.descr),
    readIds: () => found && arrayOfText(source, found, rows),
    maybeIds: () =>
      found ? [] : lists.filter((array) => looksLikeIds(arrayOfText(source, array, rows))).map((array) => array.name),
    container: {
      format: 'npz',
      source,
      entries,
      key: chosen.entry,
      layout,
      hasIds: found !== undefined,
      others: others.map((array) => array.name),
      othersOfNumbers: others
        .filter(({ description: each }) => each?.shape[0] === rows && /^[<>]f[248]$/.test(each.descr))
        .map((array) => array.name),
    },
    readRows(first, last, into) {
      if (layout.fortran) return readColumns(from, start + offset, type, [rows, cols], first, last, into)
      const width = cols * itemSize(type.dtype)
      decodeValues(readBytes(from, start + offset + first * width, (last - first) * width), type, into)
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
  if (!isListOfText(array, count))
    throw badData(`${source.name}: ${quoted(key)}: expected a list of text or whole numbers, got ${array.what}`)
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

/** Names of other arrays with an item for each of the list `key`, which are no lists of text or whole numbers. */
export function npzUnreadNames(source: ByteSource, key: string): string[] {
  const arrays = npzArrays(source, readZip(source))
  const length = arrays.find(({ name }) => name === key)?.description?.shape[0]
  return arrays
    .filter((array) => {
      const { shape } = array.description ?? {}
      const items = shape?.[0] === length && (shape?.length === 1 || (shape?.length === 2 && shape[1] === 1))
      return array.name !== key && length !== undefined && items && !isListOfText(array, length)
    })
    .map(({ name }) => name)
}

/** Bytes that headers of all arrays may inflate to; arrays after that are not looked at. */
const MOST_INFLATED = 1 << 28

function npzArrays(source: ByteSource, entries: readonly ZipEntry[]): NpzArray[] {
  let inflated = 0
  return entries
    .filter(({ name }) => name.endsWith('.npy'))
    .map((entry) => {
      const name = entry.name.slice(0, -4)
      let description: NpyDescription | undefined
      try {
        if (inflated < MOST_INFLATED) {
          const start = entryStart(source, entry, (head) =>
            head.length < 12 ? 12 : npyHeaderEnd(head, entry.size, source.name).textEnd,
          )
          inflated += start.length
          description = describeNpy(bytesSource(start, source.name), 0, entry.size)
        }
      } catch {
        // Others may hold what is not read here, such as fields or pickles; they travel along.
      }
      const what = description ? `${description.descr} (${description.shape.join(', ')})` : '(not read)'
      const matrixOf = (types: RegExp): boolean => description?.shape.length === 2 && types.test(description.descr)
      return { name, what, entry, description, isTable: matrixOf(/^[<>]f[248]$/), needsScale: matrixOf(/^\|[iu]1$/) }
    })
}

function isListOfText({ description }: NpzArray, rows: number): boolean {
  return (
    description !== undefined &&
    description.shape.length === 1 &&
    description.shape[0] === rows &&
    textItemSize(description.descr) !== undefined
  )
}

function arrayOfText(source: ByteSource, { entry, description, name }: NpzArray, rows: number): string[] {
  const { descr, shape, offset } = description!
  const place = `${source.name}: ${quoted(name)}`
  checkNpySize(shape, textItemSize(descr)!, descr, offset, entry.size, place)
  return arrayText(readEntry(source, entry).subarray(offset), descr, rows, place)
}

export interface NpzFields extends Pick<StoredType, 'dtype' | 'quantisation'> {
  readonly rows: number
  readonly cols: number
  /** The archive that the table came from; its other arrays are copied. */
  readonly container?: NpzContainer | undefined
  /** Lists of text to write beside the table, by name; not where there is a container. */
  readonly text?:
    | readonly { readonly name: string; readonly values: readonly string[]; readonly type?: string | undefined }[]
    | undefined
}

export interface NpzOptions extends AskedScale {
  readonly key?: string | undefined
  readonly idColumn?: string | false | undefined
}

/** Writes an archive: the table as `embedding`, or in the place and under the name it had. */
export function npzEncoder({ rows, cols, dtype, quantisation, container, text = [] }: NpzFields): TableEncoder {
  const layout = container?.layout ?? { bigEndian: false, fortran: false }
  const type: StoredType = { dtype, quantisation, bigEndian: layout.bigEndian }
  // Columns are known once all rows are.
  const whole = layout.fortran
    ? dtype === 'f8'
      ? new Float64Array(rows * cols)
      : new Float32Array(rows * cols)
    : undefined
  let filled = 0
  const zip = new ZipEncoder()
  const entries = container?.entries ?? []
  const at = container ? entries.indexOf(container.key) : 0
  const name = `${freeName('embedding', new Set(text.map((list) => list.name)))}.npy`
  const key = container?.key ?? { name, deflated: false, modified: FIRST_DAY, attributes: ATTRIBUTES }
  return {
    *start() {
      for (const entry of entries.slice(0, at)) yield* zip.copy(container!.source, entry)
      yield* zip.open(key, key.deflated)
      yield* zip.write(npyHeaderBytes([rows, cols], npyDescr(type), layout.fortran))
    },
    *rows(values) {
      if (!whole) return yield* zip.write(encodeValues(values, type))
      whole.set(values, filled)
      filled += values.length
    },
    *end() {
      if (whole) for (const piece of valueChunks([rows, cols], whole, type, layout)) yield* zip.write(piece)
      yield* zip.close()
      for (const entry of entries.slice(at + 1)) yield* zip.copy(container!.source, entry)
      for (const { name, values, type: ofIds } of text) {
        const { descr, bytes } =
          ofIds === undefined ? unicodeArray(values) : { descr: ofIds, bytes: idArray(values, ofIds) }
        yield* zip.open({ name: `${name}.npy`, modified: FIRST_DAY, attributes: ATTRIBUTES }, false)
        yield* zip.write(npyHeaderBytes([values.length], descr))
        yield* zip.write(bytes)
        yield* zip.close()
      }
      yield* zip.end()
    },
  }
}
