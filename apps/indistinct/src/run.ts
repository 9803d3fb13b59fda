/** @file The commands under one parser: strict, with suggestions for mistyped names. */

import { usageError } from '@indistinct/core'
import yargs from 'yargs'
import { auditCommand, auditOptions } from './commands/audit.ts'
import { compareCommand, compareOptions } from './commands/compare.ts'
import { dataCommand, dataOptions } from './commands/data.ts'
import { doctorCommand, doctorOptions } from './commands/doctor.ts'
import { exportCommand, exportOptions } from './commands/export.ts'
import { gridCommand, gridCommandOptions } from './commands/grid.ts'
import { publishCommand, publishOptions } from './commands/publish.ts'
import { reproduceCommand, reproduceOptions } from './commands/reproduce.ts'
import { restoreCommand, restoreOptions } from './commands/restore.ts'
import { rollbackCommand, rollbackOptions } from './commands/rollback.ts'
import { unlearnCommand, unlearnOptions } from './commands/unlearn.ts'
import { versionsCommand, versionsOptions } from './commands/versions.ts'
import { nearest } from './nearest.ts'
import { ownVersion } from './provenance.ts'

/** Flags of each command, for suggestions; --seed and --threads are suggested everywhere. */
const flagsOf: Readonly<Record<string, object>> = {
  audit: auditOptions,
  unlearn: unlearnOptions,
  restore: restoreOptions,
  compare: compareOptions,
  'data list': dataOptions.list,
  'data fetch': dataOptions.fetch,
  'data describe': dataOptions.describe,
  reproduce: reproduceOptions,
  ...Object.fromEntries(Object.entries(gridCommandOptions).map(([name, options]) => [`grid ${name}`, options])),
  export: exportOptions,
  publish: publishOptions,
  versions: versionsOptions,
  rollback: rollbackOptions,
  doctor: doctorOptions,
}

/**
 * Runs one command line.
 * @throws IndistinctError 'usage' where it is wrong, and whatever the command throws.
 */
export async function run(args: readonly string[]): Promise<void> {
  const parser = yargs([...args])
    .scriptName('indistinct')
    // Messages of yargs in other languages would stand beside ours in English, and `explained` reads them.
    .locale('en')
    .parserConfiguration({ 'boolean-negation': false, 'camel-case-expansion': false, 'dot-notation': false, 'greedy-arrays': false, 'parse-positional-numbers': false })
    .usage(
      [
        'indistinct COMMAND',
        '',
        'Examples:',
        '$ indistinct audit users.npy --attributes people.csv --attribute gender',
        '$ indistinct unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy',
        '$ indistinct audit unlearned.npy --attributes people.csv --attribute gender --gate 0.55',
      ].join('\n'),
    )
    .command(auditCommand)
    .command(unlearnCommand)
    .command(restoreCommand)
    .command(compareCommand)
    .command(dataCommand)
    .command(reproduceCommand)
    .command(gridCommand)
    .command(exportCommand)
    .command(publishCommand)
    .command(versionsCommand)
    .command(rollbackCommand)
    .command(doctorCommand)
    .completion('completion', 'print a completion script for bash or zsh: indistinct completion >> ~/.bashrc')
    .demandCommand(1, 'expected a command; see indistinct --help')
    .strict()
    .version(ownVersion())
    .help()
    .alias('help', 'h')
    .epilogue('Exit codes: 0 ok, 1 internal, 2 usage, 3 bad data, 4 file or network, 5 gate failed, 6 partly done, 130 and 143 on signals.')
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      if (error && error.name !== 'YError') throw error
      throw usageError(explained(error?.message ?? message ?? 'wrong usage', args))
    })
  await parser.parseAsync()
}

/** yargs' message in this program's words; an unknown flag comes first, since it explains what seems to be missing. */
function explained(message: string, args: readonly string[]): string {
  const end = args.indexOf('--')
  const given = end < 0 ? args : args.slice(0, end)
  const words = given.filter((arg) => !arg.startsWith('-'))
  const command = Object.keys(flagsOf).find((name) => name.split(' ').every((word) => words.includes(word)))
  if (command !== undefined) {
    const known = [...Object.keys(flagsOf[command]!), 'seed', 'threads', 'help', 'version']
    const unknown = given.filter((arg) => arg.startsWith('--')).map((arg) => arg.slice(2).split('=')[0]!).filter((name) => !known.includes(name))
    if (unknown.length > 0) return unknown.map((name) => `unknown flag --${name}${didYouMean(nearest(name, known), '--')}`).join('; ')
  }
  const commands = [...Object.keys(flagsOf), 'completion', 'data', 'grid']
  const [first, second] = words
  if (first !== undefined && !commands.some((name) => name.split(' ')[0] === first)) return unknownCommand(first, commands.filter((name) => !name.includes(' ')))
  if ((first === 'data' || first === 'grid') && second !== undefined && command === undefined) {
    return unknownCommand(`${first} ${second}`, commands.filter((name) => name.startsWith(`${first} `)))
  }
  if (message.startsWith('Not enough non-option arguments')) return `${command}: expected ${first === 'data' ? 'the NAME of a data set' : first === 'grid' ? `a GRID${second === 'cell' ? ' and the ID of a cell' : ''}` : first === 'publish' ? 'a FILE' : 'a TABLE'}; see indistinct ${command} --help`
  const choice = /Argument: ([\w-]+), Given: "(.*)", Choices: (.*)/.exec(message)
  if (choice) {
    const names = choice[3]!.replaceAll('"', '')
    return `--${choice[1]}: expected one of ${names}, got ${JSON.stringify(choice[2])}${didYouMean(nearest(choice[2]!, names.split(', ')))}`
  }
  return message
    .replace(/^Missing required arguments?: (.*)$/, (_, names: string) => `${command}: missing ${names.split(', ').map((name) => `--${name}`).join(', ')}`)
    .replace(/^Unknown arguments?: /, `${command ?? 'indistinct'}: unexpected `)
    .replace(/^Not enough arguments following: /, 'expected a value after --')
    .replaceAll(/\s*\n\s*/g, ' ')
}

function unknownCommand(name: string, commands: readonly string[]): string {
  return `unknown command ${name}${didYouMean(nearest(name, commands)) || `; expected one of ${commands.join(', ')}`}`
}

function didYouMean(near: string | undefined, prefix = ''): string {
  return near === undefined ? '' : `; did you mean ${prefix}${near}?`
}
