/** @file What is known of a data set: where it comes from, on which terms, how to recognise it and how to make it. */

import type { Dataset } from './dataset.ts'

/** A file of a data set and how to tell that it is the official one: sha256 of its bytes, or its git blob id. */
export interface KnownFile {
  readonly name: string
  readonly sha256?: string
  readonly gitBlob?: string
}

/** One download that holds all files: a zip, or the only file itself. */
export interface KnownDownload {
  readonly url: string
  /** Last part of the URL. */
  readonly file: string
  readonly md5: string
}

export interface KnownDataset {
  readonly name: string
  readonly title: string
  /** `real` is read from files, `generated` needs none. */
  readonly kind: 'real' | 'generated'
  /** The terms in one sentence; the full text is at `page`. */
  readonly licence: string
  readonly page?: string
  /** Folder with the files, inside the data folder or the cache; `real` only. */
  readonly folder?: string
  readonly files: readonly KnownFile[]
  readonly download?: KnownDownload
  /** Why there is no download: the data is withdrawn. */
  readonly withdrawn?: string
  /** Why there is no download: the files are made from what `page` offers, and how. */
  readonly derived?: string
  /** Exact counts of the complete files as loaded, before any filter. */
  readonly counts?: { readonly users: number; readonly items: number; readonly interactions: number }
}

/** One that is read from files; Name: their names. */
export interface FileDataset<Name extends string = string> extends KnownDataset {
  readonly kind: 'real'
  readonly files: readonly (KnownFile & { readonly name: Name })[]
  /** Makes it from the bytes of `files`. */
  read(files: { readonly [name in Name]: Uint8Array }): Dataset
}

export interface GeneratedDataset extends KnownDataset {
  readonly kind: 'generated'
  /** Makes it. @throws RangeError on options that it does not have. */
  generate(options: { readonly seed?: number; readonly strength?: number }): Dataset
}
