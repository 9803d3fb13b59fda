/**
 * @file zip archives, as far as npz needs them: entries that are stored or deflated, listed by a directory that is
 * checked against the file before anything is read. Nothing is ever extracted to a path. Libraries for zip read all of
 * an archive or none of it: entries that are read where they lie, or copied byte for byte as they are, need a reader of
 * our own.
 */

import { badData, utf8Text } from '@indistinct/core'
import { crc32, inflateRaw, inflateStart } from '@indistinct/core/platform'
import { readBytes, type ByteSource } from '../../files/byte-source.ts'
import { readU16, readU32, readU64 } from '../../numbers/little-endian.ts'
import { quoted } from '../../quoted.ts'

export interface ZipEntry {
  readonly name: string
  readonly deflated: boolean
  readonly crc: number
  /** Bytes in the archive. */
  readonly stored: number
  /** Bytes once inflated. */
  readonly size: number
  /** Byte of the archive at which the stored ones start. */
  readonly offset: number
  /** Time and date in MS-DOS form, and attributes, as the archive has them. */
  readonly modified: number
  readonly attributes: number
}

/** An entry beyond a size that is so many times larger than its bytes in the archive holds no embeddings. */
const BOMBS = [
  { size: 1 << 24, ratio: 100 },
  { size: 1 << 28, ratio: 16 },
] as const

export const END = 22
export const END_64 = 56
export const LOCATOR_64 = 20
const MOST_COMMENT = 0xffff

/**
 * Lists the entries of an archive.
 * @throws IndistinctError 'bad-data' where the directory is missing or damaged, entries overlap or repeat a name, or
 * where they are encrypted or compressed in another way.
 */
export function readZip(source: ByteSource): ZipEntry[] {
  const { name, size } = source
  const broken = (what: string): Error =>
    badData(`${name}: expected a complete zip archive, got ${what}; is the file truncated?`)
  if (size < END) throw broken(`${size} bytes`)
  const tailStart = Math.max(0, size - END - MOST_COMMENT)
  const tail = readBytes(source, tailStart, size - tailStart)
  let at = tail.length - END
  while (at >= 0 && !(readU32(tail, at) === 0x06054b50 && at + END + readU16(tail, at + 20) === tail.length)) at--
  if (at < 0) throw broken('no end of the directory')
  const endAt = tailStart + at
  const end = tail.subarray(at)
  if (readU16(end, 4) !== 0 || readU16(end, 6) !== 0) throw broken('one of several volumes')
  let count = readU16(end, 10)
  let length = readU32(end, 12)
  let start = readU32(end, 16)
  const isWide = length === 0xffffffff || start === 0xffffffff
  const locator = endAt < LOCATOR_64 ? undefined : readBytes(source, endAt - LOCATOR_64, LOCATOR_64)
  const located = locator !== undefined && readU32(locator, 0) === 0x07064b50
  // 65,535 entries are as many as the short count holds: Python writes just that, and no zip64 end, for exactly so
  // many.
  if (isWide || (count === 0xffff && located)) {
    const end64At = located ? Number(readU64(locator!, 8)) : Infinity
    if (!(end64At + END_64 <= endAt)) throw broken('no zip64 locator')
    const end64 = readBytes(source, end64At, END_64)
    if (readU32(end64, 0) !== 0x06064b50) throw broken('no zip64 end of the directory')
    count = Number(readU64(end64, 32))
    length = Number(readU64(end64, 40))
    start = Number(readU64(end64, 48))
  }
  if (!(start + length <= endAt) || count * 46 > length) throw broken('a directory beyond the file')
  const entries = directory(source, readBytes(source, start, length), count, broken)
  checkRanges(entries, start, broken)
  return entries
}

function directory(source: ByteSource, bytes: Uint8Array, count: number, broken: (what: string) => Error): ZipEntry[] {
  const entries: ZipEntry[] = []
  const names = new Set<string>()
  let at = 0
  for (let e = 0; e < count; e++) {
    if (at + 46 > bytes.length || readU32(bytes, at) !== 0x02014b50) throw broken(`entry ${e} of the directory damaged`)
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => readU16(bytes, at + field)) as [
      number,
      number,
      number,
    ]
    const next = at + 46 + nameLength + extraLength + commentLength
    if (next > bytes.length) throw broken(`entry ${e} of the directory damaged`)
    const rawName = bytes.subarray(at + 46, at + 46 + nameLength)
    const entryName = utf8Text(rawName)
    const place = `${source.name}: ${quoted(entryName)}`
    if (names.has(entryName)) throw badData(`${place} stands twice in the archive`)
    names.add(entryName)
    if ((readU16(bytes, at + 8) & 1) === 1) throw badData(`${place} is encrypted; expected a plain archive`)
    const method = readU16(bytes, at + 10)
    if (method !== 0 && method !== 8)
      throw badData(`${place} is compressed by method ${method}; expected numpy.savez or numpy.savez_compressed`)
    const wide = wideFields(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength))
    const field = (offset: number): number =>
      readU32(bytes, at + offset) === 0xffffffff ? wide() : readU32(bytes, at + offset)
    const size = field(24)
    const stored = field(20)
    const header = field(42)
    if (![size, stored, header].every(Number.isSafeInteger) || header + 30 + nameLength > source.size)
      throw broken(`${quoted(entryName)} beyond the file`)
    const local = readBytes(source, header, 30)
    const localName = readBytes(source, header + 30, nameLength)
    if (
      readU32(local, 0) !== 0x04034b50 ||
      readU16(local, 26) !== nameLength ||
      localName.some((byte, b) => byte !== rawName[b])
    ) {
      throw broken(`${quoted(entryName)} where the directory does not say`)
    }
    const offset = header + 30 + nameLength + readU16(local, 28)
    if (offset + stored > source.size) throw broken(`${quoted(entryName)} beyond the file`)
    if (method === 0 && stored !== size) throw broken(`${quoted(entryName)} of ${stored} bytes for ${size}`)
    entries.push({
      name: entryName,
      deflated: method === 8,
      crc: readU32(bytes, at + 16),
      stored,
      size,
      offset,
      modified: readU32(bytes, at + 12),
      attributes: readU32(bytes, at + 38),
    })
    at = next
  }
  if (at !== bytes.length) throw broken('bytes between the directory and its end')
  return entries
}

/** The 64-bit fields that stand in for those of 32 bits, in their order; NaN where one is missing. */
function wideFields(extra: Uint8Array): () => number {
  let at = 0
  let end = 0
  for (let field = 0; field + 4 <= extra.length; field += 4 + readU16(extra, field + 2)) {
    if (readU16(extra, field) !== 1) continue
    at = field + 4
    end = Math.min(extra.length, at + readU16(extra, field + 2))
    break
  }
  return () => {
    if (at + 8 > end) return NaN
    at += 8
    return Number(readU64(extra, at - 8))
  }
}

function checkRanges(entries: readonly ZipEntry[], directoryStart: number, broken: (what: string) => Error): void {
  let last = 0
  for (const { name, offset, stored } of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (offset < last || offset + stored > directoryStart) throw broken(`${quoted(name)} over other entries`)
    last = offset + stored
  }
}

/**
 * The bytes of an entry, inflated and checked.
 * @throws IndistinctError 'bad-data' where they are damaged, or inflate to more than embeddings ever do.
 */
export function readEntry(source: ByteSource, entry: ZipEntry): Uint8Array {
  const place = `${source.name}: ${quoted(entry.name)}`
  if (BOMBS.some(({ size, ratio }) => entry.size > size && entry.size > ratio * entry.stored)) {
    throw badData(
      `${place}: expected embeddings, got ${entry.stored} bytes that inflate to ${entry.size}; write it with ` +
        'numpy.savez, uncompressed, if it is one',
    )
  }
  const stored = readBytes(source, entry.offset, entry.stored)
  const bytes = entry.deflated ? inflate(stored, entry.size, place) : stored
  if (bytes.length !== entry.size)
    throw badData(`${place}: expected ${entry.size} bytes, got ${bytes.length}; the archive is damaged`)
  if (crc32(bytes) !== entry.crc) throw badData(`${place}: its checksum differs; the archive is damaged`)
  return bytes
}

/**
 * Bytes of a deflated entry from which its start is told, at first and then at a time: deflate makes at most 1,032 of
 * one.
 */
const FIRST_DEFLATED = 192
const MORE_DEFLATED = 4096

/** The first bytes of an entry, at least as many as `lengthFor` those read so far says, where it has as many. */
export function entryStart(source: ByteSource, entry: ZipEntry, lengthFor: (start: Uint8Array) => number): Uint8Array {
  for (let taken = FIRST_DEFLATED; ; taken += MORE_DEFLATED) {
    const stored = readBytes(source, entry.offset, Math.min(entry.stored, taken))
    const start = entry.deflated ? inflatedStart(stored, `${source.name}: ${quoted(entry.name)}`) : stored
    if (taken >= entry.stored || start.length >= lengthFor(start)) return start
  }
}

function inflatedStart(stored: Uint8Array, place: string): Uint8Array {
  try {
    return inflateStart(stored)
  } catch (cause) {
    throw badData(`${place}: expected deflated bytes, got others; the archive is damaged`, { cause })
  }
}

function inflate(stored: Uint8Array, size: number, place: string): Uint8Array {
  try {
    return inflateRaw(stored, Math.max(1, size))
  } catch (cause) {
    throw badData(`${place}: expected deflated bytes that make ${size}, got others; the archive is damaged`, { cause })
  }
}
