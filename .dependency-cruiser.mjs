/** Lint of imports: no circles of files, and packages import only what they declare, from layers below their own. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** @type {Record<string, readonly string[]>} Layers that each layer may import; CONTRIBUTING.md has the same table. */
export const allowed = {
  core: [],
  kernels: ['core'],
  stage: ['core', 'kernels'],
  composite: ['core', 'kernels', 'stage'],
  tool: ['core'],
  app: ['core', 'kernels', 'stage', 'composite', 'tool', 'app'],
}

const folders = ['packages', 'apps', 'tools']
  .flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(`${folder}/package.json`))

const packages = folders.map((folder) => {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  /** @type {string[]} */
  const tags = manifest.nx?.tags ?? []
  const layer = tags.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length) ?? ''
  const below = allowed[layer]
  if (!below)
    throw new Error(
      `${folder}/package.json: expected a tag layer:${Object.keys(allowed).join(' | layer:')}, got ${layer}`,
    )
  return {
    folder,
    layer,
    below,
    name: manifest.name,
    declared: { ...manifest.dependencies, ...manifest.devDependencies },
  }
})

/**
 * Sources that belong neither to `folder` nor to the packages that it may import.
 * @param {string} folder
 * @param {readonly { folder: string }[]} may
 */
const othersThan = (folder, may) => ({
  path: '^(packages|apps|tools)/',
  pathNot: `^(${[folder, ...may.map((other) => other.folder)].join('|')})/`,
})

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'A type that two files share lives in a file below both.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...packages.map(({ folder, layer, below, declared }) => {
      const may = packages.filter((other) => other.name in declared && below.includes(other.layer))
      return {
        name: `imports-of-${folder.replace('/', '-')}`,
        comment: `${folder} is of layer ${layer}; it may import what it declares of ${below.join(', ') || 'no layer'}.`,
        severity: 'error',
        from: { path: `^${folder}/(src|bin|grids)/`, pathNot: '[.]test[.]ts$' },
        to: othersThan(folder, may),
      }
    }),
    // Tests may import from any layer, but what they import is an input of theirs, and the manifest tells Nx so.
    ...packages.map(({ folder, declared }) => ({
      name: `imports-of-tests-of-${folder.replace('/', '-')}`,
      comment: `Tests may import what ${folder}/package.json declares; name it among its devDependencies.`,
      severity: 'error',
      from: { path: `^${folder}/src/.*[.]test[.]ts$` },
      to: othersThan(
        folder,
        packages.filter((other) => other.name in declared),
      ),
    })),
  ],
  options: {
    includeOnly: '^(packages|apps|tools|test)/',
    exclude: '/(node_modules|generated|assembly|dist)/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
}
