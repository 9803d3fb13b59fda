/** @file join: all user tables of the models of a release as one, which who holds all of them can make. */

import { sideBySide } from '@indistinct/core'
import { readMatricesOf } from '../store/artifact-folder.ts'
import type { StageContext } from '../store/stage-context.ts'

/** Writes tables/joined.npy: of each user the rows of all tables, one after the other. */
export async function run(context: StageContext): Promise<void> {
  const tables = Object.keys(context.upstream)
    .sort()
    .flatMap((role) => Object.values(readMatricesOf(context.upstream[role]!, 'tables')))
  context.artifact.matrix('tables/joined', sideBySide(tables))
}
