/**
 * @file safetensors files, read strictly within limits: a JSON header of at most 8 MiB, no name twice in an object,
 * tensors that cover the bytes after it without holes or overlap. One tensor is the table, the others travel along.
 */

import { badData, parseJson } from '@indistinct/core'
import { arrayText, idArray, textItemSize } from '../csv/array-text.ts'
import { pieces, readBytes, type ByteSource } from '../../files/byte-source.ts'
import { decodeValues, encodeValues, itemSize } from '../../numbers/dtype-bytes.ts'
import { quoted } from '../../quoted.ts'
import { idArrayOf, looksLikeIds } from '../../labels/id-column.ts'
import { checkedQuantisation, type AskedScale, type Dtype, type StoredType } from '../../numbers/stored-type.ts'
import {
  chooseArray,
  type Candidate,
  type RowReader,
  type SafetensorsContainer,
  type TableEncoder,
} from '../../table-container.ts'

/**
 * Largest header. The format has 100 MB; what a million tensors are named must not fill memory before one is the table.
 */
const MAX_HEADER = 1 << 23

/** Bits of an item of each type. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
}
const DTYPES: Readonly<Record<string, Dtype>> = { F16: 'f2', BF16: 'bf16', F32: 'f4', F64: 'f8', I8: 'i1', U8: 'u1' }
const INTEGERS: Readonly<Record<string, string>> = {
  I8: '|i1',
  U8: '|u1',
  I16: '<i2',
  U16: '<u2',
  I32: '<i4',
  U32: '<u4',
  I64: '<i8',
  U64: '<u8',
}

interface Tensor extends Candidate {
  readonly type: string
  readonly shape: readonly number[]
  /** Bytes of the file. */
  readonly start: number
  readonly end: number
}

export interface SafetensorsTable extends RowReader {
  readonly container: SafetensorsContainer
  /** Name of the tensor of ids, where there is one. */
  readonly idColumn: string | undefined
  /** Their type, as <i8. */
  readonly idType: string | undefined
  readIds(): string[] | undefined
  /** Tensors that look like ids under other names than usual, where there are no ids. */
  maybeIds(): string[]
}

/**
 * Opens the table of a safetensors file.
 * @param options.key name of the tensor; default: the only matrix of floats
 * @param options.scale of whole numbers of 8 bits, with zeroPoint
 * @param options.idColumn name of a tensor of whole numbers, one a row; default: the one of a usual name, see {@link
 * idColumnOf}; false: none
 * @throws IndistinctError 'bad-data' where the file is damaged, 'usage' where the tensor cannot be told.
 */
export function openSafetensors(source: ByteSource, options: SafetensorsOptions = {}): SafetensorsTable {
  const tensors = readTensors(source)
  const chosen = chooseArray(tensors, options.key, source.name, options.scale)
  const name = `${source.name}: ${quoted(chosen.name)}`
  const dtype = DTYPES[chosen.type]
  if (dtype === undefined) {
    throw badData(
      `${name}: expected F16, BF16, F32 or F64, or I8 or U8 with a scale, got ${chosen.type}; ` +
        `convert in Python with tensors[${JSON.stringify(chosen.name)}] = ` +
        `tensors[${JSON.stringify(chosen.name)}].float()`,
    )
  }
  const quantisation = checkedQuantisation(dtype, options, name)
  const type: StoredType = { dtype, quantisation }
  if (chosen.shape.length !== 2)
    throw badData(`${name}: expected a matrix of one row a user, got shape (${chosen.shape.join(', ')})`)
  const [rows, cols] = chosen.shape as [number, number]
  const lists = tensors.filter(
    (tensor) => Object.hasOwn(INTEGERS, tensor.type) && tensor.shape.length === 1 && tensor.shape[0] === rows,
  )
  const idName =
    options.idColumn === false
      ? undefined
      : idArrayOf(
          lists.map((tensor) => tensor.name),
          options.idColumn,
          source.name,
        )
  const found = lists.find((tensor) => tensor.name === idName)
  const textOf = (tensor: Tensor): string[] =>
    arrayText(
      readBytes(source, tensor.start, tensor.end - tensor.start),
      INTEGERS[tensor.type]!,
      rows,
      `${source.name}: ${quoted(tensor.name)}`,
    )
  return {
    rows,
    cols,
    dtype,
    ...(quantisation && { quantisation }),
    idColumn: found?.name,
    idType: found && INTEGERS[found.type],
    readIds: () => found && textOf(found),
    maybeIds: () => (found ? [] : lists.filter((tensor) => looksLikeIds(textOf(tensor))).map((tensor) => tensor.name)),
    container: {
      format: 'safetensors',
      source,
      start: chosen.start,
      end: chosen.end,
      hasIds: found !== undefined,
      others: tensors.filter((tensor) => tensor !== chosen && tensor !== found).map((tensor) => tensor.name),
    },
    readRows(first, last, into) {
      const width = cols * itemSize(dtype)
      decodeValues(readBytes(source, chosen.start + first * width, (last - first) * width), type, into)
    },
  }
}

function readTensors(source: ByteSource): Tensor[] {
  const { name, size } = source
  if (size < 8) throw badData(`${name}: expected a safetensors file, got ${size} bytes; the file is truncated`)
  const length = Buffer.from(readBytes(source, 0, 8)).readBigUInt64LE()
  if (length > MAX_HEADER)
    throw badData(
      `${name}: expected a header of at most ${MAX_HEADER} bytes, got ${length}; if it is a safetensors file, ` +
        `save the table's tensor in a file of its own`,
    )
  if (8 + Number(length) > size)
    throw badData(`${name}: expected a header of ${length} bytes, got ${size - 8}; the file is truncated`)
  const header = readHeader(readBytes(source, 8, Number(length)), name)
  const base = 8 + Number(length)
  const tensors = Object.entries(header)
    .filter(([key]) => key !== '__metadata__')
    .map(([key, value]) => tensorOf(key, value, base, name))
  checkMetadata(header['__metadata__'], name)
  let at = base
  for (const { start, end, name: key } of [...tensors].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at)
      throw badData(
        `${name}: expected tensors without holes or overlap, got ${quoted(key)} at byte ${start} where ${at} follows`,
      )
    at = end
  }
  if (at > size) throw badData(`${name}: expected ${at} bytes, got ${size}; the file is truncated`)
  if (at < size) throw badData(`${name}: expected ${at} bytes, got ${size}; ${size - at} bytes follow the tensors`)
  return tensors
}

function readHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw badData(`${name}: expected a JSON header, got other bytes; is it a safetensors file?`)
  let text: string
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    header = parseJson(text)
  } catch (cause) {
    throw badData(
      `${name}: expected a JSON header, got ${quoted(Buffer.from(bytes.subarray(0, 64)).toString('latin1'))}`,
      { cause },
    )
  }
  if (colons(text) !== keyCount(header)) throw badData(`${name}: a name stands twice in the header`)
  return header as Record<string, unknown>
}

/** How many keys the objects of valid JSON have; JSON.parse keeps the last of equal ones without a word. */
function colons(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === '"') while (text[++i] !== '"') if (text[i] === '\\') i++
    if (character === ':') count++
  }
  return count
}

function keyCount(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce((sum: number, each) => sum + keyCount(each), own)
}

function checkMetadata(metadata: unknown, name: string): void {
  if (metadata === undefined) return
  const isText =
    typeof metadata === 'object' &&
    metadata !== null &&
    !Array.isArray(metadata) &&
    Object.values(metadata).every((value) => typeof value === 'string')
  if (!isText) throw badData(`${name}: expected __metadata__ of text by name, got ${quoted(JSON.stringify(metadata))}`)
}

function tensorOf(key: string, value: unknown, base: number, file: string): Tensor {
  const {
    dtype,
    shape,
    data_offsets: offsets,
    ...others
  } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown }
  const whole = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0)
  if (
    typeof dtype !== 'string' ||
    !whole(shape) ||
    !whole(offsets) ||
    offsets.length !== 2 ||
    Object.keys(others).length > 0
  ) {
    throw badData(
      `${file}: ${quoted(key)}: expected dtype, shape and data_offsets, got ${quoted(JSON.stringify(value))}`,
    )
  }
  const [start, end] = [base + offsets[0]!, base + offsets[1]!]
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype]! : undefined
  if (bits === undefined) throw badData(`${file}: ${quoted(key)}: expected a type of safetensors, got ${quoted(dtype)}`)
  const expected = (shape.reduce((product, n) => product * n, 1) * bits) / 8
  if (!Number.isSafeInteger(expected) || end - start !== expected) {
    throw badData(
      `${file}: ${quoted(key)}: expected ${expected} bytes for shape (${shape.join(', ')}) of ${dtype}, got ` +
        `${end - start}`,
    )
  }
  const isMatrix = shape.length === 2
  const facts = { isTable: isMatrix && /^B?F\d\d$/.test(dtype), needsScale: isMatrix && /^[IU]8$/.test(dtype) }
  return { name: key, what: `${dtype} (${shape.join(', ')})`, ...facts, type: dtype, shape, start, end }
}

export interface SafetensorsOptions extends AskedScale {
  readonly key?: string | undefined
  readonly idColumn?: string | false | undefined
}

export interface SafetensorsFields extends Pick<StoredType, 'dtype' | 'quantisation'> {
  readonly rows: number
  readonly cols: number
  /** The file that the table came from: all of it but the table's values is copied. */
  readonly container?: SafetensorsContainer | undefined
  /** Ids that are whole numbers, to write beside the table; not where there is a container. */
  readonly ids?: { readonly name: string; readonly values: readonly string[]; readonly type: string } | undefined
}

/** Writes a safetensors file: the table as `embedding`, or in the place and under the name it had. */
export function safetensorsEncoder({
  rows,
  cols,
  dtype,
  quantisation,
  container,
  ids,
}: SafetensorsFields): TableEncoder {
  return {
    *start() {
      if (container) yield* pieces(container.source, 0, container.start)
      else yield newHeader({ rows, cols, dtype, ids })
    },
    *rows(values) {
      yield encodeValues(values, { dtype, quantisation })
    },
    *end() {
      if (container) yield* pieces(container.source, container.end, container.source.size - container.end)
      else if (ids) yield idArray(ids.values, ids.type)
    },
  }
}

/** Padded with spaces, as the reference writer does, so that values start at a multiple of 8. */
function newHeader({ rows, cols, dtype, ids }: SafetensorsFields): Uint8Array {
  const type = Object.keys(DTYPES).find((key) => DTYPES[key] === dtype)!
  const end = rows * cols * itemSize(dtype)
  const header: { [name: string]: unknown } = {
    embedding: { dtype: type, shape: [rows, cols], data_offsets: [0, end] },
  }
  if (ids) {
    const idType = Object.keys(INTEGERS).find((key) => INTEGERS[key] === ids.type)!
    header[ids.name] = { dtype: idType, shape: [rows], data_offsets: [end, end + rows * textItemSize(ids.type)!] }
  }
  const text = JSON.stringify(header)
  const length = Math.ceil(Buffer.byteLength(text) / 8) * 8
  const bytes = Buffer.alloc(8 + length, ' ')
  bytes.writeBigUInt64LE(BigInt(length), 0)
  bytes.write(text, 8)
  return bytes
}
