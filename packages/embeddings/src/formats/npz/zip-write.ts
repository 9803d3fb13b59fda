/** @file Zip archives, written as a stream. */

import { crc32, deflateRawSync, constants } from 'node:zlib'
import { pieces, type ByteSource } from '../../files/byte-source.ts'
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
    const stored = open.deflated ? deflateRawSync(bytes, { finishFlush: constants.Z_FULL_FLUSH }) : bytes
    open.stored += stored.length
    yield this.#count(stored)
  }

  *close(): Generator<Uint8Array> {
    const { entry, deflated, header, offset, crc, size, stored } = this.#open!
    this.#open = undefined
    const last = deflated ? deflateRawSync(new Uint8Array(0)) : new Uint8Array(0)
    yield this.#count(last)
    const total = stored + last.length
    const descriptor = Buffer.alloc(24)
    descriptor.writeUInt32LE(0x08074b50, 0)
    descriptor.writeUInt32LE(crc, 4)
    descriptor.writeBigUInt64LE(BigInt(total), 8)
    descriptor.writeBigUInt64LE(BigInt(size), 16)
    yield this.#count(descriptor)
    this.#written.push({ ...entry, deflated, crc, size, stored: total, header, offset, late: true })
  }

  /** The directory. */
  *end(): Generator<Uint8Array> {
    const start = this.#at
    for (const entry of this.#written) yield this.#count(directoryRecord(entry))
    const length = this.#at - start
    const end = Buffer.alloc(END_64 + LOCATOR_64 + END)
    end.writeUInt32LE(0x06064b50, 0)
    end.writeBigUInt64LE(BigInt(END_64 - 12), 4)
    end.writeUInt16LE(45, 12)
    end.writeUInt16LE(45, 14)
    end.writeBigUInt64LE(BigInt(this.#written.length), 24)
    end.writeBigUInt64LE(BigInt(this.#written.length), 32)
    end.writeBigUInt64LE(BigInt(length), 40)
    end.writeBigUInt64LE(BigInt(start), 48)
    end.writeUInt32LE(0x07064b50, END_64)
    end.writeBigUInt64LE(BigInt(this.#at), END_64 + 8)
    end.writeUInt32LE(1, END_64 + 16)
    const plain = END_64 + LOCATOR_64
    end.writeUInt32LE(0x06054b50, plain)
    end.writeUInt16LE(Math.min(this.#written.length, 0xffff), plain + 8)
    end.writeUInt16LE(Math.min(this.#written.length, 0xffff), plain + 10)
    end.writeUInt32LE(Math.min(length, 0xffffffff), plain + 12)
    end.writeUInt32LE(Math.min(start, 0xffffffff), plain + 16)
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
  const raw = Buffer.from(name, 'utf8')
  const bytes = Buffer.alloc(30 + raw.length + 20)
  bytes.writeUInt32LE(0x04034b50, 0)
  bytes.writeUInt16LE(45, 4)
  bytes.writeUInt16LE(UTF8_NAME | (known ? 0 : SIZES_LATER), 6)
  bytes.writeUInt16LE(deflated ? 8 : 0, 8)
  bytes.writeUInt32LE(modified, 10)
  bytes.writeUInt32LE(known?.crc ?? 0, 14)
  bytes.writeUInt32LE(0xffffffff, 18)
  bytes.writeUInt32LE(0xffffffff, 22)
  bytes.writeUInt16LE(raw.length, 26)
  bytes.writeUInt16LE(20, 28)
  raw.copy(bytes, 30)
  writeWide(bytes, 30 + raw.length, [known?.size ?? 0, known?.stored ?? 0])
  return bytes
}

function directoryRecord(entry: ZipEntry & { readonly header: number; readonly late: boolean }): Uint8Array {
  const raw = Buffer.from(entry.name, 'utf8')
  const bytes = Buffer.alloc(46 + raw.length + 28)
  bytes.writeUInt32LE(0x02014b50, 0)
  bytes.writeUInt16LE((3 << 8) | 45, 4)
  bytes.writeUInt16LE(45, 6)
  bytes.writeUInt16LE(UTF8_NAME | (entry.late ? SIZES_LATER : 0), 8)
  bytes.writeUInt16LE(entry.deflated ? 8 : 0, 10)
  bytes.writeUInt32LE(entry.modified, 12)
  bytes.writeUInt32LE(entry.crc, 16)
  bytes.writeUInt32LE(0xffffffff, 20)
  bytes.writeUInt32LE(0xffffffff, 24)
  bytes.writeUInt16LE(raw.length, 28)
  bytes.writeUInt16LE(28, 30)
  bytes.writeUInt32LE(entry.attributes, 38)
  bytes.writeUInt32LE(0xffffffff, 42)
  raw.copy(bytes, 46)
  writeWide(bytes, 46 + raw.length, [entry.size, entry.stored, entry.header])
  return bytes
}

function writeWide(bytes: Buffer, at: number, fields: readonly number[]): void {
  bytes.writeUInt16LE(1, at)
  bytes.writeUInt16LE(8 * fields.length, at + 2)
  fields.forEach((value, f) => bytes.writeBigUInt64LE(BigInt(value), at + 4 + 8 * f))
}
