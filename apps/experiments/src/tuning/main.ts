/**
 * @file `npm run tuning`: trains every point of grids/tuning.ts, chooses on validation items, and measures what was
 * chosen; writes results/tuning and settings/tuned.json.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import type { FrontierResults } from '../frontier/page.ts'
import { gridCommand, saidCode, workspaceRoot, type GridCommand } from '../nx/grid-command.ts'
import { tunedPath } from '../tuned.ts'
import { flowsOf, pointsOf, yardsticksOf } from './collect.ts'
import { comparisonGrid, flowDatasets, flowGrid, pointsGrid, tunedDatasets } from './grids.ts'
import { merged, withSmoothed } from './merge.ts'
import { settingsOf, tuningPage, type TuningResults } from './page.ts'

const help = `npm run tuning: settings of recommenders, chosen on validation items.
Writes results/tuning and settings/tuned.json. Needs INDISTINCT_DATA. An hour of one core.

  [DATASET]…     only these of ${tunedDatasets.join(', ')}; rows of others stay as they are
`
const results = join(workspaceRoot, 'apps/experiments/results')
const resultsFile = join(results, 'tuning/tuning.json')

await gridCommand(help, { options: {}, names: Infinity }, async (command) => {
  const code = command.summary ? 0 : await measured(command)
  const known = stored()
  const frontier = JSON.parse(readFileSync(join(results, 'frontier/frontier.json'), 'utf8')) as FrontierResults
  writeFileAtomic(join(results, 'tuning/README.md'), tuningPage(known, frontier))
  writeFileAtomic(fileURLToPath(tunedPath), jsonText(settingsOf(known), 1))
  return code
})

/**
 * Runs the grids one after the other. What was made takes the place of the rows of its data sets, where all of it was
 * made: settings chosen among some of the points would be others.
 */
async function measured({ positionals, run }: GridCommand): Promise<number> {
  const datasets = positionals.length === 0 ? tunedDatasets : positionals
  for (const name of datasets)
    if (!tunedDatasets.includes(name))
      throw usageError(`tuning: expected data sets among ${tunedDatasets.join(', ')}, got ${name}`)
  const runs = [await run(pointsGrid(datasets))]
  const points = pointsOf(runs[0]!, workspaceRoot)
  const unlearnedOn = flowDatasets.filter((name) => points.some(({ dataset }) => dataset === name))
  if (points.length > 0 && !runs[0]!.signal) runs.push(await run(comparisonGrid(points, datasets)))
  if (unlearnedOn.length > 0 && !runs.at(-1)!.signal) runs.push(await run(flowGrid(points, unlearnedOn)))
  const [, compared, unlearned] = runs
  const code = Math.max(...runs.map((each) => saidCode(each, points.length > 0)))
  if (!compared || code !== 0) {
    process.stderr.write('tuning: results stay as they were; what is done is kept, and the same command goes on\n')
    return code
  }
  const own = {
    points: withSmoothed(points, pointsOf(compared, workspaceRoot)),
    yardsticks: yardsticksOf(compared, workspaceRoot),
    flows: unlearned ? flowsOf(unlearned, workspaceRoot) : [],
  }
  writeFileAtomic(resultsFile, jsonText(merged(stored(), own), 1))
  return code
}

function stored(): TuningResults {
  if (!existsSync(resultsFile)) return { schema: 'indistinct.tuning/1', points: [], yardsticks: [], flows: [] }
  return JSON.parse(readFileSync(resultsFile, 'utf8')) as TuningResults
}
