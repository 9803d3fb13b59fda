/**
 * @file The header of npy files, versions 1 to 3: a Python dictionary literal with exactly the keys descr,
 * fortran_order and shape. Only literals are read; nothing in a file is ever executed.
 */

import { badData, latin1Bytes, latin1Text, utf8Text } from '@indistinct/core'
import { writeU16 } from '../../numbers/little-endian.ts'
import { readBytes, type ByteSource } from '../../files/byte-source.ts'
import { quoted } from '../../quoted.ts'
import {
  checkedQuantisation,
  itemSize,
  type AskedScale,
  type Dtype,
  type StoredType,
} from '../../numbers/stored-type.ts'

export const NPY_MAGIC = '\x93NUMPY'

/** Longest header read. NumPy's own are 118 bytes for a matrix; a hostile length must not make us allocate it. */
export const MAX_HEADER = 65_536

/** How the bytes of an array lie: what NumPy itself writes is little-endian, row by row. */
export interface ArrayLayout {
  readonly bigEndian: boolean
  /** Column by column. */
  readonly fortran: boolean
}

export interface NpyHeader {
  readonly shape: readonly number[]
  readonly type: StoredType & { readonly bigEndian: boolean }
  readonly layout: ArrayLayout
  /** Byte of the array at which the values start. */
  readonly offset: number
}

/** What a header says, whatever the type of the values. */
export interface NpyDescription {
  readonly descr: string
  readonly fortran: boolean
  readonly shape: readonly number[]
  /** Byte of the array at which the values start. */
  readonly offset: number
}

/**
 * Where the header ends, from the first 12 bytes of a file.
 * @throws IndistinctError 'bad-data' on a wrong magic, an unknown version, or a header longer than the file.
 */
export function npyHeaderEnd(
  head: Uint8Array,
  fileSize: number,
  name: string,
): { textStart: number; textEnd: number; utf8: boolean } {
  if (fileSize < 10) throw badData(`${name}: expected an npy file, got ${fileSize} bytes; the file is truncated`)
  for (let i = 0; i < 6; i++) {
    if (head[i] !== NPY_MAGIC.charCodeAt(i))
      throw badData(`${name}: expected an npy file, got other first bytes; was it written by numpy.save?`)
  }
  const major = head[6]!
  const minor = head[7]!
  if (major < 1 || major > 3 || minor !== 0)
    throw badData(`${name}: expected npy version 1.0, 2.0 or 3.0, got ${major}.${minor}`)
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const textStart = major === 1 ? 10 : 12
  if (fileSize < textStart) throw badData(`${name}: expected a header, got ${fileSize} bytes; the file is truncated`)
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > MAX_HEADER) throw badData(`${name}: expected a header of at most ${MAX_HEADER} bytes, got ${length}`)
  if (textStart + length > fileSize)
    throw badData(`${name}: expected a header of ${length} bytes, got ${fileSize - textStart}; the file is truncated`)
  return { textStart, textEnd: textStart + length, utf8: major === 3 }
}

/**
 * What the header of the array in `size` bytes from `position` of `source` says; its values are not looked at.
 * @throws IndistinctError 'bad-data' on anything but an npy header.
 */
export function describeNpy(
  source: ByteSource,
  position = 0,
  size = source.size - position,
  name = source.name,
): NpyDescription {
  const head = readBytes(source, position, Math.min(12, size))
  const { textStart, textEnd, utf8 } = npyHeaderEnd(head, size, name)
  const bytes = readBytes(source, position + textStart, textEnd - textStart)
  const text = utf8 ? utf8Text(bytes) : latin1Text(bytes)
  return { ...parseDictionary(text, name), offset: textEnd }
}

/**
 * The header of a table's array, checked against its size before anything is allocated.
 * @param asked what whole numbers of 8 bits stand for
 * @throws IndistinctError 'bad-data' on anything but an array of floats, int8 or uint8 of that length; 'usage' where
 * the scale of whole numbers is missing, or given for floats.
 */
export function checkNpy(
  { descr, fortran, shape, offset }: NpyDescription,
  size: number,
  name: string,
  asked: AskedScale = {},
): NpyHeader {
  const dtype = dtypeOf(descr, name)
  const layout = { bigEndian: descr.startsWith('>'), fortran: fortran && shape.length > 1 }
  if (layout.fortran && shape.length > 2) {
    throw badData(
      `${name}: expected C order of ${shape.length} dimensions, got Fortran order; convert with numpy.save(path, ` +
        'numpy.ascontiguousarray(array))',
    )
  }
  checkNpySize(shape, itemSize(dtype), dtype, offset, size, name)
  const quantisation = checkedQuantisation(dtype, asked, name)
  return { shape, type: { dtype, bigEndian: layout.bigEndian, ...(quantisation && { quantisation }) }, layout, offset }
}

/** The type as NumPy names it: <f4, >f8, |i1. */
export function npyDescr({ dtype, bigEndian = false }: StoredType): string {
  if (dtype === 'bf16') throw new RangeError('npyDescr: NumPy has no bfloat16')
  return `${itemSize(dtype) === 1 ? '|' : bigEndian ? '>' : '<'}${dtype}`
}

/** @throws IndistinctError 'bad-data' where the values do not end exactly where the array does. */
export function checkNpySize(
  shape: readonly number[],
  bytesPerItem: number,
  type: string,
  offset: number,
  size: number,
  name: string,
): void {
  const count = shape.reduce((product, n) => product * n, 1)
  const expected = offset + count * bytesPerItem
  const shapeText = `(${shape.join(', ')})`
  if (!Number.isSafeInteger(expected)) throw badData(`${name}: shape ${shapeText} is larger than any file`)
  if (size < expected) {
    throw badData(
      `${name}: expected ${expected} bytes for shape ${shapeText} of ${type}, got ${size}; the file is truncated`,
    )
  }
  if (size > expected) {
    throw badData(
      `${name}: expected ${expected} bytes for shape ${shapeText} of ${type}, got ${size}; ${size - expected} ` +
        'bytes follow the array',
    )
  }
}

/** Header bytes of version 1.0, padded so that values start at a multiple of 64. */
export function npyHeaderBytes(shape: readonly number[], descr: string, fortran = false): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const bytes = new Uint8Array(10 + length).fill(0x20)
  bytes.set(latin1Bytes(NPY_MAGIC))
  bytes[6] = 1
  bytes[7] = 0
  writeU16(bytes, length, 8)
  bytes.set(latin1Bytes(text), 10)
  bytes[bytes.length - 1] = 0x0a
  return bytes
}

function dtypeOf(descr: string, name: string): Dtype {
  if (/^(?:[<>=]f[248]|[|<>=][iu]1)$/.test(descr)) return descr.slice(1) as Dtype
  throw refusedDtype(quoted(descr), descr.includes('O'), name)
}

const STRUCTURED = 'a structured dtype'

function refusedDtype(got: string, pickled: boolean, name: string): Error {
  const expected = `${name}: expected float16, float32 or float64`
  if (pickled)
    return badData(
      `${expected}, got ${got}, which holds pickled Python objects; convert with numpy.save(path, ` +
        'numpy.stack(array).astype("<f4"))',
    )
  // What converts other types would lose the imaginary half of these, and fails on those with fields.
  const convert = /^"[<>=]c\d+"$/.test(got)
    ? 'numpy.concatenate([array.real, array.imag], 1).astype("<f4")'
    : got === STRUCTURED
      ? 'numpy.array(array.tolist(), "<f4")), or of one field numpy.save(path, array["FIELD"]'
      : 'array.astype("<f4")'
  const hint = got === '"|V2"' || got === '"<V2"' ? ', as which bfloat16 is written' : ''
  return badData(
    `${expected}, or int8 or uint8 with a scale, got ${got}${hint}; convert with numpy.save(path, ${convert})`,
  )
}

const KEY = /\s*'(descr|fortran_order|shape)'\s*:\s*/y
const TEXT = /'([^'\\]*)'/y
const BOOLEAN = /(True|False)/y
const TUPLE = /\(\s*((?:\d+\s*,\s*)*(?:\d+\s*)?)\)/y
const COMMA = /\s*,/y
const CLOSE = /\s*\}\s*$/y
const LIST = /\[/y

function parseDictionary(text: string, name: string): { descr: string; fortran: boolean; shape: number[] } {
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) return undefined
    at = pattern.lastIndex
    return match[1] ?? match[0]
  }
  const malformed = (): Error =>
    badData(`${name}: expected a header with descr, fortran_order and shape, got ${quoted(text.trim())}`)
  let descr: string | undefined
  let fortran: boolean | undefined
  let shape: number[] | undefined
  const seen = new Set<string>()
  if (take(/\s*\{/y) === undefined) throw malformed()
  while (take(CLOSE) === undefined) {
    const key = take(KEY)
    if (key === undefined || seen.has(key)) throw malformed()
    seen.add(key)
    if (key === 'descr') {
      descr = take(TEXT)
      // A list of fields is a structured dtype; its grammar need not be known to refuse it.
      if (descr === undefined) throw take(LIST) === undefined ? malformed() : refusedDtype(STRUCTURED, false, name)
    } else if (key === 'fortran_order') {
      const value = take(BOOLEAN)
      if (value === undefined) throw malformed()
      fortran = value === 'True'
    } else {
      const value = take(TUPLE)
      // (3) is a parenthesised number in Python, not a tuple.
      if (value === undefined || /^\d+\s*$/.test(value)) throw malformed()
      shape = value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map(Number)
      if (!shape.every(Number.isSafeInteger))
        throw badData(`${name}: expected a shape below 2^53, got ${quoted(value)}`)
    }
    if (take(COMMA) === undefined) {
      if (take(CLOSE) === undefined) throw malformed()
      break
    }
  }
  if (descr === undefined || fortran === undefined || shape === undefined) throw malformed()
  return { descr, fortran, shape }
}
