/** @file Counts with their noun, for people. */

/**
 * "1 user", "2 users", "3 classes".
 * @param shown the count as it is to be written, where that is not in plain digits
 */
export function counted(count: number, noun: string, shown = String(count)): string {
  if (count === 1) return `${shown} ${noun}`
  return `${shown} ${noun}${noun.endsWith('s') ? 'es' : 's'}`
}
