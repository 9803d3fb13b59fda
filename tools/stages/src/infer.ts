/** @file The grids that Nx sees, and the projects they expand to. */

import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProjectConfiguration } from 'nx/src/devkit-exports.js'
import { expandGrid, mergeNodes } from './expand.ts'
import type { Grid } from './grid.ts'
import { projectsOf } from './projects.ts'

/**
 * The environment variable that names the grids Nx sees: a JSON file of one grid, the name of a committed grid, or
 * `all` of those. Without it Nx sees none: stages of every experiment would drown the targets of packages.
 */
export const gridVariable = 'INDISTINCT_GRID'

/**
 * Projects by root of the grids that INDISTINCT_GRID names.
 * @param gridFiles TypeScript modules, relative to the workspace, that export grids and functions that make some.
 * @throws RangeError for a name that no committed grid has.
 */
export async function inferProjects(
  gridFiles: readonly string[],
  workspaceRoot: string,
): Promise<{ [root: string]: ProjectConfiguration }> {
  const chosen = process.env[gridVariable]
  if (!chosen) return {}
  const grids = chosen.endsWith('.json')
    ? [JSON.parse(readFileSync(isAbsolute(chosen) ? chosen : join(workspaceRoot, chosen), 'utf8')) as Grid]
    : named(await committedGrids(gridFiles, workspaceRoot), chosen)
  return projectsOf(mergeNodes(grids.map(expandGrid)), workspaceRoot)
}

async function committedGrids(gridFiles: readonly string[], workspaceRoot: string): Promise<Grid[]> {
  const grids: Grid[] = []
  for (const file of gridFiles) {
    const module = (await import(pathToFileURL(join(workspaceRoot, file)).href)) as {
      [name: string]: Grid
    }
    grids.push(...Object.values(module).filter((each) => typeof each !== 'function'))
  }
  return grids
}

function named(grids: readonly Grid[], name: string): readonly Grid[] {
  const found = name === 'all' ? grids : grids.filter((grid) => grid.name === name)
  if (found.length > 0) return found
  const names = grids.map((grid) => grid.name).join(', ')
  throw new RangeError(`${gridVariable}: expected a JSON file, all, or one of ${names}, got ${name}`)
}
