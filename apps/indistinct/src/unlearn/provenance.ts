/** @file What a result says about how it was made. */

import { readFileSync } from 'node:fs'

/** Versions of this program and of Node. */
export function versions(): { indistinct: string; node: string } {
  return { indistinct: ownVersion(), node: process.version }
}

/** The version in this package's manifest. */
export function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}

/** The command that repeats this run, as a POSIX shell reads it. */
export function commandLine(args: readonly string[] = process.argv.slice(2)): string {
  return ['indistinct', ...args].map(shellWord).join(' ')
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
