/** @file The files of a data set with their digests. */

import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sha256 } from '@indistinct/core'
import { findDataset, knownDataset } from '@indistinct/datasets'

export interface DataFile {
  readonly path: string
  /** What the file is called, wherever it lies. */
  readonly name: string
  /** 'absent' where there is no such file. */
  readonly sha256: string
}

/** Files of the known data set `name`, or of csv `paths`; none where a known one is not on this machine. */
export function dataFiles(name: string, paths: readonly string[]): DataFile[] {
  return (name === 'csv' ? paths : filesOf(name)).map((path) => ({
    path,
    name: basename(path),
    sha256: existsSync(path) ? sha256(readFileSync(path)) : 'absent',
  }))
}

function filesOf(name: string): string[] {
  const known = knownDataset(name)
  const folder = known?.kind === 'real' ? findDataset(known) : undefined
  return folder === undefined ? [] : known!.files.map((file) => join(folder, file.name))
}
