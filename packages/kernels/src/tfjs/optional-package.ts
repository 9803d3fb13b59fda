/** @file Packages for a GPU, which nobody has to install: where they are looked for. */

import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/**
 * The path of the package `name`: beside this one, or in the node_modules of the folder that INDISTINCT_TFJS_PACKAGES
 * names. Undefined where it is not installed.
 */
export function optionalPackage(name: string): string | undefined {
  const elsewhere = process.env['INDISTINCT_TFJS_PACKAGES']
  for (const from of [...(elsewhere ? [join(resolve(elsewhere), 'index.js')] : []), import.meta.url]) {
    try {
      return createRequire(from).resolve(name)
    } catch {
      // Looked for in the next place.
    }
  }
  return undefined
}
