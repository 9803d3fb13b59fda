/**
 * @file Prints the SHA-256 of the files of a data set, for the hash of its prepare stage: data that changed is prepared
 * again, wherever it lies. Files that are not there are no error here; the stage itself tells what to do about them.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { findDataset, knownDataset } from '@indistinct/datasets'

const known = knownDataset(process.argv[2] ?? '')
const folder = known?.kind === 'real' ? findDataset(known) : undefined
for (const { name } of known?.files ?? []) {
  console.log(name, folder === undefined ? 'absent' : sha256(readFileSync(join(folder, name))))
}
