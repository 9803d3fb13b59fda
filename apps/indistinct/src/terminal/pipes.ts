/** @file "-" where a table is meant. */

import { requireLocalFile } from '@indistinct/embeddings'
import { commandOf, endOfFlags } from './command-names.ts'
import { commandOptions } from './command-options.ts'

/**
 * Refuses "-" among the tables of `args`, which yargs would drop without a word.
 * @throws IndistinctError 'usage'.
 */
export function refusePipes(args: readonly string[]): void {
  const options = commandOptions[commandOf(args) ?? '']
  const takesValue = (arg = ''): boolean => arg.startsWith('--') && options?.[arg.slice(2)]?.requiresArg === true
  args.slice(0, endOfFlags(args)).forEach((arg, at) => {
    if (arg === '-' && !takesValue(args[at - 1])) requireLocalFile(arg)
  })
}
