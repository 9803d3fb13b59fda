/** @file Values of options, checked as they are parsed: a flag comes before the environment, and that before the default. */

import { usageError } from '@indistinct/core'
import { nearest } from './nearest.ts'

export interface NumberRange {
  readonly integer?: boolean
  /** Least value allowed. */
  readonly from?: number
  /** Value that must be exceeded. */
  readonly above?: number
  readonly to?: number
}

/**
 * The number that `text` is.
 * @param name what the user wrote it behind: a flag or an environment variable
 * @throws IndistinctError 'usage' outside of the range.
 */
export function parseNumber(name: string, text: string, range: NumberRange): number {
  const value = text.trim() === '' ? NaN : Number(text)
  const { integer = false, from = -Infinity, above = -Infinity, to = Infinity } = range
  const fits = Number.isFinite(value) && (!integer || Number.isSafeInteger(value)) && value >= from && value > above && value <= to
  if (!fits) throw usageError(`${name}: expected ${describeRange(range)}, got ${JSON.stringify(text)}`)
  return value
}

/**
 * A `coerce` for yargs that parses a number; absent options stay absent. The option is to have no type: as a number,
 * yargs would make NaN of a mistyped one, and the message could not name it.
 */
export function numberOption(flag: string, range: NumberRange): (value: unknown) => number | undefined {
  return (value) => (value === undefined ? undefined : parseNumber(flag, once(flag, value), range))
}

/** A `coerce` for yargs that refuses empty text and repeated flags. */
export function textOption(flag: string): (value: unknown) => string | undefined {
  return (value) => {
    if (value === undefined) return undefined
    const text = once(flag, value)
    if (text === '') throw usageError(`${flag}: expected a value, got an empty one`)
    return text
  }
}

/** A `coerce` for names separated by commas, each of them one of `known`. */
export function namesOption<Name extends string>(flag: string, known: readonly Name[]): (value: unknown) => Name[] | undefined {
  return (value) => {
    const names = textOption(flag)(value)?.split(',').map((name) => name.trim() as Name)
    for (const name of names ?? []) {
      if (known.includes(name)) continue
      const near = nearest(name, known)
      throw usageError(`${flag}: expected some of ${known.join(', ')}, got ${JSON.stringify(name)}${near === undefined ? '' : `; did you mean ${near}?`}`)
    }
    return names && [...new Set(names)]
  }
}

/** The number in the environment variable `name`, or undefined where it is unset or empty. */
export function numberFromEnvironment(name: string, range: NumberRange): number | undefined {
  const text = process.env[name]
  return text === undefined || text === '' ? undefined : parseNumber(name, text, range)
}

function once(flag: string, value: unknown): string {
  if (Array.isArray(value)) throw usageError(`${flag} is given ${value.length} times; expected it once`)
  return String(value)
}

function describeRange({ integer = false, from, above, to }: NumberRange): string {
  const kind = integer ? 'an integer' : 'a number'
  if (from !== undefined && to !== undefined) return `${kind} from ${from} to ${to}`
  if (from !== undefined) return `${kind} of at least ${from}`
  if (above !== undefined) return `${kind} above ${above}`
  return kind
}
