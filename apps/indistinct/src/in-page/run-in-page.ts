/** @file Commands as a page runs them: the arguments of a command line in, files in memory and a result out. */

import { usageError } from '@indistinct/core'
import type { Options } from 'yargs'
import { auditOptions } from '../audit/audit-options.ts'
import { auditCommand } from '../commands/audit.ts'
import { unlearnCommand } from '../commands/unlearn.ts'
import { unlearnOptions } from '../unlearn/unlearn-options.ts'
import { setHost, type PageHost } from './host.ts'

export type { PageHost } from './host.ts'
export type { Log } from '../terminal/log.ts'
export type { Progress } from '../terminal/progress.ts'
export { exitCodeOf } from '../terminal/exit-codes.ts'

const commands = {
  audit: { options: auditOptions, run: auditCommand.handler },
  unlearn: { options: unlearnOptions, run: unlearnCommand.handler },
} as const

/**
 * Runs `audit` or `unlearn` with the arguments of `host`, tables first and then flags as `--name value`, on files that
 * were provided (`@indistinct/core/platform`).
 * @throws IndistinctError as the command line does.
 */
export async function runInPage(host: PageHost): Promise<void> {
  setHost(host)
  const [name, ...words] = host.arguments
  if (name !== 'audit' && name !== 'unlearn') throw usageError(`expected audit or unlearn, got ${name ?? 'nothing'}`)
  const { options, run } = commands[name]
  await run(parsed(words, options) as never)
}

function parsed(words: readonly string[], options: Readonly<Record<string, Options>>): Record<string, unknown> {
  const args: Record<string, unknown> = { _: [], $0: 'indistinct' }
  for (const [name, option] of Object.entries(options)) if ('default' in option) args[name] = option.default
  const tables: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (!word.startsWith('--')) {
      tables.push(word)
      continue
    }
    const name = word.slice(2)
    const option = options[name]
    if (!option) throw usageError(`unknown flag ${word}`)
    if (option.type === 'boolean') {
      args[name] = true
      continue
    }
    const value = words[++at]
    if (value === undefined) throw usageError(`expected a value after ${word}`)
    if (option.array) args[name] = [...((args[name] as string[] | undefined) ?? []), value]
    else args[name] = option.coerce ? (option.coerce as (value: unknown) => unknown)(value) : value
  }
  return { ...args, tables }
}
