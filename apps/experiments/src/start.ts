/** @file `npm start`: runs a grid through Nx and prints what came of it. */

import { fileURLToPath } from 'node:url'
import { canonicalJson, IndistinctError, type Json } from '@indistinct/core'
import { expandGrid } from '@indistinct/stages'
import { gridResults, type GridResults } from './grid-results.ts'
import { runGrid, type GridRun } from './nx-run.ts'
import { runDisplay } from './run-display.ts'
import { startHelp, startOptions } from './start-options.ts'
import { summaryTable } from './summary-table.ts'

const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url))
const errorCodes = { usage: 2, 'bad-data': 3, file: 4 }
const signalCodes: { readonly [signal: string]: number } = { SIGINT: 130, SIGTERM: 143 }

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
    const display = quiet ? undefined : runDisplay(expandGrid(grid), process.stderr)
    const started = performance.now()
    const run = await runGrid(grid, workspaceRoot, { parallel, fresh, ...(dataFolder !== undefined && { dataFolder }), ...(display && { listener: display }) }).finally(() => display?.close())
    if (run.signal) {
      process.stderr.write(`stopped by ${run.signal}; finished stages are kept, and the same command goes on from them\n`)
      return signalCodes[run.signal] ?? 1
    }
    const results = gridResults(run, workspaceRoot)
    const code = exitCodeOf(run, results)
    const some = results.models.some((model) => model.attacks.length > 0 || model.utility.length > 0)
    if (json) process.stdout.write(`${canonicalJson({ schema: 'indistinct.start/1', complete: code === 0, ...results } as unknown as Json, 2)}\n`)
    else if (some) process.stdout.write(summaryTable(results))
    if (code !== 0) process.stderr.write(failureText(run, results))
    else if (!quiet) {
      const cached = [...run.outcomes.values()].filter((outcome) => outcome.status === 'cached').length
      process.stderr.write(`done in ${((performance.now() - started) / 1000).toFixed(1)} s, ${cached} of ${run.outcomes.size} stages from the cache\n`)
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

/** A run that gave some of its results is partly done; one that gave none ends as its first failed stage did. */
function exitCodeOf(run: GridRun, results: GridResults): number {
  if (results.missing.length === 0) return 0
  if (results.models.some((model) => model.attacks.length > 0 || model.utility.length > 0)) return 6
  return [...run.exitCodes.values()][0] ?? 1
}

/** What failed, with what it printed, or all that Nx printed when no stage was reached. */
function failureText(run: GridRun, results: GridResults): string {
  const failed = [...run.outcomes].filter(([, outcome]) => outcome.status === 'failed')
  if (failed.length === 0) return `nx ended before any stage was run:\n${run.output}\n`
  const texts = failed.map(([id, { output = '' }]) => {
    const said = output.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('> node ') && !line.startsWith('Warning: command '))
    return `${id} failed:\n${said.map((line) => `  ${line}`).join('\n')}\n`
  })
  const left = results.missing.length - failed.length
  return `${texts.join('')}${left > 0 ? `${left} stages were left out, since they need ${failed.length === 1 ? 'it' : 'them'}.\n` : ''}`
}
