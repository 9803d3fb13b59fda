/** @file Values of a flat Parquet column as text, for ids, labels and columns that go to CSV. */

import { float32Text, float64Text } from '../csv/float-text.ts'
import { fromFloat16 } from '../../numbers/float16.ts'
import type { DecodedColumn, Numbers, Texts } from './parquet-pages.js'
import type { ParquetLeaf } from './parquet-schema.ts'

/** Whether each value of the column has one text: names, whole numbers, floats, booleans and dates. */
export function isText({ type, meaning, maxRepetition, path }: ParquetLeaf): boolean {
  if (maxRepetition > 0 || path.length !== 1) return false
  if (meaning === 'other' || type === 'INT96') return false
  return type !== 'FIXED_LEN_BYTE_ARRAY' || meaning === 'float16' || meaning === 'text'
}

/** One text a slot; null is the empty string. @throws Error where text is no UTF-8. */
export function columnTexts({ values, definition, slots }: DecodedColumn, leaf: ParquetLeaf): string[] {
  const textAt = 'ends' in values ? distinctTexts(values) : textsOf(values, leaf)
  let next = 0
  return Array.from({ length: slots }, (_, s) =>
    definition && definition[s]! < leaf.maxDefinition ? '' : textAt(next++),
  )
}

/** Each text is decoded once, however often it stands in the column. */
function distinctTexts({ bytes, ends, codes }: Texts): (i: number) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const textOf = (t: number): string => decoder.decode(bytes.subarray(t === 0 ? 0 : ends[t - 1]!, ends[t]!))
  if (!codes) return textOf
  const texts: string[] = []
  for (let t = 0; t < ends.length; t++) texts.push(textOf(t))
  return (i) => texts[codes[i]!]!
}

function textsOf(values: Numbers, leaf: ParquetLeaf): (i: number) => string {
  const { type, meaning, typeLength } = leaf
  if (type === 'FIXED_LEN_BYTE_ARRAY') {
    const items = values as Uint8Array
    if (meaning === 'float16') return (i) => float32Text(fromFloat16(items[2 * i]! | (items[2 * i + 1]! << 8)))
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return (i) => decoder.decode(items.subarray(i * typeLength, (i + 1) * typeLength))
  }
  if (type === 'BOOLEAN') return (i) => (values[i] ? 'true' : 'false')
  if (type === 'FLOAT') return (i) => float32Text((values as Float32Array)[i]!)
  if (type === 'DOUBLE') return (i) => float64Text((values as Float64Array)[i]!)
  if (meaning === 'date') return (i) => new Date(Number(values[i]) * 86_400_000).toISOString().slice(0, 10)
  if (meaning === 'unsigned')
    return (i) => String(BigInt.asUintN(type === 'INT32' ? 32 : 64, BigInt((values as Int32Array)[i]!)))
  return (i) => String(values[i])
}
