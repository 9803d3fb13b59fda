/**
 * @file What is particular to `unlearn --method relabel`: files that tell nothing beyond the points, a draw that no
 * finding chooses.
 */

import { badData, counted, matrix, usageError, type Labels, type Matrix } from '@indistinct/core'
import type { EmbeddingTable } from '@indistinct/embeddings'
import { parseFit } from './fit-file.ts'
import { readTextFile } from '../inputs/read-text-file.ts'
import type { TableInputs } from '../inputs/table-inputs.ts'
import type { HarmSelfCheck } from '../audit/harm-self-check.ts'
import { atLength, type Lengths } from './written-table.ts'
import { countOf } from '../terminal/text-table.ts'

interface NamedSource {
  readonly name: string
  readonly source: EmbeddingTable
}

/**
 * What files will do to points of each of `tables`: done before they are dealt, so that it tells nothing of who has
 * which.
 */
export function finishOf(tables: readonly NamedSource[], lengths: Lengths): (points: Matrix, table: string) => Matrix {
  return (points, name) => atLength((tables.find((table) => table.name === name) ?? tables[0]!).source, points, lengths)
}

/** (N, 1): 1 for users who are dealt a point. */
export function labelMask({ codes }: Labels): Matrix {
  return matrix(
    codes.length,
    1,
    Float32Array.from(codes, (code) => (code >= 0 ? 1 : 0)),
  )
}

export function relabelWarnings({ 'draw-seed': seed }: { readonly 'draw-seed'?: number | undefined }): string[] {
  if (seed === undefined) return []
  return [
    `--draw-seed ${seed}: the draw is not secret; who knows the number and the table undoes it; leave it out for ` +
      'a table that others will see',
  ]
}

/**
 * A rise in the self-check is chance, since the draw did not see the attackers. It is no reason to refuse it: draws
 * that were chosen by what attackers find would not be as likely as any other, and would tell.
 */
export function keptByChance(harm: HarmSelfCheck): HarmSelfCheck {
  const kept =
    'That is chance: one draw in a hundred looks so. It is kept, since draws chosen by what attackers find would ' +
    'tell. Do not draw again.'
  return { ...harm, worse: false, unchecked: [...harm.unchecked, kept] }
}

/**
 * The draw of an earlier release, for the users of `inputs` as they stand in their table, and what is to be said of it.
 */
export interface EarlierDraw {
  /** See `RelabelOptions.earlier`. */
  readonly earlier: Int32Array
  readonly warnings: readonly string[]
}

/** @throws IndistinctError where the file is no draw, or one of another attribute. */
export function earlierDraw(path: string, { table, labels, column }: TableInputs): EarlierDraw {
  const { fitted, attribute, ids, named } = parseFit(readTextFile(path), path)
  if (fitted.map.kind !== 'dealt' || !ids)
    throw badData(`${path}: expected a draw that unlearn --method relabel --fit wrote, got a fit of ${fitted.method}`)
  if (attribute !== column.name)
    throw usageError(
      `--draw: ${path} was drawn to hide ${JSON.stringify(attribute)}, and --attribute is ` +
        `${JSON.stringify(column.name)}`,
    )
  const { pointOf } = fitted.map
  if (ids.length !== pointOf.length)
    throw badData(
      `${path}: expected an id for each of ${counted(pointOf.length, 'row')}, got ${ids.length}; the file is damaged`,
    )
  const rowOf = new Map(table.ids.map((id, row) => [id, row]))
  checkSameUsers(path, { ids, named, dealt: pointOf }, table)
  const takesPart = (row: number | undefined): row is number => row !== undefined && labels.codes[row]! >= 0
  const earlier = new Int32Array(table.ids.length).fill(-1)
  let withdrawn = 0
  ids.forEach((id, at) => {
    const row = rowOf.get(id)
    if (pointOf[at]! < 0 || row === undefined) return
    if (!takesPart(row)) withdrawn++
    const from = rowOf.get(ids[pointOf[at]!]!)
    // Who has no label now takes no part, whatever stands here.
    earlier[row] = takesPart(from) ? from : -2
  })
  const back =
    `${countOf(withdrawn, 'user')} of ${path} without a label now, who get their own rows back: who holds the ` +
    `earlier release ` +
    'too may read from that the label they had'
  const fresh = labels.codes.filter((code, row) => code >= 0 && earlier[row] === -1)
  const alike =
    `users who are new since ${path} (${fresh.length}) all have one label, which nothing hides from who knows when ` +
    'they came; release them with users of other labels'
  return {
    earlier,
    warnings: [...(withdrawn > 0 ? [back] : []), ...(fresh.length > 0 && new Set(fresh).size === 1 ? [alike] : [])],
  }
}

interface DrawnUsers {
  readonly ids: readonly string[]
  readonly named: boolean | undefined
  /** -1 for users who took no part. */
  readonly dealt: Int32Array
}

/**
 * A draw of other users would deal everybody anew, and two draws tell more than one.
 * @throws IndistinctError 'bad-data' where row numbers would meet ids, or hardly any user of the draw is in `table`.
 */
function checkSameUsers(
  path: string,
  { ids, named, dealt }: DrawnUsers,
  table: Pick<EmbeddingTable, 'ids' | 'idColumn'>,
): void {
  const today = table.idColumn !== undefined
  if (named !== undefined && named !== today)
    throw badData(
      today
        ? `${path} was drawn for a table without ids, by row numbers, and this table has ids: row numbers are not ` +
            'taken for them; draw anew where nobody holds the earlier release'
        : `${path} was drawn by ids, and this table has none: row numbers are not taken for them; name the rows of ` +
            'the table (--ids)',
    )
  const drawn = ids.filter((_, at) => dealt[at]! >= 0)
  const now = new Set(table.ids)
  const here = drawn.filter((id) => now.has(id)).length
  if (20 * here < Math.min(drawn.length, table.ids.length))
    throw badData(
      `${path}: expected users of its draw in the table, got ${here} of ${drawn.length}: it has ` +
        `${JSON.stringify(drawn[0])}, the table ${JSON.stringify(table.ids[0])}; give users the ids that they had ` +
        'then, since a new draw beside the earlier one tells labels to who holds both',
    )
}
