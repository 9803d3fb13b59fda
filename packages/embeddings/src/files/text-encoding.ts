/**
 * @file Text files as UTF-8: that is what they are, or UTF-16 where their first bytes say so. No other encoding is
 * guessed, since a wrong guess changes ids and labels; the message has the command that converts the file.
 */

import { extname } from '@indistinct/core/platform'
import { badData, concatBytes, utf8Bytes, utf8Text } from '@indistinct/core'
import { shellWord } from '../labels/join-rule.ts'

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/**
 * The encoding that the first bytes of a file say.
 * @throws IndistinctError 'bad-data' where they are of UTF-32, or of UTF-16 that does not say so.
 */
export function encodingOf(head: Uint8Array, path: string): TextEncoding {
  const [a, b, c, d] = head
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    throw badData(`${path}: expected UTF-8 text, got UTF-32; ${conversion(path, 'UTF-32')}`)
  }
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  // Text has no zeros. Letters of UTF-16 that are ASCII have one each, before or behind.
  const pairs = head.length >> 1
  let [even, odd] = [0, 0]
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) even++
    if (head[2 * i + 1] === 0) odd++
  }
  if (pairs > 1 && 4 * Math.max(even, odd) > pairs) {
    throw badData(
      `${path}: expected UTF-8 text, got what looks like UTF-16 without a mark of it; ` +
        `${conversion(path, odd > even ? 'UTF-16LE' : 'UTF-16BE')}`,
    )
  }
  return 'utf-8'
}

/** What turns bytes of `encoding`, in pieces, into the bytes of UTF-8. */
export interface Transcoder {
  /** @throws IndistinctError 'bad-data' with the place of the first byte that is of no character. */
  next(chunk: Uint8Array): Uint8Array
  end(): Uint8Array
}

export function toUtf8(encoding: TextEncoding, path: string): Transcoder {
  return encoding === 'utf-8' ? checkedUtf8(path) : fromUtf16(encoding, path)
}

function fromUtf16(encoding: TextEncoding, path: string): Transcoder {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decoded = (work: () => string): Uint8Array => {
    try {
      return utf8Bytes(work())
    } catch (cause) {
      throw badData(
        `${path}: its first bytes say ${encoding.toUpperCase()}, and what follows is not; write it as UTF-8`,
        { cause },
      )
    }
  }
  return {
    next: (chunk) => decoded(() => decoder.decode(chunk, { stream: true })),
    end: () => decoded(() => decoder.decode()),
  }
}

function checkedUtf8(path: string): Transcoder {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let read = 0
  let lines = 1
  // Bytes of a character that goes on in the next piece.
  let rest = new Uint8Array(0)
  const fail = (bytes: Uint8Array, at: number, cause: unknown): Error => {
    for (let i = 0; i < at; i++) if (bytes[i] === 0x0a) lines++
    const got =
      at < bytes.length
        ? `got 0x${bytes[at]!.toString(16).padStart(2, '0')}`
        : 'got the end of the file within a character'
    return badData(
      `${path}: line ${lines}, byte ${read + at} (from 0) of the file: expected UTF-8 text, ${got}; where it was ` +
        `written in Western Europe, as by Excel: ${conversion(path, 'WINDOWS-1252')}`,
      { cause },
    )
  }
  return {
    next(chunk) {
      const bytes = rest.length === 0 ? chunk : concatBytes([rest, chunk])
      try {
        decoder.decode(chunk, { stream: true })
      } catch (cause) {
        throw fail(bytes, wholeCharacters(bytes), cause)
      }
      const whole = wholeCharacters(bytes)
      for (let i = bytes.length - chunk.length; i < bytes.length; i++) if (bytes[i] === 0x0a) lines++
      rest = bytes.slice(whole)
      read += whole
      return chunk
    },
    end() {
      try {
        decoder.decode()
      } catch (cause) {
        throw fail(rest, 0, cause)
      }
      return new Uint8Array(0)
    },
  }
}

/** Bytes before the first that begins no whole character of UTF-8 (RFC 3629). */
function wholeCharacters(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at]!
    const more =
      first < 0x80
        ? 0
        : first >= 0xc2 && first < 0xe0
          ? 1
          : first >= 0xe0 && first < 0xf0
            ? 2
            : first >= 0xf0 && first < 0xf5
              ? 3
              : -1
    if (more < 0 || at + more >= bytes.length) return at
    const second = bytes[at + 1]!
    // Overlong forms, surrogates, and what is beyond U+10FFFF.
    if (
      (first === 0xe0 && second < 0xa0) ||
      (first === 0xed && second > 0x9f) ||
      (first === 0xf0 && second < 0x90) ||
      (first === 0xf4 && second > 0x8f)
    )
      return at
    for (let i = 1; i <= more; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return at
    at += more + 1
  }
  return at
}

/** The text of a whole file, without the mark of its encoding. @throws IndistinctError 'bad-data' as above. */
export function decodedText(bytes: Uint8Array, path: string): string {
  const transcoder = toUtf8(encodingOf(bytes.subarray(0, 1 << 16), path), path)
  return utf8Text(concatBytes([transcoder.next(bytes), transcoder.end()])).replace(/^\uFEFF/, '')
}

function conversion(path: string, from: string): string {
  const extension = extname(path)
  const to = `${extension === '' ? path : path.slice(0, -extension.length)}.utf-8${extension}`
  return `iconv -f ${from} -t UTF-8 ${shellWord(path)} > ${shellWord(to)}, and pass the new file`
}
