/**
 * @file Pages of a Parquet column chunk, decoded by hyparquet into flat arrays. hyparquet trusts what a page says of
 * itself, so every count is checked against what the chunk declares, and every run against its page, before it decodes:
 * a run beyond its page would grow an array until the process ends, in a worker too. Plain JavaScript, so that a worker
 * needs no loader.
 *
 * @typedef {{ type: string, typeLength: number, maxDefinition: number, maxRepetition: number }} PageLeaf
 * @typedef {Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array} Numbers Items of fixed length stand
 * side by side.
 * @typedef {{ bytes: Uint8Array, ends: Float64Array, codes: Int32Array | undefined }} Texts Distinct texts one after
 * another, where each ends, and which of them each value is; without codes each value has its own.
 * @typedef {{ values: Numbers | Texts, definition: Uint8Array | undefined, repetition: Uint8Array | undefined, slots:
 * number }} DecodedColumn Values that are not null, and a level for each of `slots` values and nulls where the column
 * can hold nulls or lists.
 */

import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from 'hyparquet/src/delta.js'
import { byteStreamSplit, readRleBitPackedHybrid } from 'hyparquet/src/encoding.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { mostInflated } from './parquet-bounds.js'
import { decompress } from './parquet-codecs.js'
import { numberField, readThrift, structField } from './thrift-read.js'

/** Encodings by the format's numbers. */
const PLAIN = 0
const PLAIN_DICTIONARY = 2
const RLE = 3
const DELTA_BINARY_PACKED = 5
const DELTA_LENGTH_BYTE_ARRAY = 6
const DELTA_BYTE_ARRAY = 7
const RLE_DICTIONARY = 8
const BYTE_STREAM_SPLIT = 9

/** Bytes that a page header is looked for in at first, and at most. */
const HEADER = 1 << 12
const MOST_HEADER = 1 << 24
/** hyparquet unpacks no wider indices rightly; dictionaries have fewer entries. */
const WIDEST_INDEX = 24

/**
 * @typedef {{ start: number, length: number, leaf: PageLeaf, codec: number, slots: number }} ColumnRequest
 * @typedef {{ fd: number, requests: readonly ColumnRequest[] }} WorkerRequest
 * @typedef {{ columns: DecodedColumn[] } | { error: string, at?: number | undefined }} WorkerAnswer `at` is the number
 * of the column that the error is about.
 *
 * Decodes column chunks, or says which of them is damaged, and how.
 * @param {readonly ColumnRequest[]} requests
 * @param {(position: number, length: number) => Uint8Array} read bytes of the file, in memory of their own
 * @returns {WorkerAnswer}
 */
export function decodeRequests(requests, read) {
  /** @type {DecodedColumn[]} */
  const columns = []
  for (const { start, length, leaf, codec, slots } of requests) {
    try {
      columns.push(decodeChunk((position, count) => read(start + position, count), length, leaf, codec, slots))
    } catch (error) {
      return { error: /** @type {Error} */ (error).message, at: columns.length }
    }
  }
  return { columns }
}

/**
 * Decodes a column chunk.
 * @param {(position: number, length: number) => Uint8Array} read bytes of the chunk, in memory of their own
 * @param {number} length bytes of the chunk
 * @param {PageLeaf} leaf
 * @param {number} codec
 * @param {number} slots how many values and nulls its metadata declares; the caller has bounded it
 * @returns {DecodedColumn} @throws Error on damage, on encodings and codecs that are not read, and where it holds more
 * or fewer slots.
 */
function decodeChunk(read, length, leaf, codec, slots) {
  const sink = columnSink(leaf, slots)
  for (let at = 0; at < length && sink.slots() < slots;) {
    const { header, end } = pageHeader(read, at, length)
    const compressed = size(header, 3)
    const uncompressed = size(header, 2)
    if (end + compressed > length) throw new Error(`a page of ${compressed} bytes where ${length - end} are left`)
    if (uncompressed > mostInflated(compressed))
      throw new Error(`a page of ${compressed} bytes that would inflate to ${uncompressed}`)
    const bytes = read(end, compressed)
    at = end + compressed
    const [v1, dictionary, v2] = [structField(header, 5), structField(header, 7), structField(header, 8)]
    const type = numberField(header, 1)
    const left = slots - sink.slots()
    if (type === 2 && dictionary) sink.dictionary(own(decompress(codec, bytes, uncompressed)), size(dictionary, 1))
    else if (type === 0 && v1) sink.page(pageV1(own(decompress(codec, bytes, uncompressed)), v1, leaf, left))
    else if (type === 3 && v2) sink.page(pageV2(bytes, v2, leaf, codec, uncompressed, left))
    else if (type !== 1) throw new Error(`a page of the unknown type ${type}`)
  }
  return sink.done()
}

/** @param {(position: number, length: number) => Uint8Array} read @param {number} at @param {number} length */
function pageHeader(read, at, length) {
  for (let window = HEADER; ; window *= 16) {
    const bytes = read(at, Math.min(window, length - at))
    try {
      const { struct, end } = readThrift(bytes)
      return { header: struct, end: at + end }
    } catch (error) {
      if (bytes.length === length - at || window >= MOST_HEADER) throw error
    }
  }
}

/** Bytes as all of their buffer, so that nothing reads beyond them. @param {Uint8Array} bytes */
function own(bytes) {
  return bytes.buffer.byteLength === bytes.byteLength ? bytes : new Uint8Array(bytes)
}

/** @param {Uint8Array} bytes @param {number} offset */
const readerOf = (bytes, offset) => ({ view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset })

/**
 * @typedef {{ slots: number, definition: Uint8Array | undefined, repetition: Uint8Array | undefined, encoding: number,
 * bytes: Uint8Array, at: number }} Page Its values stand in `bytes` from `at` on.
 *
 * @param {Uint8Array} bytes @param {import('./thrift-read.js').ThriftStruct} header @param {PageLeaf} leaf @param
 * {number} most
 * @returns {Page}
 */
function pageV1(bytes, header, leaf, most) {
  const slots = size(header, 1)
  if (slots > most) throw new Error(`a page of ${slots} values where ${most} are left`)
  let at = 0
  /** @param {number} highest @param {number | undefined} encoding */
  const levels = (highest, encoding) => {
    if (highest === 0) return undefined
    if (encoding !== RLE) throw new Error(`levels of encoding ${encoding}, which is not read`)
    const { view } = readerOf(bytes, at)
    const length = view.getUint32(at, true)
    if (length > bytes.length - at - 4)
      throw new Error(`levels of ${length} bytes where ${bytes.length - at - 4} are left`)
    at += 4 + length
    return readLevels(bytes, at - length, at, highest, slots)
  }
  const repetition = levels(leaf.maxRepetition, numberField(header, 4))
  const definition = levels(leaf.maxDefinition, numberField(header, 3))
  return { slots, definition, repetition, encoding: size(header, 2), bytes, at }
}

/**
 * @param {Uint8Array} bytes @param {import('./thrift-read.js').ThriftStruct} header @param {PageLeaf} leaf
 * @param {number} codec @param {number} uncompressed @param {number} most
 * @returns {Page}
 */
function pageV2(bytes, header, leaf, codec, uncompressed, most) {
  const slots = size(header, 1)
  if (slots > most) throw new Error(`a page of ${slots} values where ${most} are left`)
  const [repetitionEnd, definitionBytes] = [size(header, 6), size(header, 5)]
  const definitionEnd = repetitionEnd + definitionBytes
  if (definitionEnd > Math.min(bytes.length, uncompressed)) throw new Error('levels longer than their page')
  const rest = bytes.subarray(definitionEnd)
  const isCompressed = header.get(7)?.value !== false
  return {
    slots,
    repetition: leaf.maxRepetition > 0 ? readLevels(bytes, 0, repetitionEnd, leaf.maxRepetition, slots) : undefined,
    definition:
      leaf.maxDefinition > 0 ? readLevels(bytes, repetitionEnd, definitionEnd, leaf.maxDefinition, slots) : undefined,
    encoding: size(header, 4),
    bytes: own(isCompressed ? decompress(codec, rest, uncompressed - definitionEnd) : rest),
    at: 0,
  }
}

/** Gathers pages into arrays as long as the chunk declares. @param {PageLeaf} leaf @param {number} declared */
function columnSink(leaf, declared) {
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

/** @param {PageLeaf} leaf */
function widthOf({ type, typeLength }) {
  const width = { BOOLEAN: 1, INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8, FIXED_LEN_BYTE_ARRAY: typeLength }[type]
  if (width === undefined) throw new Error(`values of type ${type}, which is not read`)
  return width
}

/** @param {PageLeaf} leaf @param {number} count @returns {Numbers} */
function numbersOf(leaf, count) {
  if (leaf.type === 'FLOAT') return new Float32Array(count)
  if (leaf.type === 'DOUBLE') return new Float64Array(count)
  if (leaf.type === 'INT32') return new Int32Array(count)
  if (leaf.type === 'INT64') return new BigInt64Array(count)
  return new Uint8Array(count * widthOf(leaf))
}

/** Numbers, booleans and items of fixed length. @param {PageLeaf} leaf @param {number} declared */
function numberSink(leaf, declared) {
  /** Places of the arrays that a value takes. */
  const step = leaf.type === 'FIXED_LEN_BYTE_ARRAY' ? widthOf(leaf) : 1
  const values = numbersOf(leaf, declared)
  /** @type {Numbers} */
  let entries = numbersOf(leaf, 0)
  let at = 0
  return {
    /** @param {Uint8Array} bytes @param {number} count */
    dictionary(bytes, count) {
      entries = plainNumbers(leaf, bytes, 0, count)
    },
    /** @param {number} encoding @param {Uint8Array} bytes @param {number} from @param {number} count */
    add(encoding, bytes, from, count) {
      const found = numbersIn(leaf, encoding, bytes, from, count)
      if (found.length !== count * step) throw new Error(`${found.length / step} values where ${count} are declared`)
      values.set(/** @type {never} */ (found), at)
      at += found.length
    },
    /** @param {Int32Array} indices */
    look(indices) {
      const length = entries.length / step
      for (const index of indices) if (index >= length) throw new Error(`entry ${index} of a dictionary of ${length}`)
      for (const index of indices) {
        for (let b = 0; b < step; b++) values[at++] = /** @type {never} */ (entries[index * step + b])
      }
    },
    done: () => /** @type {Numbers} */ (values.subarray(0, at)),
  }
}

/** @param {PageLeaf} leaf @param {Uint8Array} bytes @param {number} at @param {number} count @returns {Numbers} */
function plainNumbers(leaf, bytes, at, count) {
  const needed = leaf.type === 'BOOLEAN' ? Math.ceil(count / 8) : count * widthOf(leaf)
  if (needed > bytes.length - at) throw new Error(`${needed} bytes of values where ${bytes.length - at} are left`)
  if (leaf.type === 'FIXED_LEN_BYTE_ARRAY') return bytes.subarray(at, at + needed)
  const found = readPlain(
    readerOf(bytes, at),
    /** @type {import('hyparquet').ParquetType} */ (leaf.type),
    count,
    undefined,
  )
  return leaf.type === 'BOOLEAN'
    ? Uint8Array.from(found, Number)
    : count === 0
      ? numbersOf(leaf, 0)
      : /** @type {Numbers} */ (found)
}

/**
 * @param {PageLeaf} leaf @param {number} encoding @param {Uint8Array} bytes @param {number} at @param {number} count
 * @returns {Numbers}
 */
function numbersIn(leaf, encoding, bytes, at, count) {
  const { type, typeLength } = leaf
  if (encoding === PLAIN) return plainNumbers(leaf, bytes, at, count)
  if (encoding === RLE && type === 'BOOLEAN') {
    const end = at + 4 + readerOf(bytes, 0).view.getUint32(at, true)
    return readRuns(bytes, at + 4, Math.min(end, bytes.length), 1, new Uint8Array(count))
  }
  if (encoding === BYTE_STREAM_SPLIT && type !== 'BOOLEAN') {
    if (count * widthOf(leaf) > bytes.length - at) throw new Error(`${count} values in ${bytes.length - at} bytes`)
    const found = byteStreamSplit(
      readerOf(bytes, at),
      count,
      /** @type {import('hyparquet').ParquetType} */ (type),
      typeLength,
    )
    if (type !== 'FIXED_LEN_BYTE_ARRAY') return /** @type {Numbers} */ (found)
    const items = new Uint8Array(count * typeLength)
    for (let i = 0; i < count; i++) items.set(/** @type {Uint8Array} */ (found[i]), i * typeLength)
    return items
  }
  if (encoding === DELTA_BINARY_PACKED && (type === 'INT32' || type === 'INT64')) {
    return readDeltas(readerOf(bytes, at), type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count))
  }
  throw new Error(`values of type ${type} in encoding ${encoding}, which is not read`)
}

/** Texts: entries of the dictionary and texts of pages, one after another. @param {number} declared */
// eslint-disable-next-line max-lines-per-function -- one buffer, which all of its calls share
function textSink(declared) {
  let bytes = new Uint8Array(1 << 12)
  let length = 0
  let ends = new Float64Array(1 << 8)
  let texts = 0
  let entries = 0
  /** @type {Int32Array | undefined} */
  let codes
  let at = 0
  /** @param {Uint8Array} text */
  const append = (text) => {
    if (length + text.length > bytes.length) {
      const more = new Uint8Array(2 * (length + text.length))
      more.set(bytes)
      bytes = more
    }
    bytes.set(text, length)
    length += text.length
    if (texts === ends.length) {
      const more = new Float64Array(2 * texts)
      more.set(ends)
      ends = more
    }
    ends[texts++] = length
  }
  /** @param {Uint8Array} page @param {number} from @param {number} count */
  const plain = (page, from, count) => {
    const { view } = readerOf(page, 0)
    if (count > (page.length - from) / 4) throw new Error(`${count} texts in ${page.length - from} bytes`)
    for (let i = 0; i < count; i++) {
      const size = view.getUint32(from, true)
      from += 4
      if (size > page.length - from) throw new Error(`a text of ${size} bytes where ${page.length - from} are left`)
      append(page.subarray(from, from + size))
      from += size
    }
  }
  return {
    /** @param {Uint8Array} page @param {number} count */
    dictionary(page, count) {
      if (texts > 0) throw new Error('a dictionary after values')
      plain(page, 0, count)
      entries = count
      codes = new Int32Array(declared)
    },
    /** @param {number} encoding @param {Uint8Array} page @param {number} from @param {number} count */
    add(encoding, page, from, count) {
      if (codes) for (let i = 0; i < count; i++) codes[at + i] = texts + i
      at += count
      if (encoding === PLAIN) return plain(page, from, count)
      const found = new Array(count)
      if (encoding === DELTA_LENGTH_BYTE_ARRAY) {
        checkDeltas(readerOf(page, from), count)
        deltaLengthByteArray(readerOf(page, from), count, found)
      } else if (encoding === DELTA_BYTE_ARRAY) {
        checkPrefixes(page, from, count)
        deltaByteArray(readerOf(page, from), count, found)
      } else throw new Error(`texts in encoding ${encoding}, which is not read`)
      for (const text of found) append(text)
    },
    /** @param {Int32Array} indices */
    look(indices) {
      for (const index of indices) if (index >= entries) throw new Error(`entry ${index} of a dictionary of ${entries}`)
      codes?.set(indices, at)
      at += indices.length
    },
    /** @returns {Texts} */
    done: () => ({ bytes: bytes.slice(0, length), ends: ends.slice(0, texts), codes: codes?.subarray(0, at) }),
  }
}

/**
 * Prefixes repeat bytes, so that a few can stand for very many. @param {Uint8Array} page @param {number} from @param
 * {number} count
 */
function checkPrefixes(page, from, count) {
  const input = readerOf(page, from)
  const prefixes = readDeltas(input, new Int32Array(count))
  const suffixes = readDeltas(input, new Int32Array(count))
  let total = 0
  for (let i = 0, last = 0; i < count; i++) {
    const [prefix, suffix] = [/** @type {number} */ (prefixes[i]), /** @type {number} */ (suffixes[i])]
    if (prefix < 0 || prefix > last || suffix < 0) throw new Error(`a prefix of ${prefix} bytes of ${last}`)
    last = prefix + suffix
    total += last
    if (total > mostInflated(page.length)) throw new Error('texts that would inflate beyond measure')
  }
}

/**
 * @template {Int32Array | BigInt64Array} T @param {{ view: DataView, offset: number }} input @param {T} out @returns
 * {T}
 */
function readDeltas(input, out) {
  checkDeltas({ ...input }, out.length)
  deltaBinaryUnpack(input, out.length, out)
  return out
}

/** The head of DELTA_BINARY_PACKED values. @param {{ view: DataView, offset: number }} input @param {number} count */
function checkDeltas(input, count) {
  const [blockSize, miniblocks, total] = [varint(input), varint(input), varint(input)]
  if (
    miniblocks < 1 ||
    miniblocks > 512 ||
    blockSize % miniblocks !== 0 ||
    (blockSize / miniblocks) % 8 !== 0 ||
    blockSize < 8 ||
    blockSize > 1 << 20
  ) {
    throw new Error(`blocks of ${blockSize} in ${miniblocks} parts`)
  }
  if (total !== count) throw new Error(`${total} differences for ${count} values`)
}

/** @param {{ view: DataView, offset: number }} input */
function varint(input) {
  let value = 0
  for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
    const next = input.view.getUint8(input.offset++)
    value += (next & 0x7f) * factor
    if (next < 0x80) return value
  }
  throw new Error('a number of more than five bytes')
}

/** @param {Uint8Array} bytes @param {number} from @param {number} to @param {number} highest @param {number} count */
function readLevels(bytes, from, to, highest, count) {
  const levels = readRuns(bytes, from, to, 32 - Math.clz32(highest), new Uint8Array(count))
  for (const level of levels) if (level > highest) throw new Error(`level ${level} where ${highest} is the highest`)
  return levels
}

/**
 * The hybrid of runs and packed bits between two places, which must hold as many values as `out`.
 * @template {Int32Array | Uint8Array} T
 * @param {Uint8Array} bytes @param {number} from @param {number} to @param {number} width @param {T} out
 * @returns {T}
 */
function readRuns(bytes, from, to, width, out) {
  if (width === 0) return out
  const input = readerOf(bytes.subarray(0, to), from)
  for (let seen = 0; seen < out.length;) {
    const head = varint(input)
    const count = Math.floor(head / 2)
    if (count === 0) throw new Error('an empty run')
    const isRun = head % 2 === 0
    if (isRun && count > out.length - seen)
      throw new Error(`a run of ${count} values where ${out.length - seen} are left`)
    input.offset += isRun ? Math.ceil(width / 8) : count * width
    if (input.offset > to) throw new Error('a run beyond its page')
    seen += isRun ? count : 8 * count
  }
  readRleBitPackedHybrid(readerOf(bytes.subarray(0, to), from), width, out, to - from)
  return out
}

/** A size of a header: a number from 0. @param {import('./thrift-read.js').ThriftStruct} header @param {number} id */
function size(header, id) {
  const value = numberField(header, id)
  if (value === undefined || value < 0) throw new Error(`field ${id} of a page header is ${value}`)
  return value
}
