/**
 * @file safetensors files, read strictly within limits: a JSON header of at most 8 MiB, no name twice in an object,
 * tensors that cover the bytes after it without holes or overlap. One tensor is the table, the others travel along.
 */

import { badData, utf8Bytes } from '@indistinct/core'
import { writeU64 } from '../../numbers/little-endian.ts'
import { arrayText, idArray, textItemSize } from '../csv/array-text.ts'
import { pieces, readBytes, type ByteSource } from '../../files/byte-source.ts'
import { decodeValues, encodeValues, itemSize } from '../../numbers/dtype-bytes.ts'
import { quoted } from '../../quoted.ts'
import { idArrayOf, looksLikeIds, refuseUnreadIds } from '../../labels/id-column.ts'
import { checkedQuantisation, type AskedScale, type Dtype, type StoredType } from '../../numbers/stored-type.ts'
import { chooseArray, type RowReader, type SafetensorsContainer, type TableEncoder } from '../../table-container.ts'
import { type Tensor, readTensors } from './safetensors-header.ts'

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
  const { lists, found } = idTensors(tensors, chosen, rows, options.idColumn, source.name)
  const textOf = (tensor: Tensor): string[] =>
    arrayText(
      readBytes(source, tensor.start, tensor.end - tensor.start),
      INTEGERS[tensor.type]!,
      rows,
      `${source.name}: ${quoted(tensor.name)}`,
    )
  const others = tensors.filter((tensor) => tensor !== chosen && tensor !== found)
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
      others: others.map((tensor) => tensor.name),
      othersOfNumbers: others
        .filter(({ type: each, shape }) => shape[0] === rows && /^B?F\d\d$/.test(each))
        .map((tensor) => tensor.name),
    },
    readRows(first, last, into) {
      const width = cols * itemSize(dtype)
      decodeValues(readBytes(source, chosen.start + first * width, (last - first) * width), type, into)
    },
  }
}

/** The lists of whole numbers beside the table, and the one of them that holds its ids. */
function idTensors(
  tensors: readonly Tensor[],
  chosen: Tensor,
  rows: number,
  requested: string | false | undefined,
  path: string,
): { readonly lists: readonly Tensor[]; readonly found: Tensor | undefined } {
  const lists = tensors.filter(
    (tensor) => Object.hasOwn(INTEGERS, tensor.type) && tensor.shape.length === 1 && tensor.shape[0] === rows,
  )
  const idName =
    requested === false
      ? undefined
      : idArrayOf(
          lists.map((tensor) => tensor.name),
          requested,
          path,
        )
  const found = lists.find((tensor) => tensor.name === idName)
  if (!found && requested !== false) {
    const others = tensors.filter((tensor) => tensor !== chosen && !lists.includes(tensor))
    refuseUnreadIds(others, { rows, requested, path })
  }
  return { lists, found }
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
  const text = utf8Bytes(JSON.stringify(header))
  const length = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + length).fill(0x20)
  writeU64(bytes, BigInt(length), 0)
  bytes.set(text, 8)
  return bytes
}
