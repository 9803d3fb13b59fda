/** @file Grids by file or by name. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileError, parseJson, usageError } from '@indistinct/core'
import type { Grid } from '@indistinct/stages'
import { checkedGrid } from './check-grid.ts'

const folder = new URL('../../grids/', import.meta.url)

/**
 * The grid in the JSON file `path`, or the committed grid `name`.
 * @throws IndistinctError 'usage' when there is neither, or what the file has is no grid; 'file' when it is no JSON.
 */
export async function gridNamed(name: string, path: string): Promise<Grid> {
  const committed = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -3))
    .sort()
  if (committed.includes(name)) {
    const module = (await import(new URL(`${name}.ts`, folder).href)) as { [name: string]: unknown }
    return Object.values(module).find((exported) => typeof exported === 'object') as Grid
  }
  if (!existsSync(path))
    throw usageError(`--grid: expected a JSON file or one of ${committed.join(', ')}, got ${JSON.stringify(name)}`)
  return checkedGrid(parsed(path), name)
}

function parsed(path: string): unknown {
  try {
    return parseJson(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw fileError(`cannot read the grid ${path}: ${(cause as Error).message}`, { cause })
  }
}
