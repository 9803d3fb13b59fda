/** @file The part of a grid that is asked for by names. */

import { usageError } from '@indistinct/core'
import type { Choice, Grid, Product } from '@indistinct/stages'
import { askedAs } from './holds-results.ts'

/** Said of a name that the grid has, yet with none of the others: it would be left out in silence. */
const together = ', which the grid has with the others that are asked for'

/** What may be asked for. */
export const lists = ['datasets', 'attributes', 'recommenders', 'methods'] as const

/**
 * `grid` with what `values` ask for alone, as --datasets and its like.
 * @throws IndistinctError 'usage' for a name that is not in the grid, and where nothing is left.
 */
export function selected(grid: Grid, values: { readonly [name: string]: unknown }): Grid {
  const asked = lists.map((name) => values[name]?.toString().split(','))
  const known = lists.map((name) => [...new Set(grid.products.flatMap((product) => namesOf(product, name)))])
  lists.forEach((name, at) => checkNames(name, asked[at] ?? [], known[at]!))
  const [datasets, attributes, recommenders, methods] = asked
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
    .filter((product) => lists.every((name) => product[name].length > 0))
  if (products.length === 0)
    throw usageError('holds: expected data sets, attributes, recommenders and methods that grids/holds.ts has together')
  lists.forEach((name, at) =>
    checkNames(name, asked[at] ?? [], [...new Set(products.flatMap((product) => namesOf(product, name)))], together),
  )
  return { ...grid, products }
}

/** What --datasets and its like may name in `product`; of methods also those of their options that are shown. */
function namesOf(product: Product, list: (typeof lists)[number]): readonly string[] {
  if (list === 'attributes') return product.attributes
  if (list !== 'methods') return product[list].map(({ name }) => name)
  return product.methods.flatMap(({ name, options = {} }) => [name, askedAs({ method: name, options })])
}

function checkNames(list: string, asked: readonly string[], known: readonly string[], why = ''): void {
  for (const name of asked)
    if (!known.includes(name))
      throw usageError(`--${list}: expected one of ${known.join(', ')}${why}, got ${JSON.stringify(name)}`)
}
