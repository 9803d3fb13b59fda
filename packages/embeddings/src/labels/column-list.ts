/** @file Names of a file, as messages list them. */

import { quoted } from '../quoted.ts'

/** Column names as a message lists them. */
export function columnList(header: readonly string[]): string {
  const shown = header.slice(0, 12).map(quoted).join(', ')
  return header.length > 12 ? `${shown} and ${header.length - 12} more` : shown
}
