/**
 * @file A project with one cached target for each benchmark of apps/bench. Its inputs: the benchmark's own files, the
 * sources of packages that these import, its scripts of peers, and the machine.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * @typedef {import('nx/src/devkit-exports.js').ProjectConfiguration} Project
 * @typedef {import('./read-workspace.js').Workspace} Workspace
 */

const sources = 'apps/bench/src'
const benches = `${sources}/benches`

/**
 * @param {Workspace} workspace
 * @param {string} workspaceRoot
 * @returns {Record<string, Project>} by root
 */
export function benchProjects(workspace, workspaceRoot) {
  if (!existsSync(join(workspaceRoot, benches))) return {}
  const files = readdirSync(join(workspaceRoot, benches)).filter((file) => file.endsWith('.bench.ts'))
  return Object.fromEntries(
    files.map((file) => {
      const name = /\bname: '([\w-]+)',\n\s*title:/.exec(readFileSync(join(workspaceRoot, benches, file), 'utf8'))?.[1]
      if (name === undefined) throw new Error(`${benches}/${file}: expected a benchmark with name and title`)
      const root = `artifacts/bench/${name}`
      return [
        root,
        { name: `bench:${name}`, root, targets: { bench: benchTarget(name, file, workspace, workspaceRoot) } },
      ]
    }),
  )
}

/**
 * @param {string} name
 * @param {string} file
 * @param {Workspace} workspace
 * @param {string} workspaceRoot
 */
function benchTarget(name, file, workspace, workspaceRoot) {
  const { files, packages } = closureOf([`${benches}/${file}`, `${sources}/measure.ts`], workspaceRoot)
  const folders = [...files].some((path) => path.startsWith('test/'))
    ? workspace.folders.filter(({ root }) => /^(packages|tools)\/|^apps\/experiments$/.test(root))
    : withDependencies(packages, workspace)
  const external = folders.flatMap(({ manifest }) => Object.keys(manifest?.dependencies ?? {}))
  return {
    executor: 'nx:run-commands',
    cache: true,
    inputs: [
      ...[...files].sort().map((path) => `{workspaceRoot}/${path}`),
      ...folders.flatMap(({ root }) => [`{workspaceRoot}/${root}/src/**/*`, `{workspaceRoot}/${root}/package.json`]),
      '!{workspaceRoot}/**/*.test.ts',
      '!{workspaceRoot}/**/goldens/**',
      {
        externalDependencies: [
          ...new Set([...external, 'ts-blank-space'].filter((each) => workspace.installed.has(`node_modules/${each}`))),
        ]
          .filter((each) => !workspace.folders.some(({ manifest }) => manifest?.name === each))
          .sort(),
      },
      { env: 'INDISTINCT_BENCH_THREADS' },
      { env: 'INDISTINCT_BENCH_REPEATS' },
      { env: 'INDISTINCT_DATA' },
      { env: 'XGBOOST_LIB' },
      { env: 'INDISTINCT_XGBOOST' },
      { runtime: `node --import @indistinct/loader ${sources}/print-machine.ts` },
    ],
    outputs: ['{projectRoot}/result.json'],
    options: {
      command: `node --import @indistinct/loader ${sources}/measure-one.ts ${name}`,
      cwd: '{workspaceRoot}',
    },
  }
}

/**
 * Files that the entries import or name, and workspace packages that these import.
 * @param {readonly string[]} entries
 * @param {string} workspaceRoot
 */
function closureOf(entries, workspaceRoot) {
  /** @type {Set<string>} */
  const files = new Set()
  /** @type {Set<string>} */
  const packages = new Set()
  /** @param {string} path */
  const visit = (path) => {
    if (files.has(path) || !existsSync(join(workspaceRoot, path))) return
    files.add(path)
    if (!path.endsWith('.ts')) return
    const text = readFileSync(join(workspaceRoot, path), 'utf8')
    // Imports, and programs that are started by their names.
    for (const [, relative] of text.matchAll(/['"](\.{0,2}\/?[\w./-]+\.(?:ts|mjs|py))['"]/g))
      visit(join(dirname(path), /** @type {string} */ (relative)).replaceAll('\\', '/'))
    for (const [, script] of text.matchAll(/\bscript: '(\w+)'/g))
      [`apps/bench/peers/${script}.py`, 'apps/bench/peers/peer.py'].forEach(visit)
    for (const [, name] of text.matchAll(/from '(@indistinct\/[\w-]+)/g)) packages.add(/** @type {string} */ (name))
  }
  entries.forEach(visit)
  return { files, packages }
}

/**
 * @param {ReadonlySet<string>} names
 * @param {Workspace} workspace
 */
function withDependencies(names, { folders }) {
  const byName = new Map(folders.map((each) => [each.manifest?.name, each]))
  const seen = new Set()
  /** @param {string} name */
  const collect = (name) => {
    const folder = byName.get(name)
    if (folder === undefined || seen.has(folder)) return
    seen.add(folder)
    Object.keys(folder.manifest?.dependencies ?? {}).forEach(collect)
  }
  names.forEach(collect)
  return folders.filter((folder) => seen.has(folder))
}
