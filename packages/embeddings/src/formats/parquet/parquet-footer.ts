/**
 * @file Footers of Parquet files: the schema, and where the chunks of each row group lie. The footer is kept as bytes,
 * so that a file can be written again with everything else as it was.
 */

import { badData, IndistinctError, latin1Text } from '@indistinct/core'
import { readU32 } from '../../numbers/little-endian.ts'
import { readBytes, type ByteSource } from '../../files/byte-source.ts'
import { mostLabelRows } from './parquet-bounds.js'
import { joinedFile } from './parquet-parts.ts'
import { parquetColumns } from './parquet-schema.ts'
import {
  encodedFields,
  numberAt,
  numberField,
  readThrift,
  structField,
  structPlaces,
  textField,
  thriftPlaces,
} from './thrift-read.js'
import type { ParquetGroup, GroupFacts, ParquetFile } from './parquet-contents.ts'

const MAGIC = 'PAR1'
/** Largest footer read: those of wide files with thousands of row groups stay below. */
const MAX_FOOTER = 1 << 28

/** What a file holds, and where its vectors are. */

/** Runs `step`, which reads untrusted bytes, and gives its errors the file's name. */
export function within<T>(name: string, step: () => T): T {
  try {
    return step()
  } catch (cause) {
    if (cause instanceof IndistinctError) throw cause
    throw damaged(name, (cause as Error).message, cause)
  }
}

export function damaged(name: string, message: string, cause: unknown): IndistinctError {
  return badData(`${name}: expected a complete Parquet file, got ${message}; the file is damaged or not supported`, {
    cause,
  })
}

/**
 * Reads footer and schema; of a folder those of all parts, which must have one schema.
 * @throws IndistinctError 'bad-data' on damage, on encryption, and where more values are declared than its bytes can
 * hold.
 */
export function openParquetFile(source: ByteSource): ParquetFile {
  const { name, size, parts } = source
  if (parts)
    return joinedFile(
      source,
      parts.map((part) => openParquetFile(part.source)),
    )
  if (size < 12) throw badData(`${name}: expected a Parquet file, got ${size} bytes; the file is truncated`)
  const text = (position: number): string => latin1Text(readBytes(source, position, 4))
  if (text(0) !== MAGIC)
    throw badData(
      `${name}: expected a Parquet file, got other first bytes${text(0) === 'PARE' ? ' (it is encrypted)' : ''}`,
    )
  if (text(size - 4) !== MAGIC)
    throw badData(`${name}: expected a Parquet file, got other last bytes; the file is truncated`)
  const length = readU32(readBytes(source, size - 8, 4), 0)
  if (length > Math.min(MAX_FOOTER, size - 12))
    throw badData(`${name}: expected a footer within the file, got one of ${length} bytes; the file is truncated`)
  return within(name, () => {
    const footer = readBytes(source, size - 8 - length, length)
    const { places, end } = thriftPlaces(footer)
    if (end !== length) throw new Error(`a footer of ${end} bytes in ${length}`)
    const columns = parquetColumns(footer, places.get(2))
    const leafCount = columns.reduce((sum, column) => sum + column.leaves.length, 0)
    let total = 0
    const groups = structPlaces(footer, places.get(4)).map((place): ParquetGroup => {
      const group = groupAt(footer, place, leafCount, size)
      total += group.rows
      return { ...group, firstRow: total - group.rows, source, at: 0, facts: () => groupFacts(footer, place) }
    })
    const declared = numberAt(footer, places.get(3))
    if (total !== declared) throw new Error(`${total} rows in row groups where ${declared} are declared`)
    if (total > mostLabelRows(size)) throw new Error(`${total} rows in ${size} bytes`)
    checkApart(groups, leafCount)
    return { source, footer, columns, groups }
  })
}

function groupFacts(footer: Uint8Array, place: number): GroupFacts {
  const chunkPlaces = structPlaces(footer, thriftPlaces(footer, place).places.get(1))
  return { footer, chunkPlaces, fields: encodedFields(footer, place, [1]) }
}

function groupAt(
  footer: Uint8Array,
  place: number,
  leafCount: number,
  fileSize: number,
): Pick<ParquetGroup, 'rows' | 'chunk'> {
  const { places } = thriftPlaces(footer, place)
  const rows = numberAt(footer, places.get(3))
  const chunks = structPlaces(footer, places.get(1))
  if (rows === undefined || rows < 0) throw new Error(`a row group of ${rows} rows`)
  if (chunks.length !== leafCount)
    throw new Error(`a row group of ${chunks.length} columns where the schema has ${leafCount}`)
  // Four numbers a chunk: files have a hundred thousand of them.
  const numbers = new Float64Array(4 * leafCount)
  chunks.forEach((at, c) => {
    const { struct: chunk } = readThrift(footer, at)
    if (textField(chunk, 1) !== undefined) throw new Error('columns in other files')
    const data = structField(chunk, 3)
    if (!data) throw new Error('encrypted columns')
    // Groups without rows may have columns without a place.
    if (rows === 0) return
    const [codec, slots, length, dataAt, dictionaryAt = 0] = [4, 5, 7, 9, 11].map((id) => numberField(data, id))
    const start = dictionaryAt > 0 ? Math.min(dictionaryAt, dataAt ?? 0) : (dataAt ?? 0)
    if (
      codec === undefined ||
      slots === undefined ||
      length === undefined ||
      slots < 0 ||
      length < 0 ||
      start < 4 ||
      start + length > fileSize
    ) {
      throw new Error('a column beyond the file')
    }
    numbers.set([start, length, codec, slots], 4 * c)
  })
  return {
    rows,
    chunk(leafNumber) {
      const [start, length, codec, slots] = numbers.subarray(4 * leafNumber, 4 * leafNumber + 4) as unknown as [
        number,
        number,
        number,
        number,
      ]
      return { start, length, codec, slots }
    },
  }
}

/** Column chunks lie apart: bytes that stood for several would be read several times. */
function checkApart(groups: readonly ParquetGroup[], leafCount: number): void {
  const starts = new Float64Array(groups.length * leafCount)
  const lengths = new Map<number, number>()
  let count = 0
  for (const group of groups) {
    for (let l = 0; l < leafCount && group.rows > 0; l++) {
      const { start, length } = group.chunk(l)
      if (length === 0) continue
      if (lengths.has(start)) throw new Error(`two columns at byte ${start}`)
      lengths.set(start, length)
      starts[count++] = start
    }
  }
  const sorted = starts.subarray(0, count).sort()
  for (let c = 1; c < count; c++) {
    if (sorted[c - 1]! + lengths.get(sorted[c - 1]!)! > sorted[c]!)
      throw new Error(`columns that overlap at byte ${sorted[c]}`)
  }
}
