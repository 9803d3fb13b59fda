/** @file The column of ids of a Parquet table, read as text. */

import { badData } from '@indistinct/core'
import { quoted } from '../../quoted.ts'
import { looksLikeIds } from '../../labels/id-column.ts'
import { checkedId } from '../../labels/ids.ts'
import type { ParquetFile } from './parquet-contents.ts'
import type { ParquetColumn, ParquetLeaf } from './parquet-schema.ts'
import { isText } from './parquet-text.ts'
import { parquetTexts, groupTexts } from './parquet-columns.ts'

/** Names of those `columns`, each of text, that look like ids. */
export function likeIds(file: ParquetFile, columns: readonly ParquetColumn[]): string[] {
  return columns.filter((column) => looksLikeIds(parquetTexts(file, column))).map((column) => column.name)
}

const isFloat = ({ type, meaning }: ParquetLeaf): boolean =>
  type === 'FLOAT' || type === 'DOUBLE' || meaning === 'float16'

/**
 * Refuses `ids` of a column of floats, which whole numbers become where a value is missing, unless each stands for one
 * whole number alone.
 * @throws IndistinctError 'bad-data'
 */
export function checkFloatIds(ids: readonly string[], leaf: ParquetLeaf, place: string): void {
  if (!isFloat(leaf)) return
  const bits = leaf.type === 'DOUBLE' ? 53 : leaf.type === 'FLOAT' ? 24 : 11
  const merged = ids.find((id) => id !== '' && !(Number.isInteger(Number(id)) && Math.abs(Number(id)) < 2 ** bits))
  if (merged === undefined) return
  throw badData(
    `${place}: id ${quoted(merged)} is of a floating-point column, which merges ids above 2^${bits}; write ids as ` +
      'text or integers',
  )
}

export function readIdColumn(file: ParquetFile, column: ParquetColumn): string[] {
  const { name } = file.source
  const leaf = column.leaves[0]
  const float = leaf && isFloat(leaf)
  if (!leaf || column.leaves.length !== 1 || !isText(leaf) || float) {
    const what = leaf?.meaning === 'other' ? `${leaf.type} of decimals, times or UUIDs` : (leaf?.type ?? 'a group')
    throw badData(
      `${name}: column ${quoted(column.name)}: expected ids as text or whole numbers, got ` +
        (float
          ? `${leaf.type}; floating-point numbers merge ids above 2^53`
          : `${what}; write it as text, in SQL by CAST(${quoted(column.name)} AS VARCHAR)`),
    )
  }
  const ids: string[] = []
  // Ids that stand twice in one file are found with the table; of parts, the places are told here.
  const placeOf = file.source.parts && new Map<string, string>()
  for (const group of file.groups) {
    groupTexts(group, column).forEach((text, i) => {
      const place = `row ${group.firstRow + i} (from 0)`
      const id = checkedId(text, group.source.name, place)
      const first = placeOf?.get(id)
      if (first !== undefined)
        throw badData(
          `${group.source.name}: ${place}: id ${quoted(id)} stands in ${first} already; expected one row a user ` +
            `in all parts of ${name}`,
        )
      placeOf?.set(id, `${group.source.name}, ${place}`)
      ids.push(id)
    })
  }
  return ids
}
