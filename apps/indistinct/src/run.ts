/** @file The commands under one parser: strict, with suggestions for mistyped names. */

import { ownVersion } from '#system'
import { usageError } from '@indistinct/core'
import yargs, { type CommandModule } from 'yargs'
import { commands } from './commands/commands.ts'
import { described } from './terminal/command-help.ts'
import { completionFlag } from './terminal/completion-flag.ts'
import { configFileName } from './terminal/config-file-name.ts'

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
    .command(await commandsFor(args))
    .option('config', {
      describe: `flags as JSON; default: ${configFileName} in the working folder, where there is one`,
      type: 'string',
      requiresArg: true,
    })
    .demandCommand(1, 'expected a command; see indistinct --help')
    .strict()
    .middleware(async (given) => {
      // What has no command needs no files, and is not to wait for what reads them.
      if (given['_'].length > 0) (await import('./terminal/local-paths.ts')).refuseAddresses(given)
    })
    .version(ownVersion())
    .help()
    .alias('help', 'h')
    .group(['config', 'help', 'version'], 'General:')
    .wrap(Math.min(120, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      throw error ?? new YargsError(message ?? 'wrong usage')
    })
  if (args[0] === completionFlag) return writeCompletions(args.slice(1))
  if (args.includes('-')) (await import('./terminal/pipes.ts')).refusePipes(args)
  try {
    await parser.parseAsync()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'YError') throw error
    const { explained } = await import('./terminal/explained.ts')
    throw usageError(explained(error.message, args))
  }
}

async function writeCompletions(words: readonly string[]): Promise<void> {
  const { completions } = await import('./terminal/completions.ts')
  process.stdout.write(
    completions(words)
      .map((word) => `${word}\n`)
      .join(''),
  )
}

/** What yargs says by word alone, as it throws the rest. */
class YargsError extends Error {
  override readonly name = 'YError'
}

/** Every command with its line in --help; those that `args` may call with all that they are. */
async function commandsFor(args: readonly string[]): Promise<CommandModule[]> {
  const all = await Promise.all(
    Object.entries(commands).map(async ([name, { command, describe, load }]) => ({
      handler: () => {},
      ...(args.includes(name) && (await load())),
      command,
      describe,
    })),
  )
  return all as CommandModule[]
}
