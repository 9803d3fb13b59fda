/** @file What may stand at the end of an unfinished command line; nothing where a file name is to stand there. */

import { knownDatasets } from '@indistinct/datasets'
import type { Options } from 'yargs'
import { commandNames, commandOf } from './command-names.ts'
import { commandOptions, type OptionTable } from './command-options.ts'
import { reproduceTargets } from '../commands/reproduce.ts'
import { acceptedBy, textOption } from './option-values.ts'

const everywhere: OptionTable = { config: { coerce: textOption('--config') }, help: { type: 'boolean' } }

/** Words that commands take beside their flags, where they are no files. */
const positionals: Readonly<Record<string, readonly string[]>> = {
  'data fetch': knownDatasets.map(({ name }) => name),
  'data describe': knownDatasets.map(({ name }) => name),
  reproduce: reproduceTargets,
  completion: ['bash', 'zsh'],
}

/**
 * @param words those after `indistinct`, the last of them unfinished, perhaps empty
 * @returns whole words that begin with the last one, in the order of --help
 */
export function completions(words: readonly string[]): string[] {
  const current = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  return candidates(before, current).filter((word) => word.startsWith(current))
}

function candidates(before: readonly string[], current: string): string[] {
  const command = commandOf(before) ?? (before.includes('completion') ? 'completion' : undefined)
  const options: OptionTable = { ...(command === undefined ? {} : commandOptions[command]), ...everywhere }
  const flag = before.at(-1)
  const option = flag?.startsWith('--') ? options[flag.slice(2)] : undefined
  if (option && takesValue(option)) return valuesOf(option, current)
  const [, name, value] = /^--([\w-]+)=(.*)$/.exec(current) ?? []
  if (name !== undefined) {
    const own = options[name]
    return own && takesValue(own) ? valuesOf(own, value!).map((each) => `--${name}=${each}`) : []
  }
  if (command === undefined) return current.startsWith('-') ? ['--help', '--version', '--config'] : nextWords(before)
  if (current.startsWith('-')) {
    return Object.entries(options)
      .filter(([key, each]) => each.array || !isGiven(before, key))
      .map(([key]) => `--${key}`)
  }
  return (positionals[command] ?? []).filter((word) => !before.includes(word))
}

/** Commands, or the subcommands of the one that stands there. */
function nextWords(before: readonly string[]): string[] {
  const given = before.filter((word) => !word.startsWith('-'))
  const names = [...commandNames, 'completion'].map((name) => name.split(' '))
  return [
    ...new Set(
      names.filter((name) => given.every((word, at) => name[at] === word)).flatMap((name) => name[given.length] ?? []),
    ),
  ]
}

/** Names that the option takes; in a list, with those before the last comma in front. */
function valuesOf(option: Options, current: string): string[] {
  const { names = [], list } = acceptedBy(option)
  if (!list) return [...names]
  const chosen = current.split(',').slice(0, -1)
  return names.filter((name) => !chosen.includes(name)).map((name) => [...chosen, name].join(','))
}

function takesValue(option: Options): boolean {
  return option.type !== 'boolean'
}

function isGiven(words: readonly string[], name: string): boolean {
  return words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))
}
