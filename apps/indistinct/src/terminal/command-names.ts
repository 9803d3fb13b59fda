/** @file Which command a line calls, before anything of the command is loaded. */

import { commands } from '../commands/commands.ts'

/** The words that call each command which has flags: one, or two where it stands in a group. */
export const commandNames: readonly string[] = Object.entries(commands)
  .filter(([name]) => name !== 'completion')
  .flatMap(([name, { group }]) => group?.map((own) => `${name} ${own}`) ?? [name])

/** The command that `args` call: its words, wherever flags stand between them. */
export function commandOf(args: readonly string[]): string | undefined {
  const words = args.slice(0, endOfFlags(args)).filter((arg) => !arg.startsWith('-'))
  const at = words.findIndex((word) => commandNames.some((name) => name.split(' ')[0] === word))
  return [words.slice(at, at + 2).join(' '), words[at]].find(
    (name) => at >= 0 && name !== undefined && commandNames.includes(name),
  )
}

/** Where `--` ends the flags of `args`. */
export function endOfFlags(args: readonly string[]): number {
  const end = args.indexOf('--')
  return end < 0 ? args.length : end
}
