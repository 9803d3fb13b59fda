/**
 * @file Zstandard: by Node where it has it (22.15 and later), and in JavaScript otherwise. fzstd follows counts of a
 * damaged frame without looking whether as many bytes are there, so it runs under a watchdog, and what it says it has
 * filled is checked.
 */

import { createContext, Script } from 'node:vm'
import zlib from 'node:zlib'
import { decompressZstd } from 'hyparquet-compressors'

type Native = (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array

const native = (zlib as { zstdDecompressSync?: Native }).zstdDecompressSync

/** A page takes milliseconds; the limit only ends what would never end. */
const PATIENCE_MS = 20_000

/** `input` as `length` bytes, at least one. @throws Error where it is damaged, or makes more or fewer. */
export function zstd(input: Uint8Array, length: number): Uint8Array {
  return native ? native(input, { maxOutputLength: length }) : zstdInJavaScript(input, length)
}

/** What runs in a context can be ended from outside, also in the middle of a loop. */
const context = createContext({ work: undefined as (() => Uint8Array) | undefined })
const script = new Script('work()')

/** The same without Node's own. */
export function zstdInJavaScript(input: Uint8Array, length: number): Uint8Array {
  const output = filledFrom(input, length, 0)
  // Frames that end early leave the last byte as it was. Zero may also be what they hold: another start tells.
  if (output[length - 1] === 0 && filledFrom(input, length, 255)[length - 1] !== 0) throw new Error(`a page of fewer than the ${length} bytes that are declared`)
  return output
}

function filledFrom(input: Uint8Array, length: number, last: number): Uint8Array {
  const output = new Uint8Array(length)
  output[length - 1] = last
  context['work'] = () => decompressZstd(input, output)
  let found: Uint8Array
  try {
    found = script.runInContext(context, { timeout: PATIENCE_MS }) as Uint8Array
  } catch (cause) {
    throw new Error(`Zstandard that is damaged (${(cause as Error).message})`, { cause })
  }
  if (found.length !== length) throw new Error(`a page of ${found.length} bytes where ${length} are declared`)
  return found
}
