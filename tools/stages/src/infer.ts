/** @file The grids that Nx sees, and the projects they expand to. */

import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProjectConfiguration } from 'nx/src/devkit-exports.js'
import { expandGrid, mergeNodes } from './expand.ts'
import type { Grid } from './grid.ts'
import { projectsOf } from './projects.ts'

/** The environment variable that names a grid's JSON file; with it, Nx sees that grid alone. */
export const gridVariable = 'INDISTINCT_GRID'

/**
 * Projects by root: those of the grid that INDISTINCT_GRID names, of all committed grids otherwise.
 * @param gridFiles TypeScript modules, relative to the workspace; every export of theirs is a grid.
 */
export async function inferProjects(
  gridFiles: readonly string[],
  workspaceRoot: string,
): Promise<{ [root: string]: ProjectConfiguration }> {
  const chosen = process.env[gridVariable]
  const grids: Grid[] = []
  if (chosen) {
    grids.push(JSON.parse(readFileSync(isAbsolute(chosen) ? chosen : join(workspaceRoot, chosen), 'utf8')) as Grid)
  } else {
    for (const file of gridFiles) {
      const module = (await import(pathToFileURL(join(workspaceRoot, file)).href)) as {
        [name: string]: Grid
      }
      grids.push(...Object.values(module))
    }
  }
  return projectsOf(mergeNodes(grids.map(expandGrid)), workspaceRoot)
}
