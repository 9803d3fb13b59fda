/** @file Whether a path is a folder. */

import { statSync } from '@indistinct/core/platform'

/** Whether `path` is a folder that is there; where it cannot be looked at, opening it tells why. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  } catch {
    return false
  }
}
