/**
 * @file Prints the SHA-256 of the files of a data set, for the hash of its prepare stage: data that changed is prepared
 * again, wherever it lies. Files that are not there are no error here; the stage itself tells what to do about them.
 *
 *     data-digest.ts NAME          the files of a known data set
 *     data-digest.ts csv FILE …    these files
 */

import { dataFiles } from './data-files.ts'

const [name = '', ...files] = process.argv.slice(2)
for (const { path, sha256 } of dataFiles(name, files)) console.log(path, sha256)
