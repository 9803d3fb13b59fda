/** @file The commands under one parser: strict, with suggestions for mistyped names. */

import { usageError } from '@indistinct/core'
import yargs from 'yargs'
import { auditCommand } from './commands/audit.ts'
import { certifyCommand } from './commands/certify.ts'
import { compareCommand } from './commands/compare.ts'
import { completionCommand, completionFlag } from './commands/completion.ts'
import { dataCommand } from './commands/data.ts'
import { doctorCommand } from './commands/doctor.ts'
import { exportCommand } from './commands/export.ts'
import { gridCommand } from './commands/grid.ts'
import { publishCommand } from './commands/publish.ts'
import { reproduceCommand } from './commands/reproduce.ts'
import { restoreCommand } from './commands/restore.ts'
import { rollbackCommand } from './commands/rollback.ts'
import { shardsCommand } from './commands/shards.ts'
import { unlearnCommand } from './commands/unlearn.ts'
import { versionsCommand } from './commands/versions.ts'
import { described } from './terminal/command-help.ts'
import { completions } from './terminal/completions.ts'
import { commandOf, commandOptions, endOfFlags } from './terminal/command-options.ts'
import { configFileName } from './terminal/config-file.ts'
import { refuseAddresses, refusePipes } from './terminal/local-paths.ts'
import { didYouMean, nearest } from './terminal/nearest.ts'
import { ownVersion } from './unlearn/provenance.ts'

/**
 * Runs one command line.
 * @throws IndistinctError 'usage' where it is wrong, and whatever the command throws.
 */
export async function run(args: readonly string[]): Promise<void> {
  const parser = described(yargs([...args]), {
    usage: 'COMMAND',
    examples: [
      'audit users.npy --attributes people.csv --attribute gender',
      'unlearn users.npy --attributes people.csv --attribute gender --out unlearned.npy',
      'audit unlearned.npy --attributes people.csv --attribute gender --gate 0.55',
    ],
    exits: ['gate', 'partlyDone'],
  })
    .scriptName('indistinct')
    // Messages of yargs in other languages would stand beside ours in English, and `explained` reads them.
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-positional-numbers': false,
    })
    .command(auditCommand)
    .command(unlearnCommand)
    .command(certifyCommand)
    .command(restoreCommand)
    .command(shardsCommand)
    .command(compareCommand)
    .command(dataCommand)
    .command(reproduceCommand)
    .command(gridCommand)
    .command(exportCommand)
    .command(publishCommand)
    .command(versionsCommand)
    .command(rollbackCommand)
    .command(doctorCommand)
    .command(completionCommand)
    .option('config', {
      describe: `flags as JSON; default: ${configFileName} in the working folder, where there is one`,
      type: 'string',
      requiresArg: true,
    })
    .demandCommand(1, 'expected a command; see indistinct --help')
    .strict()
    .middleware(refuseAddresses)
    .version(ownVersion())
    .help()
    .alias('help', 'h')
    .group(['config', 'help', 'version'], 'General:')
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      if (error && error.name !== 'YError') throw error
      throw usageError(explained(error?.message ?? message ?? 'wrong usage', args))
    })
  if (args[0] === completionFlag)
    return void process.stdout.write(
      completions(args.slice(1))
        .map((word) => `${word}\n`)
        .join(''),
    )
  refusePipes(args)
  await parser.parseAsync()
}

/** First words of commands that are two. */
const groups: readonly string[] = ['data', 'grid', 'shards']

/** yargs' message in this program's words; an unknown flag comes first, since it explains what seems to be missing. */
function explained(message: string, args: readonly string[]): string {
  const given = args.slice(0, endOfFlags(args))
  const words = given.filter((arg) => !arg.startsWith('-'))
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
  const commands = [...Object.keys(commandOptions), 'completion', ...groups]
  const [first, second] = words
  if (first !== undefined && !commands.some((name) => name.split(' ')[0] === first))
    return unknownCommand(
      first,
      commands.filter((name) => !name.includes(' ')),
    )
  if (first !== undefined && groups.includes(first) && second !== undefined && command === undefined) {
    return unknownCommand(
      `${first} ${second}`,
      commands.filter((name) => name.startsWith(`${first} `)),
    )
  }
  if (message.startsWith('Not enough non-option arguments'))
    return (
      `${command}: expected ` +
      `${first === 'data' ? 'the NAME of a data set' : first === 'grid' ? `a GRID${second === 'cell' ? ' and the ID of a cell' : ''}` : first === 'publish' ? 'a FILE' : command === 'shards worker' ? 'the FOLDER of a run' : 'a TABLE'}; ` +
      `see indistinct ${command} --help`
    )
  const choice = /Argument: ([\w-]+), Given: "(.*)", Choices: (.*)/.exec(message)
  if (choice) {
    const names = choice[3]!.replaceAll('"', '')
    return (
      `--${choice[1]}: expected one of ${names}, got ` +
      `${JSON.stringify(choice[2])}${didYouMean(nearest(choice[2]!, names.split(', ')))}`
    )
  }
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

function unknownCommand(name: string, commands: readonly string[]): string {
  return `unknown command ${name}${didYouMean(nearest(name, commands)) || `; expected one of ${commands.join(', ')}`}`
}
