/** @file `npm run holds`: the grid `holds` through Nx, then results/holds and the table on the first page. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import { expandGrid, type Choice, type Grid, type Product } from '@indistinct/stages'
import { holds, holdsOf } from '../../grids/holds.ts'
import { gridCommand, workspaceRoot, type GridCommand } from '../nx/grid-command.ts'
import { failureText } from '../nx/run-outcome.ts'
import { positive } from '../start/start-values.ts'
import { holdsPage } from './holds-page.ts'
import { aboutOf, askedAs, holdsRows, holdsSchema, keyOf, mergeRows, type HoldsResults } from './holds-results.ts'
import { withHoldsTable } from './readme-table.ts'

const help = `npm run holds: what methods leave to attackers, by what these hold; writes results/holds.
Needs INDISTINCT_DATA. All of it takes hours. Rows that are not asked for stay as they are.

  --datasets LIST --attributes LIST --recommenders LIST --methods LIST
                 only these, such as --methods flow,leace; options of a method after blanks,
                 as in --methods 'flow smooth 10'
  --factors N    only models of N dimensions
`
const results = join(workspaceRoot, 'apps/experiments/results/holds')
const path = join(results, 'holds.json')
const lists = ['datasets', 'attributes', 'recommenders', 'methods'] as const
const text = { type: 'string' } as const

await gridCommand(
  help,
  { ...Object.fromEntries(lists.map((name) => [name, text])), factors: text },
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

function selected(grid: Grid, values: GridCommand['values']): Grid {
  const [datasets, attributes, recommenders, methods] = lists.map((name) => values[name]?.toString().split(','))
  const keep = (choices: readonly Choice[], names: readonly string[] | undefined): Choice[] =>
    choices.filter(({ name }) => names?.includes(name) ?? true)
  const products = grid.products
    .map((product): Product => ({
      ...product,
      datasets: keep(product.datasets, datasets),
      attributes: product.attributes.filter((name) => attributes?.includes(name) ?? true),
      recommenders: keep(product.recommenders, recommenders),
      methods: product.methods.filter(
        ({ name, options = {} }) =>
          methods?.some((each) => [name, askedAs({ method: name, options })].includes(each)) ?? true,
      ),
    }))
    .filter((product) => [product.datasets, product.attributes, product.recommenders].every(({ length }) => length > 0))
  if (products.length === 0)
    throw usageError('holds: expected data sets, attributes and recommenders of grids/holds.ts, got none of them')
  return { ...grid, products }
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
