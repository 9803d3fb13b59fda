/**
 * @file What can be promised of a table against whole classes of attackers, on users whose labels no one used to make
 * it.
 */

import {
  checkLabels,
  checkMatrix,
  checkOptions,
  gatherRows,
  labelledRows,
  randomStream,
  shuffle,
  type Labels,
  type Matrix,
} from '@indistinct/core'
import { cellBounds, kernelBound, thresholdBounds, type CertifiedBound } from '@indistinct/metrics'
import { codeCentres, codesOfEqualRows, codesOfRows } from './codes.ts'

export interface CertifyOptions {
  /** Draws the users set aside, and the starts of codes. */
  readonly seed: number
  /** All bounds hold together with confidence 1 - delta. Default 0.05. */
  readonly delta?: number
  /** Certifies the table in which every row is the nearest of so many codes. */
  readonly codes?: number
}

export interface Certified extends CertifiedBound {
  /** Label whose users are told from all others; of two labels the second. */
  readonly label: string
  /** The class of attackers, in words. */
  readonly against: 'any attacker' | 'a threshold on one column' | 'a score in the ball of a kernel'
  readonly measure: 'AUC' | 'balanced accuracy'
}

export interface Certificate {
  readonly bounds: readonly Certified[]
  readonly delta: number
  /** Users that the bounds are computed on, and those set aside to fix codes and bandwidth. */
  readonly users: number
  readonly setAside: number
  /** Different vectors that users have. */
  readonly vectors: number
  /** The table that is certified (N, K): rows replaced by their codes, where codes were asked for. */
  readonly table: Matrix
}

/** Share of labelled users that fixes codes and bandwidth, and is not certified on. */
const asideShare = 0.2
/** Users whose pairs are compared. */
const mostPaired = 10_000
/**
 * A table with more different vectors than this share of its users is no coded one: the bound against any attacker says
 * nothing.
 */
const codedShare = 0.25

/**
 * Upper bounds for attackers on users drawn like the labelled ones of `embedding` (N, K). Valid where rows of these
 * users are independent given their labels: no label of theirs went into the table, neither by training nor by
 * unlearning. Users trained together are tied through items, which is not accounted for.
 *
 * A fifth of the labelled users fixes what has to be fixed beforehand: codes (k-means) and the bandwidth of the kernel.
 * Bounds are computed on the others. Where users have few different vectors, these are taken as codes that were fixed
 * before.
 */
export function certify(embedding: Matrix, labels: Labels, options: CertifyOptions): Certificate {
  checkOptions('certify', options, { seed: 'number', delta: 'number', codes: 'number' })
  const { seed, delta = 0.05, codes } = options
  if (!(delta > 0 && delta < 1)) throw new RangeError(`certify: expected delta in (0, 1), got ${delta}`)
  checkMatrix('certify', embedding, 'an embedding')
  checkLabels('certify', labels)
  if (labels.codes.length !== embedding.rows)
    throw new RangeError(
      `certify: expected one label for each of the ${embedding.rows} rows, got ${labels.codes.length}`,
    )
  const { aside, rows } = setAside(labels, seed)
  const centres = codes === undefined ? undefined : codeCentres(embedding, aside, codes, seed)
  const table = centres ? gatherRows(centres, codesOfRows(embedding, centres)) : embedding
  const users = gatherRows(table, rows)
  const cells = codesOfEqualRows(users)
  const coded = cells.count <= codedShare * rows.length
  const paired = shuffle(Int32Array.from(rows.keys()), randomStream(seed, 'certify pairs')).subarray(0, mostPaired)
  const bandwidth = meanSquaredDistance(gatherRows(table, aside))
  const tested = labels.classes.flatMap((_, code) => (rows.some((row) => labels.codes[row] === code) ? [code] : []))
  const targets = tested.length === 2 ? tested.slice(1) : tested
  const each = delta / (targets.length * ((coded ? 2 : 0) + 2 + (bandwidth > 0 ? 1 : 0)))
  const bounds = targets.flatMap((code): Certified[] => {
    const positive = Uint8Array.from(rows, (row) => (labels.codes[row] === code ? 1 : 0))
    const named = (against: Certified['against'], measure: Certified['measure'], bound: CertifiedBound): Certified => ({
      label: labels.classes[code]!,
      against,
      measure,
      ...bound,
    })
    const any = coded ? cellBounds(cells.codes, positive, each) : undefined
    const thresholds = thresholdBounds(users, positive, each)
    const both = new Set(Array.from(paired, (at) => positive[at]!)).size === 2
    const kernel =
      bandwidth > 0 && both
        ? kernelBound(
            gatherRows(users, paired),
            Uint8Array.from(paired, (at) => positive[at]!),
            bandwidth,
            each,
          )
        : undefined
    return [
      ...(any
        ? [named('any attacker', 'AUC', any.auc), named('any attacker', 'balanced accuracy', accuracyOf(any.advantage))]
        : []),
      named('a threshold on one column', 'AUC', thresholds.auc),
      named('a threshold on one column', 'balanced accuracy', accuracyOf(thresholds.advantage)),
      ...(kernel ? [named('a score in the ball of a kernel', 'balanced accuracy', accuracyOf(kernel))] : []),
    ]
  })
  return { bounds, delta, users: rows.length, setAside: aside.length, vectors: cells.count, table }
}

/**
 * A fifth of the labelled rows, in random order, and the others, ascending. Rows of a label that would all be set aside
 * are not: nothing would be said of it. That looks at labels alone, given which rows are independent.
 */
function setAside(labels: Labels, seed: number): { aside: Int32Array; rows: Int32Array } {
  const order = shuffle(labelledRows(labels), randomStream(seed, 'certify'))
  const count = Math.floor(asideShare * order.length)
  const certified = new Set(Array.from(order.subarray(count), (row) => labels.codes[row]!))
  const aside = order.subarray(0, count).filter((row) => certified.has(labels.codes[row]!))
  const isAside = new Set(aside)
  return { aside, rows: order.filter((row) => !isAside.has(row)).sort() }
}

/** Balanced accuracy is one half and half the advantage. */
function accuracyOf({ sample, margin, bound }: CertifiedBound): CertifiedBound {
  return { sample: (1 + sample) / 2, margin: margin / 2, bound: (1 + bound) / 2 }
}

/** Mean squared distance between rows; 0 where all are equal. */
function meanSquaredDistance({ rows, cols, data }: Matrix): number {
  let squares = 0
  for (let k = 0; k < cols; k++) {
    let mean = 0
    for (let i = 0; i < rows; i++) mean += data[i * cols + k]! / rows
    for (let i = 0; i < rows; i++) squares += (data[i * cols + k]! - mean) ** 2 / rows
  }
  return 2 * squares
}
