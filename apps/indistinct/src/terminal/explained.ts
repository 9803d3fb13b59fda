/** @file What is wrong with a command line, in this program's words and not in those of yargs. */

import { commands } from '../commands/commands.ts'
import { commandNames, commandOf, endOfFlags } from './command-names.ts'
import { commandOptions } from './command-options.ts'
import { didYouMean, nearest } from './nearest.ts'

/** What a command takes beside its flags, where it must be given. */
const expectedWord: Readonly<Record<string, string>> = {
  'data fetch': 'the NAME of a data set',
  'grid plan': 'a GRID',
  'grid run': 'a GRID',
  'grid resume': 'a GRID',
  'grid status': 'a GRID',
  'grid cell': 'a GRID and the ID of a cell',
  'grid worker': 'a GRID',
  publish: 'a FILE',
  'shards worker': 'the FOLDER of a run',
}

/** yargs' message in this program's words; an unknown flag comes first, since it explains what seems to be missing. */
export function explained(message: string, args: readonly string[]): string {
  const given = args.slice(0, endOfFlags(args))
  const command = commandOf(args)
  if (command !== undefined) {
    const known = [...Object.keys(commandOptions[command]!), 'config', 'help', 'version']
    const unknown = given
      .filter((arg) => arg.startsWith('--'))
      .map((arg) => arg.slice(2).split('=')[0]!)
      .filter((name) => !known.includes(name))
    if (unknown.length > 0)
      return unknown.map((name) => `unknown flag --${name}${didYouMean(nearest(name, known), '--')}`).join('; ')
  }
  const [first, second] = given.filter((arg) => !arg.startsWith('-'))
  if (first !== undefined && !Object.hasOwn(commands, first))
    return unknownCommand(first, [...commandNames.filter((name) => !name.includes(' ')), 'completion', ...groups])
  if (first !== undefined && groups.includes(first) && second !== undefined && command === undefined) {
    return unknownCommand(
      `${first} ${second}`,
      commandNames.filter((name) => name.startsWith(`${first} `)),
    )
  }
  if (message.startsWith('Not enough non-option arguments'))
    return `${command}: expected ${expectedWord[command ?? ''] ?? 'a TABLE'}; see indistinct ${command} --help`
  return wrongChoice(message) ?? inOurWords(message, command)
}

const groups = Object.keys(commands).filter((name) => commands[name]!.group)

function unknownCommand(name: string, known: readonly string[]): string {
  return `unknown command ${name}${didYouMean(nearest(name, known)) || `; expected one of ${known.join(', ')}`}`
}

function wrongChoice(message: string): string | undefined {
  const choice = /Argument: ([\w-]+), Given: "(.*)", Choices: (.*)/.exec(message)
  if (!choice) return undefined
  const names = choice[3]!.replaceAll('"', '')
  return (
    `--${choice[1]}: expected one of ${names}, got ` +
    `${JSON.stringify(choice[2])}${didYouMean(nearest(choice[2]!, names.split(', ')))}`
  )
}

function inOurWords(message: string, command: string | undefined): string {
  return message
    .replace(
      /^Missing required arguments?: (.*)$/,
      (_, names: string) =>
        `${command}: missing ${names
          .split(', ')
          .map((name) => `--${name}`)
          .join(', ')}`,
    )
    .replace(/^Unknown arguments?: /, `${command ?? 'indistinct'}: unexpected `)
    .replace(/^Not enough arguments following: /, 'expected a value after --')
    .replaceAll(/\s*\n\s*/g, ' ')
}
