/** @file The prepare stage's artifact as later stages read it. */

import type { Csr, Labels } from '@indistinct/core'
import { badData } from '@indistinct/core'
import { readCsrOf, readJsonOf } from './artifact-folder.ts'

/** Labels as JSON holds them. */
export interface StoredLabels {
  readonly classes: readonly string[]
  readonly codes: readonly number[]
}

/** The three parts of the interactions in the artifact at `root`. */
export function readSplit(root: string): { users: number; items: number; train: Csr; validation: Csr; test: Csr } {
  const train = readCsrOf(root, 'train')
  return {
    users: train.rows,
    items: train.cols,
    train,
    validation: readCsrOf(root, 'validation'),
    test: readCsrOf(root, 'test'),
  }
}

/**
 * Labels of `attribute` in the artifact at `root`, one a user.
 * @throws IndistinctError 'bad-data' when the data set has no such attribute.
 */
export function readLabels(root: string, attribute: string): Labels {
  const stored = readJsonOf<{ [attribute: string]: StoredLabels }>(root, 'labels')
  const labels = stored[attribute]
  if (labels === undefined) {
    throw badData(
      `expected an attribute of the data set (${Object.keys(stored).join(', ') || 'it has none'}), got ` +
        `${JSON.stringify(attribute)}`,
    )
  }
  return { classes: labels.classes, codes: Int32Array.from(labels.codes) }
}
