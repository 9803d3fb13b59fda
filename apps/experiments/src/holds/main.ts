/**
 * @file `npm run holds`: the grid `holds` through Nx, then results/holds and the table on the first page.
 *
 *   npm run holds                                        all of it; what did not change comes from the cache
 *   npm run holds -- --datasets oulad --attributes disability --methods flow,leace --recommenders lightgcn
 *   npm run holds -- --datasets ml-1m --factors 64
 *   npm run holds -- --summary                           only the pages of what is there
 *
 * Rows that were made take the place of those in holds.json; other rows stay. Needs INDISTINCT_DATA.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import { expandGrid, type Choice, type Grid, type Product } from '@indistinct/stages'
import { holds, holdsOf } from '../../grids/holds.ts'
import { failureText } from '../nx/run-outcome.ts'
import { shownRun } from '../nx/shown-run.ts'
import { holdsPage } from './holds-page.ts'
import { aboutOf, holdsRows, holdsSchema, keyOf, mergeRows, type HoldsResults } from './holds-results.ts'
import { withHoldsTable } from './readme-table.ts'

const workspace = fileURLToPath(new URL('../../../..', import.meta.url))
const results = join(workspace, 'apps/experiments/results/holds')
const { values } = parseArgs({
  options: {
    datasets: { type: 'string' },
    attributes: { type: 'string' },
    recommenders: { type: 'string' },
    methods: { type: 'string' },
    factors: { type: 'string' },
    parallel: { type: 'string' },
    fresh: { type: 'boolean' },
    summary: { type: 'boolean' },
  },
})

const path = join(results, 'holds.json')
const known: HoldsResults = existsSync(path)
  ? (JSON.parse(readFileSync(path, 'utf8')) as HoldsResults)
  : { schema: holdsSchema, rows: [] }
const made = values.summary ? { rows: [], code: 0 } : await madeRows()
const all: HoldsResults = { schema: holdsSchema, rows: inGridOrder(mergeRows(known.rows, made.rows)) }
writeFileAtomic(path, jsonText(all, 1))
writeFileAtomic(join(results, 'README.md'), holdsPage(all, expandGrid(holds).models.map(aboutOf)))
const readme = join(workspace, 'README.md')
writeFileAtomic(readme, withHoldsTable(readFileSync(readme, 'utf8'), all))
process.exit(made.code)

/** Refusals are results; whatever else failed is said, and the rest is kept. */
async function madeRows(): Promise<{ rows: ReturnType<typeof holdsRows>; code: number }> {
  const grid = selected(holdsOf(values.factors === undefined ? undefined : Number(values.factors)))
  const run = await shownRun(grid, workspace, { parallel: Number(values.parallel ?? 2), fresh: values.fresh === true })
  const rows = holdsRows(run, workspace)
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

function selected(grid: Grid): Grid {
  const [datasets, attributes, recommenders, methods] = [
    values.datasets,
    values.attributes,
    values.recommenders,
    values.methods,
  ].map((list) => list?.split(','))
  const keep = (choices: readonly Choice[], names: readonly string[] | undefined): Choice[] =>
    choices.filter(({ name }) => names?.includes(name) ?? true)
  const products = grid.products
    .map((product): Product => ({
      ...product,
      datasets: keep(product.datasets, datasets),
      attributes: product.attributes.filter((name) => attributes?.includes(name) ?? true),
      recommenders: keep(product.recommenders, recommenders),
      methods: keep(product.methods, methods),
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
