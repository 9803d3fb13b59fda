/** @file Checks of an embedding and its labels at the public boundary. */

import { badData, type Labels, type Matrix } from '@indistinct/core'
import { classRows } from '@indistinct/losses'
import { checkFarValues } from './structure/far-values.ts'
import { checkFloatRange } from './structure/float-range.ts'

export { checkCount } from '@indistinct/core'

/**
 * Rows of each class that has users, once embedding (N, K) and labels are known to be usable.
 * @param alike whether the users of a class may all have one row: for methods that do not move equal rows alike
 * @throws RangeError when shapes or codes do not fit; IndistinctError 'bad-data' on values or classes that no
 * unlearner can work with.
 */
export function checkedClasses(
  caller: string,
  embedding: Matrix,
  labels: Labels,
  { alike = false } = {},
): Int32Array[] {
  const classes = classRows(caller, embedding, labels)
  if (embedding.cols < 1) throw new RangeError(`${caller}: expected an embedding of at least one column, got none`)
  checkFinite(caller, embedding)
  const present = labels.classes.filter((_, code) => labels.codes.includes(code))
  checkCounts(caller, classes, present)
  const rows = joined(classes)
  checkDiffering(caller, embedding, classes, { rows, present, alike })
  checkFloatRange(caller, embedding, rows)
  checkFarValues(caller, embedding, rows)
  return classes
}

function checkFinite(caller: string, { cols: K, data }: Matrix): void {
  for (let p = 0; p < data.length; p++) {
    if (!Number.isFinite(data[p]!)) {
      throw badData(
        `${caller}: expected finite values, got ${data[p]!} in row ${Math.floor(p / K)}, column ${p % K} (both ` +
          'from 0); ' +
          'repair the embedding or leave that user out',
      )
    }
  }
}

/** @param present names of `classes` */
function checkCounts(caller: string, classes: readonly Int32Array[], present: readonly string[]): void {
  if (classes.length < 2) {
    throw badData(
      `${caller}: expected users of at least two classes, got ` +
        `${classes.length === 0 ? 'no labelled user' : `only '${present[0]!}'`}; ` +
        'check the attribute and how its rows join the embedding',
    )
  }
  classes.forEach((members, c) => {
    if (members.length < 2) {
      throw badData(
        `${caller}: expected at least two users of every class, got one of '${present[c]!}'; ` +
          'merge that class with another or blank its label',
      )
    }
  })
}

/** Whether any two users differ, and of each class where they are not to be `alike`. */
function checkDiffering(
  caller: string,
  { cols: K, data }: Matrix,
  classes: readonly Int32Array[],
  { rows, present, alike }: { readonly rows: Int32Array; readonly present: readonly string[]; readonly alike: boolean },
): void {
  const differsFrom =
    (first: number) =>
    (i: number): boolean => {
      for (let k = 0; k < K; k++) if (data[i * K + k] !== data[first * K + k]) return true
      return false
    }
  if (!rows.some(differsFrom(rows[0]!))) {
    throw badData(
      `${caller}: expected users that differ, got ${rows.length} equal rows; this table holds nothing to unlearn`,
    )
  }
  classes.forEach((members, c) => {
    if (alike || members.some(differsFrom(members[0]!))) return
    throw badData(
      `${caller}: expected users of '${present[c]!}' that differ, got ${members.length} equal rows, the first in ` +
        `row ${members[0]!} (from 0): ` +
        'who sees that row knows the label, and no method that moves equal rows alike hides it; ' +
        'train these users, merge that class with another, blank its label, or unlearn by relabel',
    )
  })
}

function joined(classes: readonly Int32Array[]): Int32Array {
  const rows = new Int32Array(classes.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const members of classes) {
    rows.set(members, at)
    at += members.length
  }
  return rows
}

/** @throws RangeError unless `value` is a finite number above zero (or at zero, where `zero` allows it). */
export function checkPositive(caller: string, name: string, value: number, zero = false): void {
  if (!Number.isFinite(value) || value < 0 || (value === 0 && !zero)) {
    throw new RangeError(`${caller}: expected ${name} ${zero ? 'of at least' : 'above'} 0, got ${value}`)
  }
}
