/**
 * @file Nx plugin: the project `dist` builds all packages, and one for each published package checks it, both cached.
 * On the projects of the sources these targets would make every edit concern them all.
 */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @type {import('nx/src/devkit-exports.js').CreateNodesV2} */
export const createNodesV2 = [
  '{packages,apps}/*/package.json',
  (files, _options, { workspaceRoot }) => [
    [files[0] ?? 'package.json', { projects: { dist: { name: 'dist', root: 'dist', targets: { build } } } }],
    ...files.flatMap((file) => {
      /** @type {{ name: string, version: string, private?: boolean }} */
      const { name, version, private: unpublished } = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'))
      if (unpublished) return []
      const root = `dist/${dirname(file)}`
      const tarball = `dist/tarballs/${name.replace('@', '').replace('/', '-')}-${version}.tgz`
      /** @type {import('nx/src/devkit-exports.js').ProjectConfiguration} */
      const project = { name: `dist:${name}`, root, targets: { 'pack-check': packCheck(tarball) } }
      return [/** @type {const} */ ([file, { projects: { [root]: project } }])]
    }),
  ],
]

/** @type {import('nx/src/devkit-exports.js').TargetConfiguration} */
const build = {
  executor: 'nx:run-commands',
  cache: true,
  inputs: [
    '{workspaceRoot}/tools/packing/src/build*.ts',
    '{workspaceRoot}/tools/packing/src/published-*.ts',
    '{workspaceRoot}/package.json',
    '{workspaceRoot}/apps/*/*.schema.json',
    '{workspaceRoot}/{packages,apps}/*/src/**/*',
    '{workspaceRoot}/{packages,apps}/*/package.json',
    '{workspaceRoot}/{packages,apps}/*/README.md',
    '!{workspaceRoot}/**/*.test.ts',
    '!{workspaceRoot}/**/goldens/**',
    '{workspaceRoot}/tsconfig.base.json',
    '{workspaceRoot}/LICENSE',
    { externalDependencies: ['typescript', 'ts-blank-space'] },
  ],
  outputs: ['{workspaceRoot}/dist'],
  options: { command: 'node --import @indistinct/loader tools/packing/src/build.ts', cwd: '{workspaceRoot}' },
}

/** @param {string} tarball */
function packCheck(tarball) {
  return {
    executor: 'nx:run-commands',
    cache: true,
    dependsOn: [{ projects: ['dist'], target: 'build' }],
    inputs: [
      { dependentTasksOutputFiles: tarball },
      '{workspaceRoot}/tools/packing/src/check-package.ts',
      { externalDependencies: ['@arethetypeswrong/cli', 'publint', 'ts-blank-space'] },
    ],
    outputs: [],
    options: {
      command: `node --import @indistinct/loader tools/packing/src/check-package.ts ${tarball}`,
      cwd: '{workspaceRoot}',
    },
  }
}
