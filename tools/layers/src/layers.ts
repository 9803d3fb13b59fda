/** @file Checks that workspace packages import only declared dependencies, and only from layers below their own. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Layers that each layer may import. The same table stands in CONTRIBUTING.md. */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  kernels: ['core'],
  stage: ['core', 'kernels'],
  composite: ['core', 'kernels', 'stage'],
  tool: ['core'],
  app: ['core', 'kernels', 'stage', 'composite', 'tool', 'app'],
}

export interface WorkspacePackage {
  readonly name: string
  readonly layer: string
  readonly dependencies: readonly string[]
  /** Source files with the workspace packages each imports. */
  readonly imports: readonly { readonly file: string; readonly name: string }[]
}

interface Manifest {
  name: string
  nx?: { tags?: string[] }
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const importPattern = /(?:from|import)\s*\(?\s*['"](@indistinct\/[a-z-]+|indistinct)(?:\/[^'"]*)?['"]/g

/** Every package, app and tool of the workspace at `root`. */
export function readWorkspace(root: string): WorkspacePackage[] {
  const folders = ['packages', 'apps', 'tools'].flatMap((group) =>
    readdirSync(join(root, group))
      .sort()
      .map((name) => `${group}/${name}`),
  )
  return folders
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
      return {
        name: manifest.name,
        layer: manifest.nx?.tags?.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? '',
        dependencies: Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
        imports: sourceFiles(root, folder).flatMap((file) => {
          const text = readFileSync(join(root, file), 'utf8')
          const names = new Set([...text.matchAll(importPattern)].map((match) => match[1]!))
          return [...names].map((name) => ({ file, name }))
        }),
      }
    })
}

function sourceFiles(root: string, folder: string): string[] {
  return ['src', 'bin', 'grids'].flatMap((part) => {
    const top = join(root, folder, part)
    if (!existsSync(top)) return []
    return readdirSync(top, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|js)$/.test(file))
      .sort()
      .map((file) => `${folder}/${part}/${file}`)
  })
}

/**
 * One line for each breach. Tests may import any package: what only they need is not declared, since Nx would take it
 * for an input of every stage that runs the package.
 */
export function layerBreaches(packages: readonly WorkspacePackage[]): string[] {
  const byName = new Map(packages.map((entry) => [entry.name, entry]))
  const breaches: string[] = []
  for (const { name, layer, dependencies, imports } of packages) {
    const below = allowed[layer]
    if (!below) {
      breaches.push(
        `${name}: expected a tag layer:${Object.keys(allowed).join(' | layer:')} in package.json, got "${layer}"`,
      )
      continue
    }
    for (const { file, name: imported } of imports) {
      if (imported === name || file.endsWith('.test.ts')) continue
      const target = byName.get(imported)
      if (!target) breaches.push(`${file}: imports ${imported}, which is not in the workspace`)
      else if (!dependencies.includes(imported))
        breaches.push(`${file}: imports ${imported}, which ${name} does not declare`)
      else if (!below.includes(target.layer)) {
        breaches.push(
          `${file}: layer ${layer} may import ${below.join(', ') || 'nothing'}, but ${imported} is of layer ` +
            `${target.layer}`,
        )
      }
    }
  }
  return breaches
}
