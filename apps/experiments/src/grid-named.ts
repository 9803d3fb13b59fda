/** @file Grids by file or by name. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileError, parseJson, usageError } from '@indistinct/core'
import type { Grid } from '@indistinct/stages'

const folder = new URL('../grids/', import.meta.url)

/**
 * The grid in the JSON file `path`, or the committed grid `name`.
 * @throws IndistinctError 'usage' when there is neither, 'file' when the file is no JSON.
 */
export async function gridNamed(name: string, path: string): Promise<Grid> {
  const committed = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .sort()
  if (committed.includes(name)) {
    const module = (await import(new URL(`${name}.ts`, folder).href)) as { [name: string]: Grid }
    return Object.values(module)[0]!
  }
  if (!existsSync(path))
    throw usageError(`--grid: expected a JSON file or one of ${committed.join(', ')}, got ${JSON.stringify(name)}`)
  return checked(parsed(path), name)
}

function parsed(path: string): unknown {
  try {
    return parseJson(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw fileError(`cannot read the grid ${path}: ${(cause as Error).message}`, { cause })
  }
}

/** A grid written by hand may lack a dimension; what its values may be, the stages tell. */
function checked(value: unknown, name: string): Grid {
  const { name: own, products } = (value ?? {}) as { name?: unknown; products?: unknown }
  if (typeof own !== 'string' || !Array.isArray(products))
    throw usageError(
      `--grid ${name}: expected an object with name and products, got ${JSON.stringify(value).slice(0, 60)}`,
    )
  for (const [at, product] of products.entries()) {
    for (const dimension of ['datasets', 'recommenders', 'methods', 'attackers', 'protocols', 'attributes', 'seeds']) {
      if (!Array.isArray((product as { [dimension: string]: unknown } | null)?.[dimension])) {
        throw usageError(
          `--grid ${name}: expected products[${at}].${dimension} as a list, got ` +
            `${JSON.stringify((product as { [dimension: string]: unknown } | null)?.[dimension])}`,
        )
      }
    }
  }
  return value as Grid
}
