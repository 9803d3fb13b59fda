/** @file Deltas: what it takes to turn the file of an unlearned table back into the original, byte for byte. */

import { badData, canonicalJson, jsonText, concatBytes, parseJson, sha256, utf8Bytes, utf8Text } from '@indistinct/core'
import { deflateRaw, inflateRaw } from '@indistinct/core/platform'

const schema = 'indistinct/delta/1'

/**
 * - xor: exclusive or with the unlearned file of the same length, the bytes of `stride`-byte numbers sorted by place,
 *   so that signs and exponents, which seldom change, lie together.
 * - lines: for text of as many lines, what stands in lines that changed, after the part that did not.
 * - whole: the original.
 */
type Encoding = 'xor' | 'lines' | 'whole'

interface Header {
  readonly schema: string
  readonly encoding: Encoding
  readonly stride: number
  readonly original: FileMark
  readonly unlearned: FileMark
  readonly payload: FileMark & { readonly inflated: number }
}

interface FileMark {
  readonly bytes: number
  readonly sha256: string
}

/**
 * The delta from the bytes of an unlearned table to those of its original: one line of JSON with lengths and digests of
 * both, then the smallest of the encodings, deflated. Users who were not moved cost next to nothing; for those who were
 * it takes about 3 bytes of 4 a float32, since what unlearning changes is the digits that do not compress.
 *
 * A delta together with the unlearned table is the original: keep it as safe as that, and apart from the table.
 */
export function makeDelta(original: Uint8Array, unlearned: Uint8Array): Uint8Array {
  const candidates: { encoding: Encoding; stride: number; plain: Uint8Array }[] = [
    { encoding: 'whole', stride: 1, plain: original },
  ]
  if (original.length === unlearned.length) {
    const difference = xor(original, unlearned)
    for (const stride of [1, 4, 8]) candidates.push({ encoding: 'xor', stride, plain: byPlace(difference, stride) })
  }
  const changed = changedLines(original, unlearned)
  if (changed) candidates.push({ encoding: 'lines', stride: 1, plain: changed })
  const packed = candidates.map(({ plain, ...rest }) => ({
    ...rest,
    inflated: plain.length,
    payload: deflateRaw(plain, { best: true }),
  }))
  const { encoding, stride, inflated, payload } = packed.reduce((least, each) =>
    each.payload.length < least.payload.length ? each : least,
  )
  const header: Header = {
    schema,
    encoding,
    stride,
    original: markOf(original),
    unlearned: markOf(unlearned),
    payload: { ...markOf(payload), inflated },
  }
  return concatBytes([utf8Bytes(jsonText({ ...header, checksum: checksumOf(header) } as never)), payload])
}

export interface DeltaNames {
  /** How messages name the table. */
  readonly table?: string
  /** How messages name the delta. */
  readonly delta?: string
}

/**
 * The original of `unlearned`, checked to the last bit.
 * @throws IndistinctError 'bad-data' where the delta is damaged, or belongs to another table.
 */
export function applyDelta(
  unlearned: Uint8Array,
  delta: Uint8Array,
  { table = 'table', delta: name = 'delta' }: DeltaNames = {},
): Uint8Array {
  const { header, payload } = readDelta(delta, name)
  const found = sha256(unlearned)
  if (found !== header.unlearned.sha256) {
    const hint =
      found === header.original.sha256 ? 'it is the original already' : 'another run wrote it, or it was changed since'
    throw badData(
      `${table}: expected the table that ${name} was written with, sha256 ${header.unlearned.sha256}, got ` +
        `${found}; ${hint}`,
    )
  }
  const damaged = (cause?: unknown): Error =>
    badData(`${name}: what it holds does not restore the original; the file is damaged`, { cause })
  let original: Uint8Array
  try {
    const plain = inflateRaw(payload, Math.max(1, header.payload.inflated))
    original = decoded(header, plain, unlearned)
  } catch (cause) {
    throw damaged(cause)
  }
  if (original.length !== header.original.bytes || sha256(original) !== header.original.sha256) throw damaged()
  return original
}

function decoded({ encoding, stride }: Header, plain: Uint8Array, unlearned: Uint8Array): Uint8Array {
  switch (encoding) {
    case 'xor':
      return xor(inOrder(plain, stride), unlearned)
    case 'lines':
      return withLines(unlearned, plain)
    case 'whole':
      return plain
    default:
      throw new RangeError(`applyDelta: expected encoding xor, lines or whole, got ${String(encoding satisfies never)}`)
  }
}

function readDelta(delta: Uint8Array, name: string): { header: Header; payload: Uint8Array } {
  const damaged = (what: string): Error =>
    badData(`${name}: expected a delta of schema ${schema}, as unlearn --delta writes it, got ${what}`)
  const end = delta.indexOf(10)
  // Longer than any header is.
  if (end < 0 || end > 4096) throw damaged('a file without its first line')
  let value: Partial<Header> & { readonly checksum?: string }
  try {
    value = parseJson(utf8Text(delta.subarray(0, end))) as unknown as typeof value
  } catch {
    throw damaged('a file without its first line')
  }
  if (typeof value !== 'object' || value === null || value.schema !== schema) throw damaged('another kind of file')
  const { checksum, ...header } = value
  if (!isHeader(header)) throw damaged('a first line with other lengths, digests or encoding')
  let own: string
  try {
    own = checksumOf(header)
  } catch {
    // JSON has no numbers beyond float64, and reads 1e999 all the same.
    throw damaged('a number that is none')
  }
  if (checksum !== own) throw badData(`${name}: its first line does not match its checksum; the file was changed`)
  const payload = delta.subarray(end + 1)
  if (payload.length !== header.payload.bytes)
    throw badData(
      `${name}: expected ${header.payload.bytes} bytes after the first line, got ${payload.length}; the file is ` +
        `${payload.length < header.payload.bytes ? 'truncated' : 'too long'}`,
    )
  if (sha256(payload) !== header.payload.sha256)
    throw badData(`${name}: its content does not match its checksum; the file was changed`)
  return { header, payload }
}

/** The checksum finds accidents; a file that somebody made up has the right one. */
function isHeader(header: Partial<Header>): header is Header {
  const { encoding, stride, original, unlearned, payload } = header
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
  const isMark = (mark: FileMark | undefined): boolean => isCount(mark?.bytes) && typeof mark!.sha256 === 'string'
  const isEncoding = encoding === 'xor' || encoding === 'lines' || encoding === 'whole'
  return (
    isEncoding &&
    isCount(stride) &&
    stride! > 0 &&
    [original, unlearned, payload].every(isMark) &&
    isCount(payload!.inflated)
  )
}

function checksumOf(header: Header): string {
  return sha256(canonicalJson(header as never))
}

function markOf(bytes: Uint8Array): FileMark {
  return { bytes: bytes.length, sha256: sha256(bytes) }
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a)
  for (let p = 0; p < out.length; p++) out[p]! ^= b[p]!
  return out
}

/** Bytes 0, stride, 2 stride, …, then 1, stride + 1, …; what is left of the last number comes last. */
function byPlace(bytes: Uint8Array, stride: number): Uint8Array {
  const count = Math.floor(bytes.length / stride)
  // A slice of a Buffer would share its memory.
  const out = new Uint8Array(bytes)
  for (let place = 0; place < stride; place++)
    for (let i = 0; i < count; i++) out[place * count + i] = bytes[i * stride + place]!
  return out
}

function inOrder(bytes: Uint8Array, stride: number): Uint8Array {
  const count = Math.floor(bytes.length / stride)
  const out = new Uint8Array(bytes)
  for (let place = 0; place < stride; place++)
    for (let i = 0; i < count; i++) out[i * stride + place] = bytes[place * count + i]!
  return out
}

/** For each line that differs: lines since the last such, bytes that both begin with, bytes that follow, and these. */
function changedLines(original: Uint8Array, unlearned: Uint8Array): Uint8Array | undefined {
  const [before, after] = [linesOf(original), linesOf(unlearned)]
  if (before.length !== after.length) return undefined
  const parts: Uint8Array[] = []
  let last = 0
  before.forEach((line, at) => {
    const other = after[at]!
    let same = 0
    while (same < line.length && same < other.length && line[same] === other[same]) same++
    if (same === line.length && same === other.length) return
    parts.push(
      Uint8Array.from([...count(at - last), ...count(same), ...count(line.length - same)]),
      line.subarray(same),
    )
    last = at
  })
  return concatBytes(parts)
}

function withLines(unlearned: Uint8Array, changed: Uint8Array): Uint8Array {
  const lines = linesOf(unlearned)
  let p = 0
  const next = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = changed[p++]
      if (byte === undefined || scale > 2 ** 42) throw new RangeError('applyDelta: expected a number, got the end')
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  let at = 0
  for (let first = true; p < changed.length; first = false) {
    const step = next()
    // A line that is made again and again would grow without end.
    if (step === 0 && !first) throw new RangeError('applyDelta: expected a later line, got the same again')
    at += step
    const [same, length] = [next(), next()]
    if (at >= lines.length || p + length > changed.length)
      throw new RangeError('applyDelta: expected a line of the table, got one beyond')
    lines[at] = concatBytes([lines[at]!.subarray(0, same), changed.subarray(p, p + length)])
    p += length
  }
  return concatBytes(lines.flatMap((line, i) => (i === 0 ? [line] : [Uint8Array.of(10), line])))
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = []
  let start = 0
  for (;;) {
    const end = bytes.indexOf(10, start)
    if (end < 0) break
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  lines.push(bytes.subarray(start))
  return lines
}

/** Seven bits a byte, the lowest first. */
function count(value: number): number[] {
  const bytes: number[] = []
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return [...bytes, value]
}
