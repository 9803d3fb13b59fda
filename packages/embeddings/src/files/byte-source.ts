/** @file Bytes that can be read from any position: a file, or a piece of memory. */

import { badData, fileError } from '@indistinct/core'
import { fileReason } from './file-reason.ts'
import { closeSync, createHash, fstatSync, openSync, readSync, type Stats } from '@indistinct/core/platform'

export interface ByteSource {
  /** How messages name it. */
  readonly name: string
  readonly size: number
  /** Of a file, for another thread to read from. */
  readonly fd?: number
  /** Where it is several sources one after another: each, and the position of its first byte. */
  readonly parts?: readonly { readonly source: ByteSource; readonly at: number }[]
  /** Of a file: the same bytes, read by opening it anew each time, so that nothing stays open. */
  later?(): ByteSource
  /** Fills `target` with the bytes from `position`. @throws IndistinctError 'bad-data' where there are fewer. */
  read(target: Uint8Array, position: number): void
  close(): void
}

/** Bytes read at a time. */
const CHUNK = 1 << 22

/** Memory as a source; `bytes` is not copied. */
export function bytesSource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    read(target, position) {
      if (position < 0 || position + target.length > bytes.length)
        throw badData(`${name}: expected ${position + target.length} bytes, got ${bytes.length}; the file is truncated`)
      target.set(bytes.subarray(position, position + target.length))
    },
    close() {},
  }
}

/**
 * Opens a file as a source.
 * @throws IndistinctError 'file' where it is missing, a folder, or not readable.
 */
export function fileSource(path: string): ByteSource {
  const attempt = <T>(step: () => T): T => {
    try {
      return step()
    } catch (cause) {
      throw fileError(`cannot read ${path}: ${fileReason(cause as NodeJS.ErrnoException)}`, { cause })
    }
  }
  const fd = attempt(() => openSync(path, 'r'))
  const close = (): void => closeSync(fd)
  const stat = attempt(() => fstatSync(fd))
  if (!stat.isFile()) {
    close()
    const what = stat.isDirectory()
      ? 'it is a folder'
      : 'it is no regular file; formats that need any position cannot be piped'
    throw fileError(`cannot read ${path}: ${what}`)
  }
  const { size } = stat
  return {
    name: path,
    size,
    fd,
    later: () => reopened(path, stat),
    read(target, position) {
      for (let at = 0; at < target.length;) {
        const read = attempt(() => readSync(fd, target, at, Math.min(CHUNK, target.length - at), position + at))
        if (read === 0)
          throw badData(
            `${path}: expected ${position + target.length} bytes, got ${position + at}; the file is truncated, ` +
              'or shrank while it was read',
          )
        at += read
      }
    },
    close,
  }
}

function reopened(path: string, { ino, size, mtimeMs }: Stats): ByteSource {
  return {
    name: path,
    size,
    read(target, position) {
      const source = fileSource(path)
      try {
        const now = fstatSync(source.fd!)
        if (now.ino !== ino || now.size !== size || now.mtimeMs !== mtimeMs) {
          throw fileError(
            `${path}: another file stands here since it was read; run again, and leave it alone meanwhile`,
          )
        }
        source.read(target, position)
      } finally {
        source.close()
      }
    },
    close() {},
  }
}

/** Sources one after another as one; nothing is copied. */
export function joinedSource(name: string, sources: readonly ByteSource[]): ByteSource {
  let size = 0
  const parts = sources.map((source) => {
    size += source.size
    return { source, at: size - source.size }
  })
  return {
    name,
    size,
    parts,
    later: () =>
      joinedSource(
        name,
        sources.map((source) => source.later?.() ?? source),
      ),
    read(target, position) {
      if (position < 0 || position + target.length > size)
        throw badData(`${name}: expected ${position + target.length} bytes, got ${size}; the file is truncated`)
      for (const { source, at } of parts) {
        const [from, to] = [Math.max(position, at), Math.min(position + target.length, at + source.size)]
        if (from < to) source.read(target.subarray(from - position, to - position), from - at)
      }
    },
    close() {
      for (const source of sources) source.close()
    },
  }
}

/** `length` bytes from `position`, in memory of their own. */
export function readBytes(source: ByteSource, position: number, length: number): Uint8Array {
  const target = new Uint8Array(length)
  source.read(target, position)
  return target
}

/** SHA-256 of all bytes, read in pieces. */
export function sourceSha256(source: ByteSource): string {
  const hash = createHash('sha256')
  for (const piece of pieces(source, 0, source.size)) hash.update(piece)
  return hash.digest('hex')
}

/** The bytes from `position`, in pieces. */
export function* pieces(source: ByteSource, position: number, length: number): Generator<Uint8Array> {
  for (let at = 0; at < length; at += CHUNK) yield readBytes(source, position + at, Math.min(CHUNK, length - at))
}
