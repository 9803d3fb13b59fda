/** @file Zip archives, written as a stream. */

import { utf8Bytes } from '@indistinct/core'
import { crc32, deflateRaw } from '@indistinct/core/platform'
import { pieces, type ByteSource } from '../../files/byte-source.ts'
import { writeU16, writeU32, writeU64 } from '../../numbers/little-endian.ts'
import { END, END_64, LOCATOR_64, type ZipEntry } from './zip.ts'

/** An entry to be written. */
interface NewZipEntry {
  readonly name: string
  readonly modified: number
  readonly attributes: number
}

/** Writes an archive front to back, as pieces; entries may be of any size. */
export class ZipEncoder {
  readonly #written: (ZipEntry & { readonly header: number; readonly late: boolean })[] = []
  #at = 0
  #open:
    | {
        entry: NewZipEntry
        deflated: boolean
        header: number
        offset: number
        crc: number
        size: number
        stored: number
      }
    | undefined;

  /** An entry of another archive, byte for byte. */
  *copy(source: ByteSource, entry: ZipEntry): Generator<Uint8Array> {
    const header = this.#at
    yield this.#count(localHeader(entry, entry.deflated, entry))
    const offset = this.#at
    for (const piece of pieces(source, entry.offset, entry.stored)) yield this.#count(piece)
    this.#written.push({ ...entry, header, offset, late: false })
  }

  /** Opens an entry whose size is known once it is written. */
  *open(entry: NewZipEntry, deflated: boolean): Generator<Uint8Array> {
    const header = this.#at
    yield this.#count(localHeader(entry, deflated))
    this.#open = { entry, deflated, header, offset: this.#at, crc: 0, size: 0, stored: 0 }
  }

  *write(bytes: Uint8Array): Generator<Uint8Array> {
    const open = this.#open!
    open.crc = crc32(bytes, open.crc)
    open.size += bytes.length
    // A full flush ends on a whole byte and refers to nothing before it, so that pieces deflate one by one.
    const stored = open.deflated ? deflateRaw(bytes, { flush: true }) : bytes
    open.stored += stored.length
    yield this.#count(stored)
  }

  *close(): Generator<Uint8Array> {
    const { entry, deflated, header, offset, crc, size, stored } = this.#open!
    this.#open = undefined
    const last = deflated ? deflateRaw(new Uint8Array(0)) : new Uint8Array(0)
    yield this.#count(last)
    const total = stored + last.length
    const descriptor = new Uint8Array(24)
    writeU32(descriptor, 0x08074b50, 0)
    writeU32(descriptor, crc, 4)
    writeU64(descriptor, BigInt(total), 8)
    writeU64(descriptor, BigInt(size), 16)
    yield this.#count(descriptor)
    this.#written.push({ ...entry, deflated, crc, size, stored: total, header, offset, late: true })
  }

  /** The directory. */
  *end(): Generator<Uint8Array> {
    const start = this.#at
    for (const entry of this.#written) yield this.#count(directoryRecord(entry))
    const length = this.#at - start
    const end = new Uint8Array(END_64 + LOCATOR_64 + END)
    writeU32(end, 0x06064b50, 0)
    writeU64(end, BigInt(END_64 - 12), 4)
    writeU16(end, 45, 12)
    writeU16(end, 45, 14)
    writeU64(end, BigInt(this.#written.length), 24)
    writeU64(end, BigInt(this.#written.length), 32)
    writeU64(end, BigInt(length), 40)
    writeU64(end, BigInt(start), 48)
    writeU32(end, 0x07064b50, END_64)
    writeU64(end, BigInt(this.#at), END_64 + 8)
    writeU32(end, 1, END_64 + 16)
    const plain = END_64 + LOCATOR_64
    writeU32(end, 0x06054b50, plain)
    writeU16(end, Math.min(this.#written.length, 0xffff), plain + 8)
    writeU16(end, Math.min(this.#written.length, 0xffff), plain + 10)
    writeU32(end, Math.min(length, 0xffffffff), plain + 12)
    writeU32(end, Math.min(start, 0xffffffff), plain + 16)
    const wide = this.#written.length >= 0xffff || length >= 0xffffffff || start >= 0xffffffff
    yield this.#count(wide ? end : end.subarray(plain))
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.#at += bytes.length
    return bytes
  }
}

const UTF8_NAME = 0x0800

const SIZES_LATER = 0x0008

function localHeader({ name, modified }: NewZipEntry, deflated: boolean, known?: ZipEntry): Uint8Array {
  const raw = utf8Bytes(name)
  const bytes = new Uint8Array(30 + raw.length + 20)
  writeU32(bytes, 0x04034b50, 0)
  writeU16(bytes, 45, 4)
  writeU16(bytes, UTF8_NAME | (known ? 0 : SIZES_LATER), 6)
  writeU16(bytes, deflated ? 8 : 0, 8)
  writeU32(bytes, modified, 10)
  writeU32(bytes, known?.crc ?? 0, 14)
  writeU32(bytes, 0xffffffff, 18)
  writeU32(bytes, 0xffffffff, 22)
  writeU16(bytes, raw.length, 26)
  writeU16(bytes, 20, 28)
  bytes.set(raw, 30)
  writeWide(bytes, 30 + raw.length, [known?.size ?? 0, known?.stored ?? 0])
  return bytes
}

function directoryRecord(entry: ZipEntry & { readonly header: number; readonly late: boolean }): Uint8Array {
  const raw = utf8Bytes(entry.name)
  const bytes = new Uint8Array(46 + raw.length + 28)
  writeU32(bytes, 0x02014b50, 0)
  writeU16(bytes, (3 << 8) | 45, 4)
  writeU16(bytes, 45, 6)
  writeU16(bytes, UTF8_NAME | (entry.late ? SIZES_LATER : 0), 8)
  writeU16(bytes, entry.deflated ? 8 : 0, 10)
  writeU32(bytes, entry.modified, 12)
  writeU32(bytes, entry.crc, 16)
  writeU32(bytes, 0xffffffff, 20)
  writeU32(bytes, 0xffffffff, 24)
  writeU16(bytes, raw.length, 28)
  writeU16(bytes, 28, 30)
  writeU32(bytes, entry.attributes, 38)
  writeU32(bytes, 0xffffffff, 42)
  bytes.set(raw, 46)
  writeWide(bytes, 46 + raw.length, [entry.size, entry.stored, entry.header])
  return bytes
}

function writeWide(bytes: Uint8Array, at: number, fields: readonly number[]): void {
  writeU16(bytes, 1, at)
  writeU16(bytes, 8 * fields.length, at + 2)
  fields.forEach((value, f) => writeU64(bytes, BigInt(value), at + 4 + 8 * f))
}
