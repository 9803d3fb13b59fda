/**
 * @file The plugin as Nx loads it: plain JavaScript, since Nx has no loader for TypeScript without further packages.
 */

import '@indistinct/loader'

const grids = 'apps/experiments/grids/*.ts'

/** @type {import('nx/src/devkit-exports.js').CreateNodesV2} */
export const createNodesV2 = [
  grids,
  async (files, _options, { workspaceRoot }) => {
    /** @type {typeof import('./src/infer.ts')} */
    const { inferProjects } = await import('./src/infer.ts')
    const sorted = [...files].sort()
    // One grid file stands for all: nodes that two grids share must not be declared twice.
    return [[sorted[0] ?? grids, { projects: await inferProjects(sorted, workspaceRoot) }]]
  },
]

/** @type {import('nx/src/devkit-exports.js').PostTasksExecution} */
export const postTasksExecution = async (_options, { taskResults }) => {
  /** @type {typeof import('./src/task-results.ts')} */
  const { writeTaskResults } = await import('./src/task-results.ts')
  writeTaskResults(taskResults)
}
