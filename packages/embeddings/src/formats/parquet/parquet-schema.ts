/** @file The schema of a Parquet file: its top-level columns, and the leaves under each. */

import { MOST_COLUMNS } from './parquet-bounds.js'
import { numberField, readThrift, structField, structPlaces, textField, type ThriftStruct } from './thrift-read.js'

const TYPES = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'] as const

export type ParquetType = (typeof TYPES)[number]

/** What values stand for, beside their type. */
export type ParquetMeaning = 'text' | 'float16' | 'unsigned' | 'date' | 'other' | undefined

/** A column of values, flat or within lists. */
export interface ParquetLeaf {
  readonly type: ParquetType
  readonly typeLength: number
  readonly meaning: ParquetMeaning
  readonly path: readonly string[]
  readonly maxDefinition: number
  readonly maxRepetition: number
}

/** A top-level column. */
export interface ParquetColumn {
  readonly name: string
  readonly leaves: readonly ParquetLeaf[]
  /** Number of its first leaf among all of the file. */
  readonly firstLeaf: number
}

/** Numbers of converted types that say what the physical type does. */
const CONVERTED: Readonly<Record<number, ParquetMeaning>> = {
  0: 'text',
  4: 'text',
  6: 'date',
  11: 'unsigned',
  12: 'unsigned',
  13: 'unsigned',
  14: 'unsigned',
  15: undefined,
  16: undefined,
  17: undefined,
  18: undefined,
  19: 'text',
}

/** A column chunk of a row group. */
export interface ParquetChunk {
  readonly start: number
  readonly length: number
  readonly codec: number
  /** Values and nulls. */
  readonly slots: number
}

/**
 * The top-level columns.
 * @param footer bytes of the footer
 * @param place where the list of elements stands in them
 * @throws Error where elements are missing, left over, or of unknown types, or where they are too many.
 */
export function parquetColumns(footer: Uint8Array, place: Parameters<typeof structPlaces>[1]): ParquetColumn[] {
  const elements = structPlaces(footer, place)
  if (elements.length > MOST_COLUMNS)
    throw new Error(`${elements.length} elements of the schema, which are more than ${MOST_COLUMNS}`)
  let at = 0
  let leafCount = 0
  const next = (): ThriftStruct => {
    const element = elements[at++]
    if (element === undefined) throw new Error('a schema that ends early')
    return readThrift(footer, element).struct
  }
  const leavesOf = (path: readonly string[], definition: number, repetition: number, depth: number): ParquetLeaf[] => {
    if (depth > 64) throw new Error('a schema more than 64 deep')
    const element = next()
    const repetitionType = numberField(element, 3) ?? 0
    if (repetitionType < 0 || repetitionType > 2) throw new Error(`repetition ${repetitionType} in the schema`)
    const own = [...path, textField(element, 4) ?? '']
    const maxDefinition = definition + (repetitionType === 0 ? 0 : 1)
    const maxRepetition = repetition + (repetitionType === 2 ? 1 : 0)
    const children = numberField(element, 5) ?? 0
    if (children > 0) {
      if (children > elements.length - at)
        throw new Error(`${children} columns in the schema where ${elements.length - at} follow`)
      return Array.from({ length: children }, () => leavesOf(own, maxDefinition, maxRepetition, depth + 1)).flat()
    }
    const typeNumber = numberField(element, 1)
    if (typeNumber === undefined) return []
    const type = TYPES[typeNumber]
    if (!type) throw new Error(`type ${typeNumber} in the schema`)
    const typeLength = numberField(element, 2) ?? 0
    if (type === 'FIXED_LEN_BYTE_ARRAY' && !(typeLength > 0 && typeLength < 1 << 20))
      throw new Error(`items of ${typeLength} bytes in the schema`)
    return [{ type, typeLength, meaning: meaningOf(element), path: own, maxDefinition, maxRepetition }]
  }
  const root = next()
  const count = numberField(root, 5) ?? 0
  if (!(count >= 0 && count < elements.length))
    throw new Error(`${count} columns in the schema where ${elements.length - 1} follow`)
  const columns = Array.from({ length: count }, (): ParquetColumn => {
    const start = at
    const leaves = leavesOf([], 0, 0, 0)
    leafCount += leaves.length
    // A group without columns has no path.
    const name = leaves[0] ? leaves[0].path[0]! : (textField(readThrift(footer, elements[start]).struct, 4) ?? '')
    return { name, leaves, firstLeaf: leafCount - leaves.length }
  })
  if (at !== elements.length) throw new Error(`${elements.length - at} elements of the schema in no column`)
  return columns
}

function meaningOf(element: ThriftStruct): ParquetMeaning {
  const logical = structField(element, 10)
  if (logical) {
    const [kind] = logical.keys()
    if (kind === 1 || kind === 4 || kind === 12) return 'text'
    if (kind === 15) return 'float16'
    if (kind === 6) return 'date'
    if (kind === 10) return structField(logical, 10)?.get(2)?.value === false ? 'unsigned' : undefined
    return 'other'
  }
  const converted = numberField(element, 6)
  if (converted === undefined) return undefined
  return converted in CONVERTED ? CONVERTED[converted] : 'other'
}
