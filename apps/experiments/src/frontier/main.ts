/**
 * @file `npm run frontier`: what each rung of the ladder leaves to the whole battery, and what it costs; writes
 * results/frontier.
 *
 *   npm run frontier                  all models in the order of cells.ts; a stopped run goes on where it was
 *   npm run frontier -- ml-100k-nmf   those whose names start so; several such runs share the work through the folder
 *   npm run frontier -- ml-1m --rungs original,flow
 *   npm run frontier -- --missing     those that results/frontier lacks
 *   npm run frontier -- --summary     only the page of what is there
 *
 * What is measured takes the place of its row in results/frontier; other rows stay. Needs INDISTINCT_DATA. Models and
 * figures lie in artifacts/frontier, in a folder that is named by the code that they run: none outlives a change of it.
 * INDISTINCT_THREADS=1 makes processor seconds those of one thread.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { canonicalJson, jsonText, usageError, writeFileAtomic, type Json } from '@indistinct/core'
import { codeDigest } from '@indistinct/stages'
import { cellName, cells, rungsOf } from './cells.ts'
import { measure, type Measured } from './measure.ts'
import { frontierPage, type FrontierResults } from './page.ts'
import { condensed } from './summary.ts'

const workspace = fileURLToPath(new URL('../../../..', import.meta.url))
const code = codeDigest(['apps/experiments/src/frontier/measure.ts'], workspace)
const folder = join(workspace, 'artifacts', 'frontier', code.slice(0, 16))
const results = fileURLToPath(new URL('../../results/frontier', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rungs: { type: 'string' }, missing: { type: 'boolean' }, summary: { type: 'boolean' } },
})
const [selection = ''] = positionals
const only = values.rungs?.split(',')
const planned = cells.flatMap((cell) =>
  rungsOf(cell).map((rung) => {
    const name = `${cellName(cell)}-${rung}`
    return { cell, rung, name, place: join(folder, 'measured', `${name}.json`) }
  }),
)
const stored = (): Map<string, FrontierResults['measured'][number]> => {
  const { measured } = JSON.parse(readFileSync(join(results, 'frontier.json'), 'utf8')) as FrontierResults
  return new Map(measured.map((row) => [`${cellName(row.cell)}-${row.rung}`, row]))
}
if (!values.summary) {
  const chosen = planned.filter(
    ({ cell, rung }) => cellName(cell).startsWith(selection) && (only?.includes(rung) ?? true),
  )
  if (chosen.length === 0)
    throw usageError(
      `frontier: expected the start of a name such as ${cellName(cells[0]!)} and its rungs, got ` +
        `${process.argv.slice(2).join(' ')}`,
    )
  for (const { cell, rung, name, place } of chosen) {
    if (existsSync(place) || (values.missing && stored().has(name))) continue
    const started = process.cpuUsage()
    writeFileAtomic(place, canonicalJson((await measure(cell, rung, folder)) as unknown as Json))
    const { user, system } = process.cpuUsage(started)
    console.error(`${name}: ${((user + system) / 1e6).toFixed(0)} processor seconds`)
  }
}
const known = stored()
const measured = planned.flatMap(({ name, place }) =>
  existsSync(place) ? condensed(JSON.parse(readFileSync(place, 'utf8')) as Measured) : (known.get(name) ?? []),
)
const summary: FrontierResults = { schema: 'indistinct.frontier/1', measured }
writeFileAtomic(join(results, 'frontier.json'), jsonText(summary, 1))
writeFileAtomic(join(results, 'README.md'), frontierPage(summary))
// Threads of attackers must not keep a finished run alive.
process.exit(0)
