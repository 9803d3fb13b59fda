/**
 * @file Values of options, checked as they are parsed. Each check carries what it accepts, from which the schema of the
 * configuration file and the shell's completions are made.
 */

import { usageError, type Json } from '@indistinct/core'
import { environment, existsSync } from '@indistinct/core/platform'
import type { Options } from 'yargs'
import { didYouMean, nearest } from './nearest.ts'

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
  const fits =
    Number.isFinite(value) && (!integer || Number.isSafeInteger(value)) && value >= from && value > above && value <= to
  if (!fits) throw usageError(`${name}: expected ${describeRange(range)}, got ${JSON.stringify(text)}`)
  return value
}

/** A `coerce` for yargs, and what it accepts. Absent options stay absent. */
export interface ValueCheck<T> {
  (value: unknown): T | undefined
  readonly accepts: AcceptedValues
}

export interface AcceptedValues {
  /** JSON Schema of a value in a configuration file. */
  readonly schema: { readonly [key: string]: Json }
  /** Values that a shell may complete; none where any file or name will do. */
  readonly names?: readonly string[]
  /** The value is a list of names, with commas between them on the command line. */
  readonly list?: true
}

/**
 * Parses a number. The option is to have no type: as a number, yargs would make NaN of a mistyped one, and the message
 * could not name it.
 */
export function numberOption(flag: string, range: NumberRange): ValueCheck<number> {
  const { integer = false, from, above, to } = range
  const schema = {
    type: integer ? 'integer' : 'number',
    ...(from !== undefined && { minimum: from }),
    ...(above !== undefined && { exclusiveMinimum: above }),
    ...(to !== undefined && { maximum: to }),
  }
  return accepting({ schema }, (value) => parseNumber(flag, once(flag, value), range))
}

/** Parses a time, such as 90, 90s, 5m or 1h, to seconds. */
export function durationOption(flag: string): ValueCheck<number> {
  const schema = {
    anyOf: [
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'string', pattern: '^[0-9.]+[smh]?$' },
    ],
  }
  return accepting({ schema }, (value) => {
    const text = String(once(flag, value))
    const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text.trim())
    const seconds = match ? Number(match[1]) * { '': 1, s: 1, m: 60, h: 3600 }[match[2] as '' | 's' | 'm' | 'h'] : NaN
    if (!(seconds > 0))
      throw usageError(`${flag}: expected a time above 0 such as 60s, 5m or 1h, got ${JSON.stringify(text)}`)
    return seconds
  })
}

/** Refuses empty text and repeated flags. `names` are offered by a shell, and not checked here. */
export function textOption(flag: string, names?: readonly string[]): ValueCheck<string> {
  return accepting({ schema: { type: 'string', minLength: 1 }, ...(names && { names }) }, (value) =>
    textOf(flag, value),
  )
}

/** Names separated by commas, each of them one of `known`. */
export function namesOption<Name extends string>(flag: string, known: readonly Name[]): ValueCheck<Name[]> {
  const schema = { type: 'array', items: { enum: [...known] }, minItems: 1 }
  return accepting({ schema, names: known, list: true }, (value) => {
    const names = splitAtCommas(textOf(flag, value)) as Name[]
    for (const name of names) {
      if (!known.includes(name))
        throw usageError(
          `${flag}: expected some of ${known.join(', ')}, got ` +
            `${JSON.stringify(name)}${didYouMean(nearest(name, known))}`,
        )
    }
    return [...new Set(names)]
  })
}

/** Any words separated by commas; `names` are offered by a shell. */
export function listOption(flag: string, names?: readonly string[]): ValueCheck<string[]> {
  const schema = { type: 'array', items: { type: 'string', minLength: 1, pattern: '^[^,]*$' }, minItems: 1 }
  return accepting({ schema, list: true, ...(names && { names }) }, (value) => splitAtCommas(textOf(flag, value)))
}

/** Files separated by commas, or one whose name has commas and which is there. */
export function filesOption(flag: string): ValueCheck<string[]> {
  const list = listOption(flag)
  return accepting(list.accepts, (value) => {
    const text = textOf(flag, value)
    return existsSync(text) ? [text] : splitAtCommas(text)
  })
}

/** One of `choices`, for an option whose message is to be its own: `refuse` makes the error. */
export function choiceOption<Name extends string>(
  flag: string,
  choices: readonly Name[],
  refuse: (text: string) => Error,
): ValueCheck<Name> {
  return accepting({ schema: { enum: [...choices] }, names: choices }, (value) => {
    const text = textOf(flag, value) as Name
    if (!choices.includes(text)) throw refuse(text)
    return text
  })
}

type OptionExtras = Pick<Options, 'default' | 'demandOption' | 'choices' | 'array'>

/** An option with a value that yargs is to leave as it was written: 007 stays 007. */
export function textFlag<T>(describe: string, coerce: ValueCheck<T>, extras: OptionExtras = {}) {
  return { describe, type: 'string', requiresArg: true, coerce, ...extras } as const
}

/** An option with a value of its own check, such as a number. */
export function valueFlag<T>(describe: string, coerce: ValueCheck<T>, extras: OptionExtras = {}) {
  return { describe, requiresArg: true, coerce, ...extras } as const
}

/** What an option accepts, by its check or else by its type in yargs. */
export function acceptedBy({ coerce, choices, type, array }: Options): AcceptedValues {
  if (choices) {
    const names = choices.map(String)
    return { schema: { enum: names }, names }
  }
  if (array) return { schema: { type: 'array', items: { type: 'string' } } }
  if (type === 'boolean') return { schema: { type: 'boolean' } }
  if (coerce && 'accepts' in coerce) return coerce.accepts as AcceptedValues
  throw new RangeError(
    'acceptedBy: expected an option with choices, a boolean type or a check of option-values.ts, got none',
  )
}

/** The number in the environment variable `name`, or undefined where it is unset or empty. */
export function numberFromEnvironment(name: string, range: NumberRange): number | undefined {
  const text = environment[name]
  return text === undefined || text === '' ? undefined : parseNumber(name, text, range)
}

function accepting<T>(accepts: AcceptedValues, check: (value: unknown) => T): ValueCheck<T> {
  return Object.assign((value: unknown) => (value === undefined ? undefined : check(value)), { accepts })
}

function textOf(flag: string, value: unknown): string {
  const text = once(flag, value)
  if (text === '') throw usageError(`${flag}: expected a value, got an empty one`)
  return text
}

function splitAtCommas(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

function once(flag: string, value: unknown): string {
  if (Array.isArray(value)) throw usageError(`${flag} is given ${value.length} times; expected it once`)
  return String(value)
}

function describeRange({ integer = false, from, above, to }: NumberRange): string {
  const kind = integer ? 'an integer' : 'a number'
  if (from !== undefined && to !== undefined) return `${kind} from ${from} to ${to}`
  if (from !== undefined) return `${kind} of at least ${from}`
  if (above !== undefined) return `${kind} above ${above}${to === undefined ? '' : ` and at most ${to}`}`
  return kind
}
