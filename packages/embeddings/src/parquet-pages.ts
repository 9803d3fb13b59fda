/**
 * @file Pages of a Parquet column chunk, decoded into flat arrays. Every count of a page is checked against what the
 * chunk declares and every run against its page before it is followed, so a damaged or hostile file ends in an error
 * after a time that its size bounds.
 */

import { decompress } from './parquet-codecs.ts'
import type { ParquetLeaf } from './parquet-schema.ts'
import { numberField, readThrift, structField, type ThriftStruct } from './thrift-compact.ts'

/** Values of one type: numbers as they are, text as bytes, fixed-length items side by side. */
export type ColumnValues = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array | Uint8Array[]

export interface DecodedColumn {
  /** One a value that is not null. */
  readonly values: ColumnValues
  /** Level of each slot, where the column can hold nulls or lists. */
  readonly definition: Uint8Array | undefined
  readonly repetition: Uint8Array | undefined
  /** Values and nulls together. */
  readonly slots: number
}

/** Encodings by the format's numbers. */
const PLAIN = 0
const PLAIN_DICTIONARY = 2
const RLE = 3
const DELTA_BINARY_PACKED = 5
const DELTA_LENGTH_BYTE_ARRAY = 6
const DELTA_BYTE_ARRAY = 7
const RLE_DICTIONARY = 8
const BYTE_STREAM_SPLIT = 9

/**
 * Decodes a column chunk.
 * @param bytes exactly the chunk
 * @param slots how many values and nulls its metadata declares; the caller has bounded it
 * @throws Error on damage, on encodings and codecs that are not read, and where it holds more or fewer slots.
 */
export function decodeChunk(bytes: Uint8Array, leaf: ParquetLeaf, codec: number, slots: number): DecodedColumn {
  const sink = columnSink(leaf, slots)
  let dictionary: ColumnValues | undefined
  let at = 0
  while (at < bytes.length && sink.slots() < slots) {
    const { struct: header, end } = readThrift(bytes, at)
    const compressed = size(header, 3)
    const uncompressed = size(header, 2)
    if (end + compressed > bytes.length) throw new Error(`a page of ${compressed} bytes where ${bytes.length - end} are left`)
    // No codec makes more of a byte than deflate's 1,032 and brotli's and zstd's runs; embeddings stay far below.
    if (uncompressed > (1 << 26) + 1024 * compressed) throw new Error(`a page of ${compressed} bytes that would inflate to ${uncompressed}`)
    const page = bytes.subarray(end, end + compressed)
    at = end + compressed
    const [v1, dictionaryHeader, v2] = [structField(header, 5), structField(header, 7), structField(header, 8)]
    const type = numberField(header, 1)
    if (type === 2 && dictionaryHeader) {
      if (dictionary) throw new Error('two dictionaries in one chunk')
      const count = size(dictionaryHeader, 1)
      dictionary = readPlain(reader(decompress(codec, page, uncompressed)), leaf, count)
    } else if (type === 0 && v1) sink.page(pageV1(decompress(codec, page, uncompressed), v1, leaf, slots - sink.slots()), dictionary)
    else if (type === 3 && v2) sink.page(pageV2(page, v2, leaf, codec, uncompressed, slots - sink.slots()), dictionary)
    else if (type !== 1) throw new Error(`a page of the unknown type ${type}`)
  }
  return sink.done()
}

interface Page {
  readonly slots: number
  readonly definition: Uint8Array | undefined
  readonly repetition: Uint8Array | undefined
  readonly encoding: number
  readonly values: Reader
}

function pageV1(page: Uint8Array, header: ThriftStruct, leaf: ParquetLeaf, most: number): Page {
  const slots = size(header, 1)
  if (slots > most) throw new Error(`a page of ${slots} values where ${most} are left`)
  const input = reader(page)
  const levels = (highest: number, encoding: number | undefined): Uint8Array | undefined => {
    if (highest === 0) return undefined
    if (encoding !== RLE) throw new Error(`levels of encoding ${encoding}, which is not read`)
    return readLevels(reader(input.take(input.uint32())), highest, slots)
  }
  const repetition = levels(leaf.maxRepetition, numberField(header, 4))
  const definition = levels(leaf.maxDefinition, numberField(header, 3))
  return { slots, definition, repetition, encoding: size(header, 2), values: input }
}

function pageV2(page: Uint8Array, header: ThriftStruct, leaf: ParquetLeaf, codec: number, uncompressed: number, most: number): Page {
  const slots = size(header, 1)
  if (slots > most) throw new Error(`a page of ${slots} values where ${most} are left`)
  const input = reader(page)
  const repetitionBytes = input.take(size(header, 6))
  const definitionBytes = input.take(size(header, 5))
  const rest = input.take(input.left())
  const length = uncompressed - repetitionBytes.length - definitionBytes.length
  if (length < 0) throw new Error('levels longer than their page')
  const isCompressed = header.get(7)?.value !== false
  return {
    slots,
    repetition: leaf.maxRepetition > 0 ? readLevels(reader(repetitionBytes), leaf.maxRepetition, slots) : undefined,
    definition: leaf.maxDefinition > 0 ? readLevels(reader(definitionBytes), leaf.maxDefinition, slots) : undefined,
    encoding: size(header, 4),
    values: reader(isCompressed ? decompress(codec, rest, length) : rest),
  }
}

/** Gathers pages into arrays as long as the chunk declares. */
function columnSink(leaf: ParquetLeaf, declared: number) {
  const definition = leaf.maxDefinition > 0 ? new Uint8Array(declared) : undefined
  const repetition = leaf.maxRepetition > 0 ? new Uint8Array(declared) : undefined
  const parts: ColumnValues[] = []
  let slots = 0
  return {
    slots: () => slots,
    page(page: Page, dictionary: ColumnValues | undefined): void {
      definition?.set(page.definition!, slots)
      repetition?.set(page.repetition!, slots)
      let present = page.slots
      if (page.definition) {
        present = 0
        for (const level of page.definition) if (level === leaf.maxDefinition) present++
      }
      parts.push(readValues(page, leaf, present, dictionary))
      slots += page.slots
    },
    done(): DecodedColumn {
      if (slots !== declared) throw new Error(`${slots} values where ${declared} are declared`)
      return { values: joined(parts, leaf), definition, repetition, slots }
    },
  }
}

function readValues({ encoding, values }: Page, leaf: ParquetLeaf, count: number, dictionary: ColumnValues | undefined): ColumnValues {
  if (count === 0) return emptyValues(leaf, 0)
  if (encoding === PLAIN) return readPlain(values, leaf, count)
  if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) {
    if (!dictionary) throw new Error('values by dictionary before any dictionary')
    const width = values.uint8()
    if (width > 32) throw new Error(`dictionary indices of ${width} bits`)
    return lookedUp(dictionary, readRuns(values, width, count, new Int32Array(count)), leaf)
  }
  if (encoding === RLE && leaf.type === 'BOOLEAN') return readRuns(reader(values.take(values.uint32())), 1, count, new Uint8Array(count))
  if (encoding === BYTE_STREAM_SPLIT && fixedWidth(leaf) !== undefined) return byteStreamSplit(values, leaf, count)
  if (encoding === DELTA_BINARY_PACKED && (leaf.type === 'INT32' || leaf.type === 'INT64')) {
    const numbers = readDeltas(values, count)
    return leaf.type === 'INT64' ? numbers : Int32Array.from(numbers, Number)
  }
  if (leaf.type === 'BYTE_ARRAY' && encoding === DELTA_LENGTH_BYTE_ARRAY) {
    return Array.from(readDeltas(values, count), (length) => values.take(Number(length)))
  }
  if (leaf.type === 'BYTE_ARRAY' && encoding === DELTA_BYTE_ARRAY) return readDeltaBytes(values, count)
  throw new Error(`values of type ${leaf.type} in encoding ${encoding}, which is not read`)
}

/** Bytes of a value of fixed width. */
function fixedWidth({ type, typeLength }: ParquetLeaf): number | undefined {
  const widths: Partial<Record<string, number>> = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8, FIXED_LEN_BYTE_ARRAY: typeLength }
  return widths[type]
}

function emptyValues(leaf: ParquetLeaf, count: number): ColumnValues {
  if (leaf.type === 'FLOAT') return new Float32Array(count)
  if (leaf.type === 'DOUBLE') return new Float64Array(count)
  if (leaf.type === 'INT32') return new Int32Array(count)
  if (leaf.type === 'INT64') return new BigInt64Array(count)
  if (leaf.type === 'BOOLEAN') return new Uint8Array(count)
  if (leaf.type === 'FIXED_LEN_BYTE_ARRAY') return new Uint8Array(count * leaf.typeLength)
  return []
}

function readPlain(input: Reader, leaf: ParquetLeaf, count: number): ColumnValues {
  const width = fixedWidth(leaf)
  if (width !== undefined) {
    // Not slice(), which is a view where a page is a Buffer, as those of zlib are.
    const bytes = new Uint8Array(input.take(count * width))
    if (leaf.type === 'FLOAT') return new Float32Array(bytes.buffer, bytes.byteOffset, count)
    if (leaf.type === 'DOUBLE') return new Float64Array(bytes.buffer, bytes.byteOffset, count)
    if (leaf.type === 'INT32') return new Int32Array(bytes.buffer, bytes.byteOffset, count)
    if (leaf.type === 'INT64') return new BigInt64Array(bytes.buffer, bytes.byteOffset, count)
    return bytes
  }
  if (leaf.type === 'BOOLEAN') {
    const bits = input.take(Math.ceil(count / 8))
    return Uint8Array.from({ length: count }, (_, i) => (bits[i >> 3]! >> (i & 7)) & 1)
  }
  if (leaf.type !== 'BYTE_ARRAY') throw new Error(`values of type ${leaf.type}, which is not read`)
  if (count > input.left() / 4) throw new Error(`${count} texts in ${input.left()} bytes`)
  return Array.from({ length: count }, () => input.take(input.uint32()))
}

function byteStreamSplit(input: Reader, leaf: ParquetLeaf, count: number): ColumnValues {
  const width = fixedWidth(leaf)!
  const streams = input.take(count * width)
  const bytes = new Uint8Array(count * width)
  for (let b = 0; b < width; b++) for (let i = 0; i < count; i++) bytes[i * width + b] = streams[b * count + i]!
  return readPlain(reader(bytes), leaf, count)
}

function lookedUp(dictionary: ColumnValues, indices: Int32Array, leaf: ParquetLeaf): ColumnValues {
  const width = dictionary instanceof Uint8Array && leaf.type === 'FIXED_LEN_BYTE_ARRAY' ? leaf.typeLength : 1
  const length = dictionary.length / width
  for (const index of indices) if (index < 0 || index >= length) throw new Error(`entry ${index} of a dictionary of ${length}`)
  if (Array.isArray(dictionary)) return Array.from(indices, (index) => dictionary[index]!)
  const values = emptyValues(leaf, indices.length) as Float64Array
  for (let i = 0; i < indices.length; i++) {
    for (let b = 0; b < width; b++) values[i * width + b] = (dictionary as Float64Array)[indices[i]! * width + b]!
  }
  return values
}

function joined(parts: readonly ColumnValues[], leaf: ParquetLeaf): ColumnValues {
  if (parts.length === 1) return parts[0]!
  const all = emptyValues(leaf, 0)
  if (Array.isArray(all)) return parts.flatMap((part) => part as Uint8Array[])
  const Type = all.constructor as new (length: number) => Float64Array
  const values = new Type(parts.reduce((total, { length }) => total + length, 0))
  let at = 0
  for (const part of parts) {
    values.set(part as Float64Array, at)
    at += part.length
  }
  return values
}

function readLevels(input: Reader, highest: number, count: number): Uint8Array {
  const levels = readRuns(input, 32 - Math.clz32(highest), count, new Uint8Array(count))
  for (const level of levels) if (level > highest) throw new Error(`level ${level} where ${highest} is the highest`)
  return levels
}

/** The hybrid of runs and packed bits. */
function readRuns<T extends Int32Array | Uint8Array>(input: Reader, width: number, count: number, out: T): T {
  if (width === 0) return out
  const valueBytes = Math.ceil(width / 8)
  for (let seen = 0; seen < count; ) {
    const head = input.varint()
    if (head % 2 === 0) {
      const length = Math.min(head / 2, count - seen)
      if (length === 0) throw new Error('an empty run')
      let value = 0
      for (let b = 0; b < valueBytes; b++) value |= input.uint8() << (8 * b)
      out.fill(value, seen, seen + length)
      seen += length
      continue
    }
    const groups = (head - 1) / 2
    if (groups === 0) throw new Error('an empty run')
    // Writers may leave the padding of the last group out.
    const bytes = input.take(Math.min(groups * width, input.left()))
    const length = Math.min(groups * 8, count - seen, Math.floor((bytes.length * 8) / width))
    if (length === 0) throw new Error('a run beyond its page')
    unpack(bytes, width, out, seen, length)
    seen += length
  }
  return out
}

function unpack(bytes: Uint8Array, width: number, out: Int32Array | Uint8Array, from: number, length: number): void {
  for (let i = 0; i < length; i++) {
    let value = 0
    for (let bit = i * width, done = 0; done < width; ) {
      const take = Math.min(8 - (bit & 7), width - done)
      value |= ((bytes[bit >> 3]! >> (bit & 7)) & ((1 << take) - 1)) << done
      bit += take
      done += take
    }
    out[from + i] = value
  }
}

/** DELTA_BINARY_PACKED. */
function readDeltas(input: Reader, count: number): BigInt64Array {
  const blockSize = input.varint()
  const miniblocks = input.varint()
  const total = input.varint()
  if (miniblocks < 1 || miniblocks > 512 || blockSize % miniblocks !== 0 || (blockSize / miniblocks) % 8 !== 0 || blockSize < 8 || blockSize > 1 << 20) {
    throw new Error(`blocks of ${blockSize} in ${miniblocks} parts`)
  }
  if (total !== count) throw new Error(`${total} differences for ${count} values`)
  const perMiniblock = blockSize / miniblocks
  const out = new BigInt64Array(count)
  let value = input.zigzag()
  out[0] = value
  for (let seen = 1; seen < count; ) {
    const least = input.zigzag()
    const widths = input.take(miniblocks)
    for (let m = 0; m < miniblocks && seen < count; m++) {
      const width = widths[m]!
      if (width > 64) throw new Error(`differences of ${width} bits`)
      const bytes = input.take((perMiniblock * width) / 8)
      for (let i = 0; i < perMiniblock && seen < count; i++) {
        value = BigInt.asIntN(64, value + least + bitsAt(bytes, i * width, width))
        out[seen++] = value
      }
    }
  }
  return out
}

function bitsAt(bytes: Uint8Array, start: number, width: number): bigint {
  let value = 0n
  for (let bit = start, done = 0; done < width; ) {
    const take = Math.min(8 - (bit & 7), width - done)
    value |= BigInt((bytes[bit >> 3]! >> (bit & 7)) & ((1 << take) - 1)) << BigInt(done)
    bit += take
    done += take
  }
  return value
}

function readDeltaBytes(input: Reader, count: number): Uint8Array[] {
  const prefixes = readDeltas(input, count)
  const suffixes = readDeltas(input, count)
  const out: Uint8Array[] = []
  let total = 0
  for (let i = 0; i < count; i++) {
    const last = out[i - 1] ?? new Uint8Array(0)
    const prefix = Number(prefixes[i])
    if (prefix < 0 || prefix > last.length) throw new Error(`a prefix of ${prefix} bytes of ${last.length}`)
    const suffix = input.take(Number(suffixes[i]))
    // Prefixes repeat bytes, so that a few can stand for very many.
    total += prefix + suffix.length
    if (total > (1 << 26) + 1024 * input.size) throw new Error('texts that would inflate beyond measure')
    const text = new Uint8Array(prefix + suffix.length)
    text.set(last.subarray(0, prefix))
    text.set(suffix, prefix)
    out.push(text)
  }
  return out
}

/** Bytes read front to back; reading beyond the end is an error. */
interface Reader {
  readonly size: number
  left(): number
  take(length: number): Uint8Array
  uint8(): number
  uint32(): number
  varint(): number
  zigzag(): bigint
}

function reader(bytes: Uint8Array): Reader {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (!(length >= 0 && length <= bytes.length - at)) throw new Error(`${length} bytes where ${bytes.length - at} are left`)
    at += length
    return bytes.subarray(at - length, at)
  }
  const uint8 = (): number => take(1)[0]!
  const bigVarint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const next = uint8()
      value |= BigInt(next & 0x7f) << shift
      if (next < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Error('a number of more than ten bytes')
  }
  return {
    size: bytes.length,
    left: () => bytes.length - at,
    take,
    uint8,
    uint32() {
      const [a, b, c, d] = take(4) as unknown as [number, number, number, number]
      return a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24
    },
    varint() {
      let value = 0
      for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
        const next = uint8()
        value += (next & 0x7f) * factor
        if (next < 0x80) return value
      }
      throw new Error('a number of more than five bytes')
    },
    zigzag() {
      const value = bigVarint()
      return (value >> 1n) ^ -(value & 1n)
    },
  }
}

/** A size of a header: a number from 0. */
function size(header: ThriftStruct, id: number): number {
  const value = numberField(header, id)
  if (value === undefined || value < 0) throw new Error(`field ${id} of a page header is ${value}`)
  return value
}
