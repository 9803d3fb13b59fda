/** @file The manifest of a package as it is published, from the one that the workspace runs on. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What stands for a source in a browser, in one file that a bundler makes for Node, and everywhere else. */
interface Conditions {
  readonly browser?: string
  readonly bundle?: string
  readonly default: string
}

type Entry = string | Conditions

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description: string
  readonly license: string
  readonly type: string
  readonly sideEffects?: boolean
  readonly engines: { readonly [name: string]: string }
  /** Sources by subpath. `./testing` serves tests of the workspace and is not published. */
  readonly exports?: string | { readonly [subpath: string]: Entry }
  /** Sources, or other packages, by the names that stand for them within the package. */
  readonly imports?: { readonly [name: string]: Conditions }
  readonly bin?: string
  /** `bin` is the source that the workspace's `bin` loads: a published program needs no loader. */
  readonly publishConfig?: { readonly bin: string }
  readonly dependencies?: { readonly [name: string]: string }
  readonly peerDependencies?: { readonly [name: string]: string }
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional: boolean } }
}

export interface PublishedPackage {
  /** Relative to the workspace, such as packages/core. */
  readonly folder: string
  readonly manifest: Manifest
  /** Files beside the manifest that are published as they are: JSON schemas. */
  readonly schemas: readonly string[]
}

/** Packages and apps that are not private, in order of their folders. */
export function publishedPackages(root: string): PublishedPackage[] {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .flatMap((name) => {
        const file = join(root, group, name, 'package.json')
        if (!existsSync(file)) return []
        const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
        const schemas = readdirSync(join(root, group, name)).filter((each) => each.endsWith('.schema.json'))
        return manifest.private ? [] : [{ folder: `${group}/${name}`, manifest, schemas }]
      }),
  )
}

/** The sources that a package is entered by. */
export function sourceEntries(manifest: Manifest): string[] {
  return [
    ...Object.values({ ...publishedSubpaths(manifest), ...manifest.imports })
      .flatMap((entry) =>
        typeof entry === 'string' ? [entry] : Object.values(entry as object as { [name: string]: string }),
      )
      .filter(isSource),
    ...(manifest.publishConfig ? [manifest.publishConfig.bin] : []),
  ]
}

/**
 * The manifest with compiled entries, and without what only the workspace needs.
 * @param repository address of the repository's page, '' where the owner has not said it
 */
export function publishedManifest({ folder, manifest, schemas }: PublishedPackage, repository: string): object {
  const {
    name,
    version,
    description,
    license,
    type,
    engines,
    sideEffects,
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
  } = manifest
  const subpaths = Object.entries(publishedSubpaths(manifest))
  const exports = Object.fromEntries(
    subpaths.map(([subpath, source]) => [
      subpath,
      typeof source === 'string' ? declared(source) : byCondition(source, declared),
    ]),
  )
  const imports = Object.entries(manifest.imports ?? {}).map(([name, source]) => [
    name,
    byCondition(source, (path) => compiled(path, 'js')),
  ])
  return {
    name,
    version,
    description,
    keywords: ['recommender-systems', 'embeddings', 'attribute-unlearning', 'privacy', 'audit'],
    license,
    ...(repository !== '' && {
      homepage: `${repository}/tree/v${version}/${folder}#readme`,
      repository: { type: 'git', url: `git+${repository}.git`, directory: folder },
      bugs: `${repository}/issues`,
    }),
    type,
    engines,
    ...(sideEffects !== undefined && { sideEffects }),
    files: ['dist', 'src', ...schemas],
    exports: {
      ...exports,
      ...Object.fromEntries(schemas.map((file) => [`./${file}`, `./${file}`])),
      './package.json': './package.json',
    },
    ...(imports.length > 0 && { imports: Object.fromEntries(imports) as object }),
    ...(manifest.publishConfig && { bin: { [name]: compiled(manifest.publishConfig.bin, 'js') } }),
    ...(dependencies && { dependencies }),
    ...(peerDependencies && { peerDependencies }),
    ...(peerDependenciesMeta && { peerDependenciesMeta }),
  }
}

/** `publish` of the source of each condition, in their order. */
function byCondition(sources: Conditions, publish: (source: string) => unknown): object {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, publish(source as string)]))
}

function declared(source: string): object {
  return { types: compiled(source, 'd.ts'), default: compiled(source, 'js') }
}

function isSource(path: string): boolean {
  return path.startsWith('./')
}

function publishedSubpaths({ exports = {} }: Manifest): { [subpath: string]: Entry } {
  const subpaths = Object.entries<Entry>(typeof exports === 'string' ? { '.': exports } : exports)
  return Object.fromEntries(subpaths.filter(([subpath]) => subpath !== './testing'))
}

function compiled(source: string, extension: string): string {
  return source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, `.${extension}`)
}
