/**
 * @file The arguments in effect: those of the command line, and the configuration file's where neither they nor the
 * environment say otherwise.
 */

import { existsSync } from 'node:fs'
import { usageError } from '@indistinct/core'
import { commandOf, endOfFlags } from './command-names.ts'
import { environmentOf } from './common-options.ts'
import { configFileName } from './config-file-name.ts'

/**
 * `args` with the flags of the file that --config names, or of indistinct.config.json in the working folder. They stand
 * there as if they had been typed, so that a report's command repeats the run without the file.
 * @throws IndistinctError 'usage' or 'file' where the file is no configuration.
 */
export async function effectiveArguments(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  const end = endOfFlags(args)
  // yargs gives commands nothing of what stands after --. A folder tells a name with a dash in front from a flag.
  const files = args.slice(end + 1).map((arg) => (/^-./.test(arg) ? `./${arg}` : arg))
  const given = args.slice(0, end)
  if (given.some((arg) => ['--help', '-h', '--version'].includes(arg))) return [...args]
  const { path, rest } = withoutConfig(given)
  const file = path ?? (existsSync(configFileName) ? configFileName : undefined)
  const command = commandOf(rest)
  if (file === undefined || command === undefined) return [...rest, ...files]
  // Both know the flags of all commands, and load them.
  const [{ readConfig }, { commandOptions }] = await Promise.all([
    import('./config-file.ts'),
    import('./command-options.ts'),
  ])
  const added: string[] = []
  for (const [name, flags] of readConfig(file, command)) {
    const variable = environmentOf[name]
    const set = variable !== undefined && (environment[variable] ?? '') !== ''
    if (!set && !isGiven(rest, name, commandOptions[command]![name]!.alias)) added.push(...flags)
  }
  return [...rest, ...added, ...files]
}

function isGiven(args: readonly string[], name: string, alias: string | readonly string[] | undefined): boolean {
  const flags = [name, ...[alias ?? []].flat()].map((each) => (each.length === 1 ? `-${each}` : `--${each}`))
  return args.some((arg) => flags.includes(arg.split('=')[0]!))
}

/** Takes --config out of `args`, since the command is to see what the file says and not the file. */
function withoutConfig(args: readonly string[]): { path: string | undefined; rest: string[] } {
  const rest: string[] = []
  const paths: string[] = []
  for (let a = 0; a < args.length; a++) {
    const arg = args[a]!
    if (arg.startsWith('--config=')) paths.push(arg.slice('--config='.length))
    else if (arg === '--config') paths.push(args[++a] ?? '')
    else rest.push(arg)
  }
  if (paths.length > 1) throw usageError(`--config is given ${paths.length} times; expected it once`)
  if (paths[0] === '' || paths[0]?.startsWith('--')) throw usageError('--config: expected a file, got nothing')
  return { path: paths[0], rest }
}
