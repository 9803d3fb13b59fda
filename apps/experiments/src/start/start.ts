/** @file `npm start`: runs a grid through Nx and prints what came of it. */

import { fileURLToPath } from 'node:url'
import { jsonText, IndistinctError } from '@indistinct/core'
import { gridResults } from '../nx/grid-results.ts'
import { checkAttributes } from '../data/check-attributes.ts'
import { countsText, preparedCounts } from '../nx/prepared-counts.ts'
import { errorCodes, exitCodeOf, failureText, signalCodes } from '../nx/run-outcome.ts'
import { shownRun } from '../nx/shown-run.ts'
import { startHelp, startOptions } from './start-options.ts'
import { summaryTable } from './summary-table.ts'

const workspaceRoot = fileURLToPath(new URL('../../../..', import.meta.url))

/**
 * Runs the command line `args` and returns the exit code: 0 done, 1 internal, 2 usage, 3 bad data, 4 file or network,
 * 6 partly done, 130 and 143 stopped by a signal.
 */
export async function start(args: readonly string[]): Promise<number> {
  try {
    const options = await startOptions(args)
    if (options === undefined) {
      process.stdout.write(startHelp())
      return 0
    }
    const { grid, json, quiet, parallel, dataFolder, fresh } = options
    if (dataFolder !== undefined) process.env['INDISTINCT_DATA'] = dataFolder
    if (options.checked)
      for (const warning of await checkAttributes(grid)) process.stderr.write(`warning: ${warning}\n`)
    const started = performance.now()
    const run = await shownRun(grid, workspaceRoot, { parallel, quiet, fresh, dataFolder })
    if (run.signal) return signalCodes[run.signal] ?? 1
    const results = { datasets: preparedCounts(run, workspaceRoot), ...gridResults(run, workspaceRoot) }
    const some = results.models.some((model) => model.attacks.length > 0 || model.utility.length > 0)
    const code = exitCodeOf(run, results.missing.length > 0, some)
    if (json) process.stdout.write(jsonText({ schema: 'indistinct.start/1', complete: code === 0, ...results }, 2))
    else if (some) process.stdout.write(`${summaryTable(results)}${countsText(results.datasets)}`)
    if (code !== 0) process.stderr.write(failureText(run, results.missing))
    else if (!quiet) {
      const cached = [...run.outcomes.values()].filter((outcome) => outcome.status === 'cached').length
      process.stderr.write(
        `done in ${((performance.now() - started) / 1000).toFixed(1)} s, ${cached} of ${run.outcomes.size} ` +
          `stages from the cache\n`,
      )
    }
    return code
  } catch (error) {
    if (error instanceof IndistinctError) {
      process.stderr.write(`${error.message}\n`)
      return errorCodes[error.code]
    }
    process.stderr.write(`${(error as Error).stack ?? String(error)}\n`)
    return 1
  }
}
