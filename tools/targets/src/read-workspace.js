/** @file What the targets depend on, read from the workspace: manifests, and names that sources mention. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * @typedef {{
 *   name: string
 *   dependencies?: Record<string, string>
 *   devDependencies?: Record<string, string>
 *   peerDependencies?: Record<string, string>
 * }} Manifest
 *
 * A package, an app, a tool, or test/, which has no manifest and may import them all. `variables`: names of environment
 * variables that its sources read. `development`: packages of the root's devDependencies that they name.
 * @typedef {{
 *   root: string
 *   manifest?: Manifest
 *   tested: boolean
 *   endToEnd: boolean
 *   variables: readonly string[]
 *   development: readonly string[]
 * }} Folder
 *
 * `installed`: paths of packages in the lockfile, such as node_modules/tsx.
 * @typedef {{ folders: readonly Folder[], manifest: Manifest, installed: ReadonlySet<string> }} Workspace
 */

/** Variables that tests set for themselves, or that name no input: a colour, a shell, a home. */
const ownVariables = new Set(['PATH', 'HOME', 'SHELL', 'NO_COLOR', 'INIT_CWD', 'GIVEN', 'TMPDIR'])

/**
 * @param {readonly string[]} manifests paths relative to the workspace
 * @param {string} workspaceRoot
 * @returns {Workspace}
 */
export function readWorkspace(manifests, workspaceRoot) {
  /** @param {string} path */
  const json = (path) => JSON.parse(readFileSync(join(workspaceRoot, path), 'utf8'))
  /** @type {Manifest} */
  const manifest = json('package.json')
  const roots = [
    ...manifests.map((file) => dirname(file)),
    ...(existsSync(join(workspaceRoot, 'test')) ? ['test'] : []),
  ]
  return {
    manifest,
    installed: new Set(Object.keys(json('package-lock.json').packages)),
    folders: roots.map((root) => {
      const files = sourcesUnder(join(workspaceRoot, root))
      const text = files.map((file) => readFileSync(file, 'utf8')).join('\n')
      return {
        root,
        ...(root === 'test' ? {} : { manifest: json(`${root}/package.json`) }),
        tested: files.some((file) => file.endsWith('.test.ts') && !file.endsWith('.e2e.test.ts')),
        endToEnd: files.some((file) => file.endsWith('.e2e.test.ts')),
        variables: variablesIn(text),
        development: Object.keys(manifest.devDependencies ?? {}).filter((name) => mentions(text, name)),
      }
    }),
  }
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return /^(node_modules|generated|goldens|results|assembly)$/.test(entry.name) ? [] : sourcesUnder(path)
    return /\.(ts|js|mjs)$/.test(entry.name) ? [path] : []
  })
}

/** @param {string} text */
function variablesIn(text) {
  const found = text.matchAll(/\b(?:env|environment)\[['"]([A-Z][A-Z0-9_]+)['"]\]/g)
  return [...new Set(Array.from(found, (match) => /** @type {string} */ (match[1])))]
    .filter((name) => !ownVariables.has(name))
    .sort()
}

/**
 * Whether a string of `text` names the package or an entry of it.
 * @param {string} text
 * @param {string} name
 */
function mentions(text, name) {
  return ["'", '"'].some((quote) => text.includes(`${quote}${name}${quote}`) || text.includes(`${quote}${name}/`))
}
