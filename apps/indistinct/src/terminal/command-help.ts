/** @file What --help says of a command: usage, examples, notes, options by group, exit codes, environment. */

import type { Argv, Options } from 'yargs'
import { exitCodes, exitMeanings } from './exit-codes.ts'

export interface CommandHelp {
  /** What is to be typed, after "indistinct". */
  readonly usage: string
  readonly examples: readonly string[]
  readonly notes?: readonly string[]
  /** Exit codes beside those of every command. */
  readonly exits?: readonly (keyof typeof exitMeanings)[]
  /** Variables of the environment that this command reads, with what they are. */
  readonly environment?: Readonly<Record<string, string>>
}

const everyExit = ['ok', 'internal', 'usage', 'badData', 'file'] as const

/** Columns that an example fills before it goes on in a new line. */
const exampleWidth = 92

/** `yargs` with the help of a command around its options. */
export function described<T>(
  yargs: Argv<T>,
  { usage, examples, notes = [], exits = [], environment = {} }: CommandHelp,
): Argv<T> {
  const codes = [...everyExit, ...exits].map((name): [string, string] => [String(exitCodes[name]), exitMeanings[name]])
  const end = [
    sectionOf('Exit codes', [...codes, ['130, 143', 'ended by Ctrl-C or SIGTERM']]),
    ...(Object.keys(environment).length > 0 ? [sectionOf('Environment', Object.entries(environment))] : []),
  ]
  return yargs
    .usage(
      [
        `indistinct ${usage}`,
        '',
        'Examples:',
        ...examples.flatMap(exampleLines),
        ...(notes.length > 0 ? ['', ...notes] : []),
      ].join('\n'),
    )
    .epilogue(end.join('\n\n'))
}

/** `table` with every option under the heading `group`. */
export function inGroup<T extends Readonly<Record<string, Options>>>(group: string, table: T): T {
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, { ...option, group: `${group}:` }]),
  ) as unknown as T
}

/** An example in lines that can be pasted: a long one goes on after a backslash, before a flag. */
export function exampleLines(example: string): string[] {
  const [first = '', ...flags] = `  $ indistinct ${example}`.split(/ (?=--)/)
  const lines = [first]
  for (const flag of flags) {
    const last = lines.at(-1)!
    if (last.length + flag.length + 3 <= exampleWidth) lines[lines.length - 1] = `${last} ${flag}`
    else lines.push(`      ${flag}`)
  }
  return lines.map((line, l) => (l < lines.length - 1 ? `${line} \\` : line))
}

function sectionOf(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return [`${title}:`, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join('\n')
}
