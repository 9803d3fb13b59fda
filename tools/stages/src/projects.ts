/** @file From stage nodes to Nx project configurations: one project per artifact, one target each. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, type Json } from '@indistinct/core'
import type { ProjectConfiguration } from 'nx/src/devkit-exports.js'
import { stagePackages, stages, type Stage, type StageInput, type StageNode } from './stage.ts'

/**
 * Projects by root for `nodes`.
 *
 * A task's hash covers every target of its project, so siblings under one project would rerun each other: each node is a
 * project of its own. `dependsOn` orders tasks without entering the hash, so the bytes of upstream artifacts are inputs;
 * `transitive` because stale results were seen without it. Code enters through `implicitDependencies` and `^production`.
 * @param workspaceRoot where package.json files are looked up.
 */
export function projectsOf(nodes: readonly StageNode[], workspaceRoot: string): { [root: string]: ProjectConfiguration } {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const external = externalDependencies(workspaceRoot)
  const projects: { [root: string]: ProjectConfiguration } = {}
  for (const node of nodes) {
    projects[node.root] = {
      name: node.id,
      root: node.root,
      projectType: 'application',
      tags: [`stage:${node.stage}`],
      implicitDependencies: [...stagePackages[node.stage]],
      targets: {
        [node.stage]: {
          executor: 'nx:run-commands',
          cache: true,
          dependsOn: [...new Set(Object.values(node.upstream))].map((id) => ({ projects: [id], target: stageOf(byId, id) })),
          inputs: [
            '^production',
            { dependentTasksOutputFiles: '**/artifact/**', transitive: true },
            { externalDependencies: external[node.stage] },
            ...runnerSources(node.stage),
            ...outerInputs(node),
          ],
          // Wall-clock lies beside the artifact: restored with it, so that a cached run can still tell the seconds it
          // took, yet outside what downstream stages hash.
          outputs: ['{projectRoot}/artifact', '{projectRoot}/timing'],
          options: {
            command: 'node --import tsx apps/experiments/src/run-stage.ts',
            cwd: '{workspaceRoot}',
            env: { INDISTINCT_STAGE: canonicalJson(inputOf(node, byId) as unknown as Json) },
          },
        },
      },
    }
  }
  return projects
}

/** The frame that every runner runs in, the runner, and files of its own beside it, named after it. */
function runnerSources(stage: Stage): string[] {
  const sources = '{workspaceRoot}/apps/experiments/src'
  return [`${sources}/run-stage.ts`, `${sources}/store/**/*.ts`, `${sources}/stages/${stage}.ts`, `${sources}/stages/${stage}-*.ts`, `!${sources}/**/*.test.ts`]
}

/** What lies outside the repository and changes results: data files, and which XGBoost was asked for. */
function outerInputs(node: StageNode): ({ runtime: string } | { env: string })[] {
  if (node.stage === 'attack') return [{ env: 'INDISTINCT_XGBOOST' }, { env: 'XGBOOST_LIB' }]
  if (node.stage !== 'prepare') return []
  const { name, options } = node.parameters['dataset'] as { name: string; options: { [name: string]: unknown } }
  if (name === 'synthetic') return []
  const files = name === 'csv' ? Object.values(options).filter((value) => typeof value === 'string') : []
  return [{ runtime: ['node --import tsx apps/experiments/src/data-digest.ts', name, ...files.map(shellQuoted)].join(' ') }]
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function inputOf(node: StageNode, byId: ReadonlyMap<string, StageNode>): StageInput {
  const upstream: { [role: string]: string } = {}
  for (const [role, id] of Object.entries(node.upstream)) upstream[role] = byId.get(id)!.root
  return { id: node.id, stage: node.stage, root: node.root, parameters: node.parameters, upstream }
}

function stageOf(byId: ReadonlyMap<string, StageNode>, id: string): Stage {
  const node = byId.get(id)
  if (node === undefined) throw new RangeError(`projectsOf: expected every upstream node among the nodes, got none named ${id}`)
  return node.stage
}

/**
 * Registry packages that each stage runs, by stage. Without a list Nx hashes the whole lockfile, and any update of any
 * tool would train everything again.
 */
function externalDependencies(workspaceRoot: string): { [stage in Stage]: string[] } {
  const folderOf = (name: string): string | undefined => {
    const folders = ['packages', 'tools'].map((parent) => join(workspaceRoot, parent, name.replace('@indistinct/', '')))
    return name.startsWith('@indistinct/') ? folders.find((folder) => existsSync(folder)) : undefined
  }
  const out: { [stage: string]: string[] } = {}
  for (const stage of stages) {
    const seen = new Set<string>(['tsx'])
    const collect = (name: string): void => {
      if (seen.has(name)) return
      seen.add(name)
      const folder = folderOf(name)
      if (folder === undefined) return
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies?: { [name: string]: string } }
      for (const dependency of Object.keys(manifest.dependencies ?? {})) collect(dependency)
    }
    for (const name of stagePackages[stage]) collect(name)
    out[stage] = [...seen].filter((name) => !name.startsWith('@indistinct/')).sort()
  }
  return out as { [stage in Stage]: string[] }
}
