/** @file The options of `npm run bench`. */

import { parseArgs } from 'node:util'
import { usageError } from '@indistinct/core'

export interface BenchOptions {
  readonly filter?: string
  readonly json: boolean
  readonly list: boolean
  readonly help: boolean
  readonly threads: number
  readonly repeats: number
  /** Whether to measure again what the cache holds. */
  readonly fresh: boolean
  /** Whether results go to files as well. */
  readonly write: boolean
}

export const benchHelp = `\
npm run bench                          every benchmark; a table, and results/*.json and README.md
npm run bench -- --filter mmd --json   those whose name or case has "mmd" in it, as JSON on stdout
npm run bench -- --list                names of benchmarks and cases

  --filter TEXT   a part of the name of a benchmark, or else of "benchmark case"
  --threads N     threads that each side may use (default 2)
  --repeats N     timed runs of each side at least (default 5); short work runs more often
  --fresh         measure again what has not changed since it was measured on this machine
  --json          results as JSON on stdout instead of tables
  --no-write      leave results/ alone; so does a filter that picks single cases
  --list          names only
  --help          this text
`

/** @throws IndistinctError 'usage' on an unknown option or a value that does not fit. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parsed(args)
  const count = (name: 'threads' | 'repeats', otherwise: number): number => {
    const value = values[name] === undefined ? otherwise : Number(values[name])
    if (!Number.isInteger(value) || value < 1)
      throw usageError(`--${name}: expected a positive integer, got "${values[name]}"`)
    return value
  }
  return {
    ...(values.filter !== undefined && { filter: values.filter.toLowerCase() }),
    json: values.json ?? false,
    list: values.list ?? false,
    help: values.help ?? false,
    threads: count('threads', 2),
    repeats: count('repeats', 5),
    fresh: values.fresh ?? false,
    write: !(values['no-write'] ?? false),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        filter: { type: 'string' },
        threads: { type: 'string' },
        repeats: { type: 'string' },
        fresh: { type: 'boolean' },
        json: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
        'no-write': { type: 'boolean' },
      },
    })
  } catch (cause) {
    throw usageError(`${(cause as Error).message}; see npm run bench -- --help`, { cause })
  }
}

/** What a filter picks: whole benchmarks by name; where no name has it in, cases of any. */
export interface Pick {
  whole(bench: string): boolean
  one(bench: string, caseName: string): boolean
}

export function pickOf(filter: string | undefined, benches: readonly string[]): Pick {
  const named = filter === undefined || benches.some((name) => name.includes(filter))
  return {
    whole: (bench) => filter === undefined || bench.includes(filter),
    one: (bench, caseName) =>
      filter === undefined || (named ? bench.includes(filter) : `${bench} ${caseName}`.toLowerCase().includes(filter)),
  }
}
