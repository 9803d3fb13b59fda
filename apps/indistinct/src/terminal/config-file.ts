/** @file indistinct.config.json: flags that need not be typed. It is checked as a whole, whatever command runs. */

import { IndistinctError, parseJson, usageError, type Json } from '@indistinct/core'
import type { Options } from 'yargs'
import { commandOptions, sharedOptions, takesShared, type OptionTable } from './command-options.ts'
import { didYouMean, nearest } from './nearest.ts'
import { acceptedBy } from './option-values.ts'
import { readTextFile } from '../inputs/read-text-file.ts'

type JsonObject = { readonly [key: string]: Json }

/** Flags as a command line has them, by option. */
export type ConfiguredFlags = ReadonlyMap<string, readonly string[]>

/**
 * Reads the configuration at `path` and returns what it says for `command`: its own section, and before it the keys
 * that all commands share.
 * @throws IndistinctError 'usage' naming file and key, 'file' where it cannot be read.
 */
export function readConfig(path: string, command: string | undefined): ConfiguredFlags {
  const config = objectAt(path, '', parsed(path))
  const flags = new Map<string, string[]>()
  const sections = sectionsOf(commandOptions)
  const { $schema, ...keys } = config
  if ($schema !== undefined && typeof $schema !== 'string') throw expected(path, '$schema', 'a string', $schema)
  for (const [key, value] of Object.entries(keys)) {
    if (Object.hasOwn(sharedOptions, key)) {
      const given = flagsOf(path, key, key, sharedOptions[key]!, value)
      if (command !== undefined && takesShared(command, key) && !flags.has(key)) flags.set(key, given)
    } else if (!Object.hasOwn(sections, key)) {
      throw unknownKey(path, '', key, [...Object.keys(sharedOptions), ...Object.keys(sections)])
    }
  }
  for (const [key, section] of Object.entries(sections)) {
    if (!Object.hasOwn(keys, key)) continue
    for (const [words, table, values] of tablesOf(path, key, section, keys[key]!)) {
      const own = flagsOfSection(path, words.replaceAll(' ', '.'), table, values)
      if (words === command) for (const [name, given] of own) flags.set(name, given)
    }
  }
  return flags
}

/** An option table, or the tables of the subcommands. */
export type Section =
  { readonly options: OptionTable } | { readonly subcommands: Readonly<Record<string, OptionTable>> }

/** Sections of a configuration file: one a command, with one a subcommand inside. */
export function sectionsOf(commands: Readonly<Record<string, OptionTable>>): Readonly<Record<string, Section>> {
  const sections: Record<string, Section> = {}
  for (const [words, options] of Object.entries(commands)) {
    const [first, second] = words.split(' ')
    const known = sections[first!]
    sections[first!] =
      second === undefined
        ? { options }
        : { subcommands: { ...(known && 'subcommands' in known && known.subcommands), [second]: options } }
  }
  return sections
}

/** The option tables of a section with what the file has for each, by the words of the command. */
function tablesOf(path: string, key: string, section: Section, value: Json): [string, OptionTable, JsonObject][] {
  const values = objectAt(path, key, value)
  if ('options' in section) return [[key, section.options, values]]
  return Object.entries(values).map(([name, inner]) => {
    if (!Object.hasOwn(section.subcommands, name)) throw unknownKey(path, key, name, Object.keys(section.subcommands))
    return [`${key} ${name}`, section.subcommands[name]!, objectAt(path, `${key}.${name}`, inner)]
  })
}

function flagsOfSection(path: string, place: string, table: OptionTable, values: JsonObject): [string, string[]][] {
  return Object.entries(values).map(([name, value]) => {
    if (!Object.hasOwn(table, name)) throw unknownKey(path, place, name, Object.keys(table))
    return [name, flagsOf(path, `${place}.${name}`, name, table[name]!, value)]
  })
}

/** `--name=value`, once or, for options that repeat, several times. */
function flagsOf(path: string, place: string, name: string, option: Options, value: Json): string[] {
  const { schema, list } = acceptedBy(option)
  const { type } = schema
  if (type === 'array') {
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw expected(path, place, 'an array of strings', value)
    if (list && value.some((item) => item.includes(',')))
      throw usageError(`${path}: ${place}: names with commas cannot be given, got ${JSON.stringify(value)}`)
    if (list && value.length === 0) throw expected(path, place, 'at least one name', value)
  } else if (type === 'boolean') {
    if (typeof value !== 'boolean') throw expected(path, place, 'true or false', value)
  } else if (type === 'number' || type === 'integer') {
    if (typeof value !== 'number') throw expected(path, place, type === 'integer' ? 'an integer' : 'a number', value)
  } else if (typeof value !== 'string') {
    throw expected(path, place, 'a string', value)
  }
  const choices = schema['enum'] as readonly string[] | undefined
  if (choices && !choices.includes(value as string))
    throw usageError(
      `${path}: ${place}: expected one of ${choices.join(', ')}, got ` +
        `${JSON.stringify(value)}${didYouMean(nearest(String(value), choices))}`,
    )
  const texts = list ? [(value as string[]).join(',')] : Array.isArray(value) ? value.map(String) : [String(value)]
  if (!option.array) {
    try {
      option.coerce?.(texts[0])
    } catch (error) {
      if (!(error instanceof IndistinctError)) throw error
      throw usageError(`${path}: ${place}: ${error.message.replace(/^--[\w-]+:? /, '')}`, { cause: error })
    }
  }
  return texts.map((text) => `--${name}=${text}`)
}

function parsed(path: string): Json {
  const text = readTextFile(path)
  try {
    return parseJson(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw usageError(`${path}: expected JSON: ${(cause as Error).message}`, { cause })
  }
}

function objectAt(path: string, place: string, value: Json): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw expected(path, place, 'an object', value)
}

function unknownKey(path: string, place: string, key: string, known: readonly string[]): Error {
  const instead = didYouMean(nearest(key, known)) || `; expected some of ${known.join(', ')}`
  return usageError(`${path}: unknown key ${JSON.stringify(key)}${place && ` in ${place}`}${instead}`)
}

function expected(path: string, place: string, what: string, value: Json): Error {
  return usageError(`${path}${place && `: ${place}`}: expected ${what}, got ${JSON.stringify(value)}`)
}
