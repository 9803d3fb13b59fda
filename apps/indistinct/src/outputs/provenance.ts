/** @file What a result says about how it was made. */

import { givenArguments, ownVersion, runtime } from '#system'

/** Versions of this program and of what it runs on. */
export function versions(): { readonly [name: string]: string } {
  return { indistinct: ownVersion(), ...runtime() }
}

/** The command that repeats this run, as a POSIX shell reads it. */
export function commandLine(args: readonly string[] = givenArguments()): string {
  return ['indistinct', ...args].map(shellWord).join(' ')
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
