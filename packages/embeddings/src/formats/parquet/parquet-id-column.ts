/** @file The column of ids of a Parquet table, read as text. */

import { badData } from '@indistinct/core'
import { quoted } from '../../quoted.ts'
import { looksLikeIds } from '../../labels/id-column.ts'
import { checkedId } from '../../labels/ids.ts'
import type { ParquetFile } from './parquet-contents.ts'
import type { ParquetColumn } from './parquet-schema.ts'
import { isText } from './parquet-text.ts'
import { parquetTexts, groupTexts } from './parquet-columns.ts'

/** Names of those `columns`, each of text, that look like ids. */
export function likeIds(file: ParquetFile, columns: readonly ParquetColumn[]): string[] {
  return columns.filter((column) => looksLikeIds(parquetTexts(file, column))).map((column) => column.name)
}

export function readIdColumn(file: ParquetFile, column: ParquetColumn): string[] {
  const { name } = file.source
  const leaf = column.leaves[0]
  if (
    !leaf ||
    column.leaves.length !== 1 ||
    !isText(leaf) ||
    leaf.type === 'FLOAT' ||
    leaf.type === 'DOUBLE' ||
    leaf.meaning === 'float16'
  ) {
    throw badData(
      `${name}: column ${quoted(column.name)}: expected ids as text or whole numbers, got ` +
        `${leaf?.type ?? 'a group'}; floating-point numbers merge ids above 2^53`,
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
