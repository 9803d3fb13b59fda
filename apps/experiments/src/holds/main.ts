/** @file `npm run holds`: the grid `holds` through Nx, then results/holds and the table on the first page. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonText, writeFileAtomic } from '@indistinct/core'
import { expandGrid } from '@indistinct/stages'
import { holds, holdsOf } from '../../grids/holds.ts'
import { gridCommand, workspaceRoot, type GridCommand } from '../nx/grid-command.ts'
import { failureText } from '../nx/run-outcome.ts'
import { positive } from '../start/start-values.ts'
import { holdsPage } from './holds-page.ts'
import { aboutOf, holdsRows, holdsSchema, keyOf, mergeRows, type HoldsResults } from './holds-results.ts'
import { withHoldsTable } from './readme-table.ts'
import { lists, selected } from './selected-grid.ts'

const help = `npm run holds: what methods leave to attackers, by what these hold; writes results/holds.
Needs INDISTINCT_DATA. All of it takes hours. Rows that are not asked for stay as they are.

  --datasets LIST --attributes LIST --recommenders LIST --methods LIST
                 only these, such as --methods flow,leace; options of a method after blanks,
                 as in --methods 'flow smooth 10'
  --factors N    only models of N dimensions
`
const results = join(workspaceRoot, 'apps/experiments/results/holds')
const path = join(results, 'holds.json')
const text = { type: 'string' } as const

await gridCommand(
  help,
  { options: { ...Object.fromEntries(lists.map((name) => [name, text])), factors: text }, names: 0 },
  async (command) => {
    const known: HoldsResults = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as HoldsResults)
      : { schema: holdsSchema, rows: [] }
    const made = command.summary ? { rows: [], code: 0 } : await madeRows(command)
    const all: HoldsResults = { schema: holdsSchema, rows: inGridOrder(mergeRows(known.rows, made.rows)) }
    writeFileAtomic(path, jsonText(all, 1))
    writeFileAtomic(join(results, 'README.md'), holdsPage(all, expandGrid(holds).models.map(aboutOf)))
    const readme = join(workspaceRoot, 'README.md')
    writeFileAtomic(readme, withHoldsTable(readFileSync(readme, 'utf8'), all))
    return made.code
  },
)

/** Refusals are results; whatever else failed is said, and the rest is kept. */
async function madeRows({ values, run: runGrid }: GridCommand): Promise<{ rows: HoldsResults['rows']; code: number }> {
  const { factors } = values
  const run = await runGrid(
    selected(holdsOf(factors === undefined ? undefined : positive('factors', String(factors))), values),
  )
  const rows = holdsRows(run, workspaceRoot)
  const failed = [...run.outcomes].filter(([id, { status }]) => status === 'failed' && run.exitCodes.get(id) !== 5)
  if (run.signal || run.outcomes.size === 0 || failed.length > 0)
    process.stderr.write(
      failureText(
        run,
        failed.map(([id]) => id),
      ),
    )
  return { rows, code: run.signal || run.outcomes.size === 0 ? 1 : failed.length > 0 ? 6 : 0 }
}

/**
 * In the order of the grid, so that a row that is made later does not stand last; rows of models that it no longer has
 * are gone.
 */
function inGridOrder(rows: HoldsResults['rows']): HoldsResults['rows'] {
  const order = expandGrid(holds).models.map((model) => keyOf(aboutOf(model)))
  const at = (row: HoldsResults['rows'][number]): number => order.indexOf(keyOf(row))
  return rows.filter((row) => at(row) >= 0).sort((a, b) => at(a) - at(b))
}
