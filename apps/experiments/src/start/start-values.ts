/** @file Values of the flags of npm start: lists, numbers and paths. */

import { resolve } from 'node:path'
import { usageError } from '@indistinct/core'

/** npm runs scripts in the workspace root; paths are meant from where the user stands. */
export function pathOf(given: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', given)
}

/** Values of a flag that may be repeated, and hold commas; each once. */
export function listOf(given: readonly string[] | undefined): string[] | undefined {
  const values = given
    ?.flatMap((each) => each.split(','))
    .map((each) => each.trim())
    .filter((each) => each !== '')
  if (values?.length === 0)
    throw usageError('expected a name after a flag, got nothing; npm start -- --help lists the options')
  return values && [...new Set(values)]
}

export function integer(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || text.trim() === '')
    throw usageError(`--${name}: expected an integer, got ${JSON.stringify(text)}`)
  return value
}

export function positive(name: string, text: string): number {
  const value = integer(name, text)
  if (value < 1) throw usageError(`--${name}: expected a positive integer, got ${value}`)
  return value
}
