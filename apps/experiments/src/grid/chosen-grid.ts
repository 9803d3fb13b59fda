/** @file The grid that a command names, narrowed to what it asks for. */

import { resolve } from 'node:path'
import { usageError } from '@indistinct/core'
import { expandGrid, type ExpandedGrid, type Product } from '@indistinct/stages'
import { gridNamed } from '../grid-file/grid-named.ts'

const dimensions = ['datasets', 'recommenders', 'methods'] as const

export interface GridChoice {
  /** Of a committed grid, or of a JSON file. */
  readonly grid: string
  readonly datasets?: readonly string[] | undefined
  readonly recommenders?: readonly string[] | undefined
  readonly methods?: readonly string[] | undefined
  /** The first n of each product's seeds. */
  readonly seeds?: number | undefined
}

/**
 * The grid of `choice` with its nodes.
 * @throws IndistinctError 'usage' for names that the grid does not have, or more seeds than it has.
 */
export async function chosenGrid(choice: GridChoice): Promise<ExpandedGrid> {
  const grid = await gridNamed(choice.grid, resolve(choice.grid))
  for (const dimension of dimensions) {
    const known = namesOf(grid.products, dimension)
    for (const name of choice[dimension] ?? []) {
      if (!known.includes(name))
        throw usageError(
          `--${dimension}: expected some of ${known.join(', ')}, which grid ${grid.name} has, got ` +
            `${JSON.stringify(name)}`,
        )
    }
  }
  const products = grid.products
    .map((product) => narrowed(product, choice))
    .filter(
      ({ datasets, recommenders, methods }, at) =>
        datasets.length > 0 &&
        recommenders.length > 0 &&
        (methods.length > 0 || grid.products[at]!.methods.length === 0),
    )
  const most = Math.max(0, ...grid.products.map(({ seeds }) => seeds.length))
  if (choice.seeds !== undefined && choice.seeds > most)
    throw usageError(`--seeds: expected at most ${most}, as many as grid ${grid.name} has, got ${choice.seeds}`)
  if (products.length === 0 && grid.products.length > 0)
    throw usageError(`grid ${grid.name} has no product with all of --datasets, --recommenders and --methods`)
  // A name that the grid has, yet with none of the others, would be left out in silence.
  for (const dimension of dimensions) {
    const left = namesOf(products, dimension)
    for (const name of choice[dimension] ?? []) {
      if (!left.includes(name))
        throw usageError(
          `--${dimension}: grid ${grid.name} has ${name}, but not with the other names that are asked for, which it ` +
            `has with ${left.join(', ')}`,
        )
    }
  }
  return expandGrid({ ...grid, products })
}

function namesOf(products: readonly Product[], dimension: (typeof dimensions)[number]): string[] {
  return [...new Set(products.flatMap((product) => product[dimension].map(({ name }) => name)))]
}

function narrowed(product: Product, { datasets, recommenders, methods, seeds }: GridChoice): Product {
  const kept = <T extends { name: string }>(choices: readonly T[], names: readonly string[] | undefined): T[] =>
    choices.filter(({ name }) => names?.includes(name) ?? true)
  return {
    ...product,
    datasets: kept(product.datasets, datasets),
    recommenders: kept(product.recommenders, recommenders),
    methods: kept(product.methods, methods),
    seeds: product.seeds.slice(0, seeds),
  }
}

/** `choice` as arguments of a command that means the same grid, wherever it is run. */
export function choiceArguments({ grid, datasets, recommenders, methods, seeds }: GridChoice): {
  readonly name: string
  readonly flags: readonly string[]
} {
  const lists = Object.entries({ datasets, recommenders, methods }).flatMap(([flag, names]) =>
    names ? [`--${flag}`, names.join(',')] : [],
  )
  return {
    name: grid.endsWith('.json') ? resolve(grid) : grid,
    flags: [...lists, ...(seeds === undefined ? [] : ['--seeds', String(seeds)])],
  }
}
