/**
 * @file `npm run tuning`: trains every point of grids/tuning.ts, chooses on validation items, and measures what was
 * chosen; writes results/tuning and settings/tuned.json.
 *
 *   npm run tuning                  all data sets; finished stages come from the cache
 *   npm run tuning -- ml-100k       some of them; the rows of others stay
 *   npm run tuning -- --summary     only the page and the settings from results/tuning/tuning.json
 *
 * Needs INDISTINCT_DATA. An hour of one core; INDISTINCT_THREADS and --parallel as in npm start change no byte.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import type { Grid } from '@indistinct/stages'
import type { FrontierResults } from '../frontier/page.ts'
import type { GridRun } from '../nx/nx-run.ts'
import { exitCodeOf, failureText, signalCodes } from '../nx/run-outcome.ts'
import { shownRun } from '../nx/shown-run.ts'
import { tunedPath } from '../tuned.ts'
import { flowsOf, pointsOf, yardsticksOf } from './collect.ts'
import { comparisonGrid, flowDatasets, flowGrid, pointsGrid, tunedDatasets } from './grids.ts'
import { merged, withSmoothed } from './merge.ts'
import { settingsOf, tuningPage, type TuningResults } from './page.ts'

const workspaceRoot = fileURLToPath(new URL('../../../..', import.meta.url))
const results = fileURLToPath(new URL('../../results/tuning', import.meta.url))
const resultsFile = join(results, 'tuning.json')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { parallel: { type: 'string' }, summary: { type: 'boolean' } },
})
const datasets = positionals.length === 0 ? tunedDatasets : positionals
for (const name of datasets)
  if (!tunedDatasets.includes(name))
    throw usageError(`tuning: expected data sets among ${tunedDatasets.join(', ')}, got ${name}`)
const parallel = Number(values.parallel ?? 2)

const code = values.summary ? 0 : await measured()
const known = stored()
const frontierFile = fileURLToPath(new URL('../../results/frontier/frontier.json', import.meta.url))
const frontier = JSON.parse(readFileSync(frontierFile, 'utf8')) as FrontierResults
writeFileAtomic(join(results, 'README.md'), tuningPage(known, frontier))
writeFileAtomic(fileURLToPath(tunedPath), jsonText(settingsOf(known), 1))
process.exit(code)

/** Runs the grids one after the other; what was made takes the place of the rows of its data sets. */
async function measured(): Promise<number> {
  const run = (grid: Grid): Promise<GridRun> => shownRun(grid, workspaceRoot, { parallel })
  const runs = [await run(pointsGrid(datasets))]
  const points = pointsOf(runs[0]!, workspaceRoot)
  const unlearnedOn = flowDatasets.filter((name) => points.some(({ dataset }) => dataset === name))
  if (points.length > 0 && !runs[0]!.signal) runs.push(await run(comparisonGrid(points, datasets)))
  if (unlearnedOn.length > 0 && !runs.at(-1)!.signal) runs.push(await run(flowGrid(points, unlearnedOn)))
  const [, compared, unlearned] = runs
  const signal = runs.at(-1)!.signal
  if (signal) return signalCodes[signal] ?? 1
  if (compared) {
    const own = {
      points: withSmoothed(points, pointsOf(compared, workspaceRoot)),
      yardsticks: yardsticksOf(compared, workspaceRoot),
      flows: unlearned ? flowsOf(unlearned, workspaceRoot) : [],
    }
    writeFileAtomic(resultsFile, jsonText(merged(stored(), own), 1))
  }
  const codes = runs.map((each) => {
    const missing = each.expanded.nodes
      .filter(({ id }) => !['run', 'cached'].includes(each.outcomes.get(id)?.status ?? ''))
      .map(({ id }) => id)
    if (missing.length > 0) process.stderr.write(failureText(each, missing))
    return exitCodeOf(each, missing.length > 0, points.length > 0)
  })
  return Math.max(...codes)
}

function stored(): TuningResults {
  if (!existsSync(resultsFile)) return { schema: 'indistinct.tuning/1', points: [], yardsticks: [], flows: [] }
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as TuningResults
}
