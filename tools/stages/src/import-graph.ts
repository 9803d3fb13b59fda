/**
 * @file What running some files loads: their imports and those of these, worker threads, files beside them. It follows
 * imports as the loader leads them, past the indexes of packages. What could be loaded counts as loaded.
 */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { entryFile, inNode, listedNames } from '@indistinct/loader/packages'
import { directImports, source } from '@indistinct/loader/sources'

export interface Loaded {
  /** Files of the workspace, relative to it, sorted: sources, WebAssembly, manifests of their packages. */
  readonly files: readonly string[]
  /** Registry packages by name, sorted. */
  readonly external: readonly string[]
}

export interface ImportGraph {
  /** What running `entries`, relative to the workspace, loads. */
  loadedBy(entries: readonly string[]): Loaded
}

interface Edges {
  readonly files: readonly string[]
  readonly external: readonly string[]
}

/** A graph of the workspace as it is now: a file is read once. */
export function importGraph(workspaceRoot: string): ImportGraph {
  const edges = new Map<string, Edges>()
  const indexes = new Map<string, ReturnType<typeof listedNames>>()
  const names = (file: string, read: (file: string) => string): ReturnType<typeof listedNames> => {
    if (!indexes.has(file)) indexes.set(file, listedNames(file, read))
    return indexes.get(file)
  }
  const edgesOf = (file: string): Edges => {
    const known = edges.get(file)
    if (known) return known
    const found = /\.(m?ts|m?js)$/.test(file) ? readEdges(file, workspaceRoot, names) : { files: [], external: [] }
    edges.set(file, found)
    return found
  }
  return {
    loadedBy(entries) {
      const files = new Set<string>()
      const external = new Set<string>()
      const rest = entries.map((file) => join(workspaceRoot, file))
      for (let file = rest.pop(); file !== undefined; file = rest.pop()) {
        if (files.has(file)) continue
        files.add(file)
        const own = edgesOf(file)
        for (const name of own.external) external.add(name)
        rest.push(...own.files)
      }
      const all = [...files, ...new Set([...files].map((file) => manifestOf(file)))]
      return {
        files: all.map((file) => relative(workspaceRoot, file).split(sep).join('/')).sort(),
        external: [...external].sort(),
      }
    },
  }
}

/** `import` and `export … from`, calls of `import` and `require`, files by `new URL`. */
const mentions = [
  /\b(?:from|import)\s*['"]([^'"\n]+)['"]/g,
  /\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g,
  /\brequire(?:\.resolve)?\(\s*['"]([^'"\n]+)['"]\s*\)/g,
  /\bcreateRequire\([^)]*\)(?:\.resolve)?\(\s*['"]([^'"\n]+)['"]\s*\)/g,
  /\bnew URL\(\s*['"]([^'"\n]+)['"],\s*import\.meta\.url/g,
]

/** Paths that are put together at run time, which no list can name. */
const computed =
  /\bimport\((?!\s*['"][^'"\n]*['"]\s*\))[^)]*|\bnew URL\((?!\s*['"][^'"\n]*['"],)[^,()]*,\s*import\.meta\.url/

/** Files whose computed imports are known otherwise: by the node, by who hands the path over, or as a package's. */
const knownOtherwise: readonly string[] = [
  'apps/experiments/src/store/stage-run.ts',
  'apps/experiments/src/store/components.ts',
  'packages/kernels/src/tfjs/device/device-thread.ts',
  'packages/kernels/src/tfjs/webgpu.ts',
  'packages/recommenders/src/device/training-program.ts',
]

function readEdges(
  file: string,
  workspaceRoot: string,
  names: NonNullable<Parameters<typeof directImports>[1]>['names'] & {},
): Edges {
  // Comments name files too, which nothing loads for it.
  const text = directImports(source(file), { root: workspaceRoot, names }).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const unknown = computed.exec(text)
  const path = relative(workspaceRoot, file).split(sep).join('/')
  if (unknown && !knownOtherwise.includes(path))
    throw new RangeError(
      `importGraph: expected paths of files in quotes, got ${unknown[0]} in ${path}; ` +
        'a stage that runs it would not be run again where that file changes',
    )
  const files = new Set<string>()
  const external = new Set<string>()
  for (const pattern of mentions)
    for (const [, specifier] of text.matchAll(pattern)) {
      if (isBuiltin(specifier!)) continue
      const found = resolved(specifier!, file, workspaceRoot)
      if (found === undefined) external.add(packageName(specifier!))
      // A string may look like an import of a file that is not there.
      else if (existsSync(found) && statSync(found).isFile()) files.add(found)
    }
  return { files: [...files], external: [...external].filter((name) => name !== '') }
}

/** The file that `specifier` means in `file`; undefined for a registry package. */
function resolved(specifier: string, file: string, workspaceRoot: string): string | undefined {
  if (specifier.startsWith('file:')) return fileURLToPath(specifier)
  if (specifier.startsWith('.') || specifier.startsWith('/')) return resolve(dirname(file), specifier)
  if (specifier.startsWith('#')) {
    const manifest = manifestOf(file)
    const { imports = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { imports?: { [name: string]: unknown } }
    const target = inNode(imports[specifier])
    if (target === undefined) return ''
    return target.startsWith('.') ? join(dirname(manifest), target) : resolved(target, file, workspaceRoot)
  }
  return entryFile(specifier, workspaceRoot)
}

/** `yargs` of yargs/helpers; '' for what is no name of a package. */
function packageName(specifier: string): string {
  return /^(@[\w.-]+\/[\w.-]+|[\w.-]+)(\/|$)/.exec(specifier)?.[1] ?? ''
}

/** package.json of the package that `file` is of: how its imports are resolved stands there. */
function manifestOf(file: string): string {
  let folder = dirname(file)
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return join(folder, 'package.json')
}
