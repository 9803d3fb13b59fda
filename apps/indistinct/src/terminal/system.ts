/** @file What commands take from the process that they run in. In a page system-in-page.ts stands in its place. */

import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'

export interface TextStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export type TextStyle = 'yellow' | 'red' | 'bold'

/** Where results go, and where all else does. */
export const output: TextStream = process.stdout
export const errors: TextStream = process.stderr

/** `text` as a terminal shows it in `style`. */
export function styled(style: TextStyle, text: string): string {
  return styleText(style, text, { validateStream: false })
}

/** The arguments after the program's name. */
export function givenArguments(): readonly string[] {
  return process.argv.slice(2)
}

/** What the program runs on, by name, and its version. */
export function runtime(): { readonly [name: string]: string } {
  return { node: process.version }
}

/** The version in this package's manifest. */
export function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}

/** Of the process, once it ends by itself. */
export function setExitCode(code: number): void {
  process.exitCode = code
}
