/**
 * @file Prints the SHA-256 of the files of a data set, for the hash of its prepare stage: data that changed is prepared
 * again, wherever it lies. Files that are not there are no error here; the stage itself tells what to do about them.
 *
 *     data-digest.ts NAME          the files of a known data set
 *     data-digest.ts csv FILE …    these files
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { findDataset, knownDataset } from '@indistinct/datasets'

const [name = '', ...paths] = process.argv.slice(2)
for (const path of name === 'csv' ? paths : filesOf(name)) {
  console.log(path, existsSync(path) ? sha256(readFileSync(path)) : 'absent')
}

function filesOf(name: string): string[] {
  const known = knownDataset(name)
  const folder = known?.kind === 'real' ? findDataset(known) : undefined
  return folder === undefined ? [] : known!.files.map((file) => join(folder, file.name))
}
