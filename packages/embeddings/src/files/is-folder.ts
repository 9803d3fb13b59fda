/** @file Whether a path is a folder. */

import { statSync } from '@indistinct/core/platform'

/** Whether `path` is a folder that is there. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
