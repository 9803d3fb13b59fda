/**
 * @file What a stage's result depends on besides parameters and upstream artifacts: sources, registry packages, data
 * files.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson, sha256, type Json } from '@indistinct/core'
import { stagePackages, type Stage, type StageNode } from './stage.ts'

/**
 * The frame that every runner runs in, the runner, and files of its own beside it, named after it; patterns relative to
 * the workspace, those with `!` leave out.
 */
export function runnerSources(stage: Stage): string[] {
  const sources = 'apps/experiments/src'
  return [
    `${sources}/run-stage.ts`,
    `${sources}/store/**/*.ts`,
    `${sources}/stages/${stage}.ts`,
    `${sources}/stages/${stage}-*.ts`,
    '!**/*.test.ts',
  ]
}

/** The data files that a prepare stage reads: those of the known data set `name`, or the user's own `files`, as csv. */
export function dataOf(node: StageNode): { readonly name: string; readonly files: readonly string[] } | undefined {
  if (node.stage !== 'prepare') return undefined
  const { name, options } = node.parameters['dataset'] as { name: string; options: { [name: string]: unknown } }
  if (name === 'synthetic') return undefined
  const { interactions, attributes } = options
  if (interactions === undefined) return { name, files: [] }
  return { name: 'csv', files: [interactions, attributes].filter((value) => typeof value === 'string') }
}

/**
 * What `stage` runs: folders of workspace packages, and names of registry packages. Without the list of the latter Nx
 * hashes the whole lockfile, and any update of any tool would train everything again.
 */
export function stageDependencies(
  stage: Stage,
  workspaceRoot: string,
): { readonly folders: readonly string[]; readonly external: readonly string[] } {
  const seen = new Map<string, string | undefined>()
  const collect = (name: string): void => {
    if (seen.has(name)) return
    const folder = name.startsWith('@indistinct/')
      ? ['packages', 'tools']
          .map((parent) => `${parent}/${name.replace('@indistinct/', '')}`)
          .find((each) => existsSync(join(workspaceRoot, each)))
      : undefined
    seen.set(name, folder)
    if (folder === undefined) return
    const manifest = JSON.parse(readFileSync(join(workspaceRoot, folder, 'package.json'), 'utf8')) as {
      dependencies?: { [name: string]: string }
      peerDependencies?: { [name: string]: string }
    }
    for (const dependency of Object.keys(manifest.dependencies ?? {})) collect(dependency)
    // An optional peer is no input where it is not installed.
    for (const peer of Object.keys(manifest.peerDependencies ?? {}))
      if (existsSync(join(workspaceRoot, 'node_modules', peer))) collect(peer)
  }
  for (const name of ['@indistinct/loader', ...stagePackages[stage]]) collect(name)
  return {
    folders: [...seen.values()].filter((folder) => folder !== undefined).sort(),
    external: [...seen.keys()].filter((name) => !name.startsWith('@indistinct/')).sort(),
  }
}

/**
 * SHA-256 over the code that `stage` runs, as Nx takes it for its hash: the runner's sources, the sources of workspace
 * packages without tests, and the locked versions of registry packages with all that they bring.
 */
export function codeDigest(stage: Stage, workspaceRoot: string): string {
  const { folders, external } = stageDependencies(stage, workspaceRoot)
  const [left, kept] = [true, false].map((out) =>
    runnerSources(stage)
      .filter((pattern) => pattern.startsWith('!') === out)
      .map((pattern) => expressionOf(pattern.replace('!', ''))),
  )
  const runner = filesUnder(workspaceRoot, 'apps/experiments/src').filter(
    (file) => kept!.some((pattern) => pattern.test(file)) && !left!.some((pattern) => pattern.test(file)),
  )
  const production = folders.flatMap((folder) => [
    `${folder}/package.json`,
    ...filesUnder(workspaceRoot, `${folder}/src`).filter(
      (file) => !file.endsWith('.test.ts') && !file.includes('/goldens/'),
    ),
  ])
  const digests = [...runner, ...production]
    .sort()
    .map((file) => [file, sha256(readFileSync(join(workspaceRoot, file)))])
  return sha256(canonicalJson([digests, lockedVersions(external, workspaceRoot)] as Json))
}

function filesUnder(workspaceRoot: string, folder: string): string[] {
  return readdirSync(join(workspaceRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(workspaceRoot.length).replaceAll('\\', '/').replace(/^\//, ''),
    )
}

/** For patterns as `runnerSources` has them: `**` with a slash for any folders, `*` within a name. */
function expressionOf(pattern: string): RegExp {
  const text = pattern
    .split('**/')
    .map((part) =>
      part
        .split('*')
        .map((literal) => literal.replace(/[.+^${}()|[\]\\]/g, '\\$&'))
        .join('[^/]*'),
    )
    .join('(?:.*/)?')
  return new RegExp(`^${text}$`)
}

interface LockEntry {
  readonly version?: string
  readonly integrity?: string
  readonly dependencies?: { readonly [name: string]: string }
}

function lockedVersions(names: readonly string[], workspaceRoot: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(workspaceRoot, 'package-lock.json'), 'utf8')) as {
    packages: { [path: string]: LockEntry }
  }
  const seen = new Set<string>()
  const collect = (name: string, from: string): void => {
    // As Node looks a package up: in the folder that asks, then above it.
    let folder = from
    while (packages[`${folder}node_modules/${name}`] === undefined) {
      if (folder === '') return
      folder = folder.slice(0, folder.lastIndexOf('node_modules/'))
    }
    const path = `${folder}node_modules/${name}`
    if (seen.has(path)) return
    seen.add(path)
    for (const dependency of Object.keys(packages[path]!.dependencies ?? {})) collect(dependency, `${path}/`)
  }
  for (const name of names) collect(name, '')
  return [...seen].sort().map((path) => `${path} ${packages[path]!.version} ${packages[path]!.integrity ?? ''}`)
}
