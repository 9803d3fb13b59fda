/** @file From stage nodes to Nx project configurations: one project per artifact, one target each. */

import { canonicalJson, type Json } from '@indistinct/core'
import type { ProjectConfiguration } from 'nx/src/devkit-exports.js'
import { dataOf, outerVariables, stageCodes } from './stage-code.ts'
import { stageInput, type Stage, type StageNode } from './stage.ts'

/**
 * Projects by root for `nodes`.
 *
 * A task's hash covers every target of its project, so siblings under one project would rerun each other: each node is
 * a project of its own. `dependsOn` orders tasks without entering the hash, so the bytes of upstream artifacts are
 * inputs; `transitive` because stale results were seen without it. Code enters as the digest of the files that the
 * stage loads, in the target itself: as inputs the files of all stages would be a list of millions of lines.
 * @param workspaceRoot where package.json files are looked up.
 */
export function projectsOf(
  nodes: readonly StageNode[],
  workspaceRoot: string,
): { [root: string]: ProjectConfiguration } {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const codeOf = stageCodes(workspaceRoot)
  const projects: { [root: string]: ProjectConfiguration } = {}
  for (const node of nodes) {
    const code = codeOf(node, byId)
    projects[node.root] = {
      name: node.id,
      root: node.root,
      projectType: 'application',
      tags: [`stage:${node.stage}`],
      targets: {
        [node.stage]: {
          executor: 'nx:run-commands',
          cache: true,
          dependsOn: [...new Set(Object.values(node.upstream))].map((id) => ({
            projects: [id],
            target: stageOf(byId, id),
          })),
          inputs: [
            { dependentTasksOutputFiles: '**/artifact/**', transitive: true },
            // Their versions are in the digest; without a list Nx would take those of the whole lockfile.
            { externalDependencies: [...code.external] },
            ...outerInputs(node),
          ],
          // Wall-clock lies beside the artifact: restored with it, so that a cached run can still tell the seconds it
          // took, yet outside what downstream stages hash.
          outputs: ['{projectRoot}/artifact', '{projectRoot}/timing'],
          options: {
            command: 'node --import @indistinct/loader apps/experiments/src/run-stage.ts',
            cwd: '{workspaceRoot}',
            env: {
              INDISTINCT_STAGE: canonicalJson(stageInput(node, byId) as unknown as Json),
              INDISTINCT_STAGE_CODE: code.digest,
            },
          },
        },
      },
    }
  }
  return projects
}

/** What lies outside the repository and changes results: data files, and variables of the environment. */
function outerInputs(node: StageNode): ({ runtime: string } | { env: string })[] {
  const variables = outerVariables(node)
  if (variables.length > 0) return variables.map((env) => ({ env }))
  const data = dataOf(node)
  return data === undefined
    ? []
    : [
        {
          runtime: [
            'node --import @indistinct/loader apps/experiments/src/data/data-digest.ts',
            ...[data.name, ...data.files].map(shellQuoted),
          ].join(' '),
        },
      ]
}

function shellQuoted(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function stageOf(byId: ReadonlyMap<string, StageNode>, id: string): Stage {
  const node = byId.get(id)
  if (node === undefined)
    throw new RangeError(`projectsOf: expected every upstream node among the nodes, got none named ${id}`)
  return node.stage
}
