/**
 * @file The plugin as Nx loads it: `lint`, `typecheck`, `test` and `e2e` of every package, app and tool, of test/, and
 * of the workspace itself; after a run one line of totals. Plain JavaScript, since every start of Nx loads it.
 */

import { benchProjects } from './src/bench-projects.js'
import { readWorkspace } from './src/read-workspace.js'
import { targetsOf, workspaceTargets } from './src/targets-of.js'
import { totalsLine } from './src/totals.js'

const manifests = '{packages,apps,tools}/*/package.json'

/** @type {import('nx/src/devkit-exports.js').CreateNodesV2} */
export const createNodesV2 = [
  manifests,
  (files, _options, { workspaceRoot }) => {
    const workspace = readWorkspace([...files].sort(), workspaceRoot)
    /** @type {Record<string, import('nx/src/devkit-exports.js').ProjectConfiguration>} */
    const projects = { '.': { name: 'workspace', root: '.', targets: workspaceTargets(workspace) } }
    for (const folder of workspace.folders) {
      const { root, manifest } = folder
      // Nx knows the packages by their manifests already; test/ has none.
      projects[root] = { root, ...(manifest ? {} : { name: root }), targets: targetsOf(folder, workspace) }
    }
    return [[files[0] ?? manifests, { projects: { ...projects, ...benchProjects(workspace, workspaceRoot) } }]]
  },
]

/** @type {import('nx/src/devkit-exports.js').PostTasksExecution} */
export const postTasksExecution = async (_options, { taskResults, workspaceRoot }) => {
  const line = totalsLine(Object.values(taskResults), workspaceRoot)
  if (line !== undefined) console.log(line)
}
