/** @file A file that a result was made from. */

/** A file of a run, by name without its folder, and its digest. */
export interface FileRecord {
  readonly [key: string]: string
  readonly file: string
  readonly sha256: string
}
