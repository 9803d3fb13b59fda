/** @file Values of a flat Parquet column as text, for ids, labels and columns that go to CSV. */

import { float32Text, float64Text } from './float-text.ts'
import { fromFloat16 } from './float16.ts'
import type { DecodedColumn } from './parquet-pages.ts'
import type { ParquetLeaf } from './parquet-schema.ts'

/** Whether each value of the column has one text: names, whole numbers, floats, booleans and dates. */
export function isText({ type, meaning, maxRepetition, path }: ParquetLeaf): boolean {
  if (maxRepetition > 0 || path.length !== 1) return false
  if (meaning === 'other' || type === 'INT96') return false
  return type !== 'FIXED_LEN_BYTE_ARRAY' || meaning === 'float16' || meaning === 'text'
}

/** One text a slot; null is the empty string. @throws Error where text is no UTF-8. */
export function columnTexts({ values, definition, slots }: DecodedColumn, leaf: ParquetLeaf): string[] {
  const textAt = textsOf(values, leaf)
  let next = 0
  return Array.from({ length: slots }, (_, s) => (definition && definition[s]! < leaf.maxDefinition ? '' : textAt(next++)))
}

function textsOf(values: DecodedColumn['values'], leaf: ParquetLeaf): (i: number) => string {
  const { type, meaning, typeLength } = leaf
  if (type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY') {
    if (meaning === 'float16') return (i) => float32Text(fromFloat16((values as Uint8Array)[2 * i]! | ((values as Uint8Array)[2 * i + 1]! << 8)))
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return (i) => decoder.decode(type === 'BYTE_ARRAY' ? (values as Uint8Array[])[i] : (values as Uint8Array).subarray(i * typeLength, (i + 1) * typeLength))
  }
  if (type === 'BOOLEAN') return (i) => (values[i] ? 'true' : 'false')
  if (type === 'FLOAT') return (i) => float32Text((values as Float32Array)[i]!)
  if (type === 'DOUBLE') return (i) => float64Text((values as Float64Array)[i]!)
  if (meaning === 'date') return (i) => new Date(Number(values[i]) * 86_400_000).toISOString().slice(0, 10)
  if (meaning === 'unsigned') return (i) => String(BigInt.asUintN(type === 'INT32' ? 32 : 64, BigInt((values as Int32Array)[i]!)))
  return (i) => String(values[i])
}
