/** @file What the commands that run grids and write their results share: flags, help, exit codes. */

import { fileURLToPath } from 'node:url'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { IndistinctError, usageError } from '@indistinct/core'
import type { Grid } from '@indistinct/stages'
import { positive } from '../start/start-values.ts'
import type { GridRun } from './nx-run.ts'
import { errorCodes, exitCodeOf, failureText, madeIn, signalCodes } from './run-outcome.ts'
import { shownRun } from './shown-run.ts'

export const workspaceRoot = fileURLToPath(new URL('../../../..', import.meta.url))

/** What was asked for. */
export interface GridCommand {
  readonly positionals: readonly string[]
  /** Flags of the command's own. */
  readonly values: { readonly [flag: string]: string | boolean | undefined }
  /** Only the pages of what is there. */
  readonly summary: boolean
  /** Runs a grid with its progress on stderr. */
  run(grid: Grid): Promise<GridRun>
}

const common = {
  parallel: { type: 'string', default: '2' },
  fresh: { type: 'boolean', default: false },
  summary: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const commonHelp = `
  --summary      only the pages of what is there
  --parallel N   stages at a time (default 2); it changes no byte
  --fresh        run every stage again, whatever the cache holds
  --help         this text

What did not change comes from the cache, after a stopped run too. INDISTINCT_THREADS changes no byte either.
`

/** Flags of a command's own, and how many names it takes beside them. */
interface GridArguments {
  readonly options: ParseArgsConfig['options'] & {}
  readonly names: number
}

/**
 * Ends the process by the exit code of `act`, which has the arguments of the command line.
 * @param help what the command does, and the flags of its own
 */
export async function gridCommand(
  help: string,
  given: GridArguments,
  act: (command: GridCommand) => Promise<number>,
): Promise<never> {
  try {
    const { positionals, values } = parsed(given.options)
    if (values.help) {
      process.stdout.write(`${help}${commonHelp}`)
      process.exit(0)
    }
    const parallel = positive('parallel', values.parallel)
    const { fresh, summary } = values
    checkBeside(positionals, values, given)
    const run = (grid: Grid): Promise<GridRun> => shownRun(grid, workspaceRoot, { parallel, fresh })
    process.exit(await act({ positionals, values: values as GridCommand['values'], summary, run }))
  } catch (error) {
    if (!(error instanceof IndistinctError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(errorCodes[error.code])
  }
}

function parsed(options: ParseArgsConfig['options']) {
  try {
    return parseArgs({ allowPositionals: true, options: { ...options, ...common } })
  } catch (cause) {
    throw usageError(`${(cause as Error).message}; --help lists the options`, { cause })
  }
}

/**
 * What would be ignored is refused: names beyond those that the command takes, and any choice beside --summary, which
 * runs nothing.
 */
function checkBeside(positionals: readonly string[], values: object, { options, names }: GridArguments): void {
  if (positionals.length > names)
    throw usageError(
      `expected ${names === 0 ? 'flags alone' : 'one name'}, got ${positionals.join(', ')}; --help lists the options`,
    )
  const chosen = [...positionals, ...Object.keys(values).filter((name) => name in options)]
  if ((values as { summary?: boolean }).summary && chosen.length > 0)
    throw usageError(`--summary: expected nothing beside it, got ${chosen.join(', ')}`)
}

/** The exit code of `run`, of which `some` says whether it gave any result; what failed is said on stderr. */
export function saidCode(run: GridRun, some: boolean): number {
  if (run.signal) return signalCodes[run.signal] ?? 1
  const made = madeIn(run)
  const missing = run.expanded.nodes.filter((node) => !made(node)).map(({ id }) => id)
  if (missing.length > 0) process.stderr.write(failureText(run, missing))
  return exitCodeOf(run, missing.length > 0, some)
}
