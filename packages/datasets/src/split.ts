/** @file Train, validation and test parts of the interactions. */

import { checkOptions, csrFromPairs, randomStream, shuffle, type Csr } from '@indistinct/core'
import type { Dataset } from './dataset.ts'

/** Three disjoint binary (users, items) matrices that together hold every interaction. */
export interface Split {
  readonly users: number
  readonly items: number
  readonly train: Csr
  readonly validation: Csr
  readonly test: Csr
}

export interface RatioSplitOptions {
  readonly seed: number
  /** Shares of train, validation and test; they sum to 1. Default 0.8, 0.1, 0.1 (the paper, Section 4.1). */
  readonly ratios?: readonly [train: number, validation: number, test: number]
}

const TRAIN = 0
const VALIDATION = 1
const TEST = 2

/**
 * Splits the interactions uniformly at random over all of them, not within each user. Of n interactions,
 * round(n * ratios[1]) go to validation, round(n * ratios[2]) to test and the rest to train. A user who would be left
 * without any training interaction then gets back the first of its interactions in item order: it could not be
 * recommended anything otherwise. So validation and test may be a little smaller than their shares. An item may well
 * have no training interaction. The order of rows in the file makes no difference; only the codes and the seed do.
 */
export function splitRatio(dataset: Dataset, options: RatioSplitOptions): Split {
  checkOptions('splitRatio', options, { seed: 'number', ratios: 'list' })
  const [train, validation, test] = options.ratios ?? [0.8, 0.1, 0.1]
  const total = train + validation + test
  if (!(train > 0 && validation >= 0 && test >= 0 && Math.abs(total - 1) < 1e-9)) {
    throw new RangeError(
      `splitRatio: expected three shares that sum to 1 with a positive first, got ${train}, ${validation}, ${test}`,
    )
  }
  const all = interactionMatrix(dataset)
  const n = all.indices.length
  const order = shuffle(Int32Array.from(all.indices.keys()), randomStream(options.seed, 'split', 'ratio'))
  const part = new Uint8Array(n)
  const validationSize = Math.round(n * validation)
  const testSize = Math.min(n - validationSize, Math.round(n * test))
  for (let r = 0; r < validationSize; r++) part[order[r]!] = VALIDATION
  for (let r = validationSize; r < validationSize + testSize; r++) part[order[r]!] = TEST
  for (let i = 0; i < all.rows; i++) {
    const start = all.indptr[i]!
    const end = all.indptr[i + 1]!
    if (end > start && !part.subarray(start, end).includes(TRAIN)) part[start] = TRAIN
  }
  return splitByPart(all, part)
}

/**
 * Leave one out: of each user's interactions one at random is the test, another the validation, and the rest train.
 * A user with two interactions has no validation one, and a user with a single one only trains. The usual protocol
 * holds out the latest; not every data set here has times, so the choice is random.
 */
export function splitLeaveOneOut(dataset: Dataset, options: { readonly seed: number }): Split {
  checkOptions('splitLeaveOneOut', options, { seed: 'number' })
  const all = interactionMatrix(dataset)
  const random = randomStream(options.seed, 'split', 'leave-one-out')
  const part = new Uint8Array(all.indices.length)
  for (let i = 0; i < all.rows; i++) {
    const start = all.indptr[i]!
    const count = all.indptr[i + 1]! - start
    if (count < 2) continue
    const test = random.integer(count)
    part[start + test] = TEST
    if (count < 3) continue
    const other = random.integer(count - 1)
    part[start + (other < test ? other : other + 1)] = VALIDATION
  }
  return splitByPart(all, part)
}

/** All interactions as a binary (users, items) matrix. */
export function interactionMatrix(dataset: Dataset): Csr {
  const { users, items } = dataset.interactions
  return csrFromPairs(dataset.users.length, dataset.items.length, users, items)
}

function splitByPart(all: Csr, part: Uint8Array): Split {
  return {
    users: all.rows,
    items: all.cols,
    train: partOf(all, part, TRAIN),
    validation: partOf(all, part, VALIDATION),
    test: partOf(all, part, TEST),
  }
}

function partOf(all: Csr, part: Uint8Array, which: number): Csr {
  const indptr = new Int32Array(all.rows + 1)
  const indices: number[] = []
  for (let i = 0; i < all.rows; i++) {
    for (let p = all.indptr[i]!; p < all.indptr[i + 1]!; p++) if (part[p] === which) indices.push(all.indices[p]!)
    indptr[i + 1] = indices.length
  }
  return { rows: all.rows, cols: all.cols, indptr, indices: Int32Array.from(indices) }
}
