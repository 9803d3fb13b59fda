/** @file What fitting a rung of the ladder leaves: a frozen result that applies itself to tables it has not seen. */

import {
  badData,
  base64Text,
  bytesOf,
  checkMatrix,
  checkOptions,
  copyMatrix,
  gatherRows,
  IndistinctError,
  randomStream,
  type Json,
  type Labels,
  type Matrix,
} from '@indistinct/core'
import { applyAffine, type AffineMap } from '../closed/affine-map.ts'
import { applyBlind, type BlindMap } from '../blind/blind-map.ts'
import { saferMethods } from '../safer-methods.ts'
import type { Unlearned } from '../unlearned.ts'

/** How a fitted method moves a user. */
export type UserMap =
  /** One map for everyone, whatever the label. */
  | { readonly kind: 'shared'; readonly map: AffineMap }
  /** One map for everyone that is not affine: one after the other, each in the units of the table. */
  | { readonly kind: 'blind'; readonly maps: readonly BlindMap[] }
  /** A map for each of the fitted classes: none for users whose label is unknown. */
  | { readonly kind: 'by-class'; readonly maps: readonly AffineMap[] }
  /** Normal noise of standard deviation `deviation` in every dimension, a function of seed and row alone. */
  | { readonly kind: 'noise'; readonly deviation: number; readonly seed: number }
  /**
   * A draw: the row from which each of the fitted rows has its point (N), -1 without a label. It tells labels, as they
   * do.
   */
  | { readonly kind: 'dealt'; readonly pointOf: Int32Array }

export interface ApplyOptions {
  /**
   * What to do with rows that `labels` says nothing about. 'leave' (default) keeps their bits. 'map' moves them as
   * everyone, where the method has one rule for all. Where it moves users by their label they are refused: to guess the
   * label from the row moves users in the order in which the row tells it, and hides nothing. Without `labels` at all,
   * every row is mapped in this way.
   */
  readonly unlabelled?: 'leave' | 'map'
}

export interface FittedUnlearner {
  readonly method: string
  readonly parameters: { readonly [name: string]: Json }
  /** The classes that were fitted, those with users (C). */
  readonly classes: readonly string[]
  /** Width of the tables it applies to (K). */
  readonly columns: number
  readonly map: UserMap
  /**
   * Whether `apply` repeats what the fit did to its own users, byte for byte. Methods that move each user on a path of
   * its own (the flow, D2D-R, iterative U2U-R) leave the class-wise affine regression of their moves instead.
   */
  readonly exact: boolean
  /**
   * New rows (M, K) in the place of these; labels are matched by class name. A draw takes points, one for each of the
   * rows fitted and in their order, and deals them as it did those of the fit, whatever labels are now.
   */
  apply(rows: Matrix, labels?: Labels, options?: ApplyOptions): Matrix
}

/** A fit together with what became of the table it was fitted to. */
export interface Fitted extends FittedUnlearner {
  readonly unlearned: Unlearned
}

/** The frozen, self-applying form of a fit. */
export function fittedUnlearner(fit: Omit<FittedUnlearner, 'apply'>): FittedUnlearner {
  const { columns, classes, map } = fit
  const apply = (rows: Matrix, labels?: Labels, options: ApplyOptions = {}): Matrix => {
    checkMatrix('apply', rows, 'rows')
    checkOptions('apply', options, { unlabelled: 'string' })
    const { unlabelled = labels ? 'leave' : 'map' } = options
    if (unlabelled !== 'leave' && unlabelled !== 'map')
      throw new RangeError(`apply: expected unlabelled leave or map, got ${JSON.stringify(unlabelled)}`)
    // Another release may have other columns: users are dealt the same points' rows in it.
    if (map.kind === 'dealt') return dealtRows(rows, map.pointOf)
    if (rows.cols !== columns)
      throw new RangeError(`apply: expected rows of ${columns} columns, as fitted, got ${rows.cols}`)
    const { ofClass, without } = rowsToMap(rows, labels, classes)
    const out = copyMatrix(rows)
    switch (map.kind) {
      case 'shared':
        for (const members of [...ofClass, ...(unlabelled === 'map' ? [without] : [])])
          applyAffine(out, rows, members, map.map)
        return out
      case 'blind':
        for (const members of [...ofClass, ...(unlabelled === 'map' ? [without] : [])])
          applyBlind(out, rows, members, map.maps)
        return out
      case 'noise':
        for (const members of [...ofClass, ...(unlabelled === 'map' ? [without] : [])]) addNoise(out, members, map)
        return out
      case 'by-class':
        if (unlabelled === 'map' && without.length > 0) throw withoutLabel(fit.method, without[0]!)
        ofClass.forEach((members, c) => applyAffine(out, rows, members, map.maps[c]!))
        return out
      default:
        throw new RangeError(
          `apply: expected a map of a known kind, got ${String((map satisfies never as UserMap).kind)}`,
        )
    }
  }
  return Object.freeze({
    ...fit,
    parameters: Object.freeze(fit.parameters),
    classes: Object.freeze([...classes]),
    map: Object.freeze(map),
    apply,
  })
}

/** Points of the rows fitted, each at the user who was dealt it. */
function dealtRows(points: Matrix, pointOf: Int32Array): Matrix {
  if (points.rows !== pointOf.length)
    throw new RangeError(
      `apply: expected a point for each of the ${pointOf.length} rows fitted, in their order, got ${points.rows}`,
    )
  return gatherRows(
    points,
    pointOf.map((point, row) => (point < 0 ? row : point)),
  )
}

function withoutLabel(method: string, row: number): IndistinctError {
  return badData(
    `${method}: expected a label in every row to be mapped, got none in row ${row}: it moves users by their label; ` +
      `unlearn by ${saferMethods(method)}`,
  )
}

/** The table that was fitted with its rows without a label mapped too; other rows are those of the result. */
export function mapUnlabelled(fitted: Fitted, embedding: Matrix, labels: Labels): Matrix {
  if (fitted.map.kind === 'dealt')
    throw badData(`${fitted.method}: expected no row without a label to be mapped: it has no point, and none to hide`)
  const out = copyMatrix(fitted.unlearned.embedding)
  const mapped = fitted.apply(
    embedding,
    { classes: labels.classes, codes: new Int32Array(embedding.rows).fill(-1) },
    { unlabelled: 'map' },
  )
  const K = embedding.cols
  labels.codes.forEach((code, i) => {
    if (code === -1) out.data.set(mapped.data.subarray(i * K, (i + 1) * K), i * K)
  })
  return out
}

/** Names of the classes that have users, in their order. */
export function presentClasses({ classes, codes }: Labels): string[] {
  const counts = new Uint32Array(classes.length)
  for (const code of codes) if (code >= 0) counts[code]!++
  return classes.filter((_, code) => counts[code]! > 0)
}

function rowsToMap(
  rows: Matrix,
  labels: Labels | undefined,
  classes: readonly string[],
): { ofClass: Int32Array[]; without: Int32Array } {
  const ofClass: number[][] = classes.map(() => [])
  const without: number[] = []
  if (labels && labels.codes.length !== rows.rows)
    throw new RangeError(`apply: expected one label for each of the ${rows.rows} rows, got ${labels.codes.length}`)
  const fittedCode = labels?.classes.map((name) => classes.indexOf(name))
  for (let i = 0; i < rows.rows; i++) {
    const code = labels?.codes[i] ?? -1
    if (code === -1) {
      without.push(i)
      continue
    }
    const members = ofClass[fittedCode![code] ?? -1]
    if (!members)
      throw badData(
        `apply: expected labels among ${classes.join(', ')}, as fitted, got '${labels!.classes[code] ?? code}' ` +
          `in row ${i}; fit again, or blank that label`,
      )
    members.push(i)
  }
  return { ofClass: ofClass.map((members) => Int32Array.from(members)), without: Int32Array.from(without) }
}

/**
 * Noise keyed by the row's own bytes: a user gets the same noise in every release of the same table, so that averaging
 * releases reveals nothing, and other rows do not shift it.
 */
export function addNoise(
  out: Matrix,
  members: Int32Array,
  { deviation, seed }: { readonly deviation: number; readonly seed: number },
): void {
  const K = out.cols
  for (const i of members) {
    const row = out.data.subarray(i * K, (i + 1) * K)
    const random = randomStream(seed, 'random noise', base64Text(bytesOf(row)))
    for (let k = 0; k < K; k++) row[k]! += deviation * random.normal()
  }
}
