/** @file Where packages of the workspace keep what they export: the file of each entry, and of each name in it. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that the workspace's packages lie in. */
export const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url))

/** @typedef {{ exports?: unknown, imports?: Record<string, unknown> }} Manifest */

/**
 * The folder of the workspace's package `name`, such as @indistinct/core, and its manifest; undefined for others.
 * @param {string} name
 * @param {string} root of the workspace
 * @returns {{ folder: string, manifest: Manifest } | undefined}
 */
export function ownPackage(name, root = workspaceRoot) {
  if (!name.startsWith('@indistinct/')) return undefined
  const short = name.slice('@indistinct/'.length)
  for (const group of ['packages', 'tools', 'apps']) {
    const folder = join(root, group, short)
    const file = join(folder, 'package.json')
    if (existsSync(file)) return { folder, manifest: JSON.parse(readFileSync(file, 'utf8')) }
  }
  return undefined
}

/**
 * The source that `specifier` enters a package of the workspace by, as Node resolves it; undefined for others.
 * @param {string} specifier such as @indistinct/kernels/device
 * @param {string} root
 * @returns {string | undefined}
 */
export function entryFile(specifier, root = workspaceRoot) {
  const [scope, short, ...rest] = specifier.split('/')
  const found = ownPackage(`${scope}/${short}`, root)
  if (found === undefined) return undefined
  const { exports } = found.manifest
  const subpath = rest.length === 0 ? '.' : `./${rest.join('/')}`
  const bare = typeof exports === 'string' || !Object.keys(Object(exports)).some((key) => key.startsWith('.'))
  const path = inNode(bare ? (subpath === '.' ? exports : undefined) : Object(exports)[subpath])
  return path === undefined ? undefined : join(found.folder, path)
}

/**
 * What a manifest's `exports` or `imports` say for Node: the first of the conditions that hold there.
 * @param {unknown} target
 * @returns {string | undefined}
 */
export function inNode(target) {
  if (typeof target === 'string') return target
  for (const [condition, value] of Object.entries(Object(target)))
    if (['node', 'import', 'default'].includes(condition)) return inNode(value)
  return undefined
}

/** @type {Map<string, Map<string, { file: string, name: string }> | undefined>} */
const known = new Map()

/**
 * The file that each name of the index `file` comes from, and its name there; undefined where the index is more than
 * a list of `export { … } from`.
 * @param {string} file
 * @param {(file: string) => string} read gives it as JavaScript
 * @returns {Map<string, { file: string, name: string }> | undefined}
 */
export function listedNames(file, read) {
  const text = withoutComments(read(file))
  const listed = new Map()
  const rest = text.replace(
    /^export\s*\{([^}]*)\}\s*from\s*['"](\.[^'"]*)['"];?/gm,
    (_, /** @type {string} */ names, /** @type {string} */ from) => {
      for (const [name, as] of bindings(names)) listed.set(as, { file: resolve(dirname(file), from), name })
      return ''
    },
  )
  // Where a type was exported, a semicolon may be left.
  return rest.replaceAll(';', '').trim() === '' && listed.size > 0 ? listed : undefined
}

/**
 * The same, remembered for as long as the process lives.
 * @param {string} file
 * @param {(file: string) => string} read
 */
export function rememberedNames(file, read) {
  if (!known.has(file)) known.set(file, listedNames(file, read))
  return known.get(file)
}

/**
 * Pairs of what stands in braces: the name there, and the name here.
 * @param {string} names such as `a, b as c`
 * @returns {[string, string][]}
 */
export function bindings(names) {
  return names
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const [name = '', as = name] = each.split(/\s+as\s+/)
      return [name, as]
    })
}

/** @param {string} text */
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
