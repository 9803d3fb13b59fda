/**
 * @file Nx plugin: one project for each published package as it is built, with a cached `pack-check`. A target on the
 * package's own project would enter the hash of every stage that runs the package.
 */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @type {import('nx/src/devkit-exports.js').CreateNodesV2} */
export const createNodesV2 = [
  '{packages,apps}/*/package.json',
  (files, _options, { workspaceRoot }) =>
    files.flatMap((file) => {
      /** @type {{ name: string, version: string, private?: boolean }} */
      const { name, version, private: unpublished } = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'))
      if (unpublished) return []
      const root = `dist/${dirname(file)}`
      const tarball = `dist/tarballs/${name.replace('@', '').replace('/', '-')}-${version}.tgz`
      return [
        [file, { projects: { [root]: { name: `dist:${name}`, root, targets: { 'pack-check': packCheck(tarball) } } } }],
      ]
    }),
]

/** @param {string} tarball */
function packCheck(tarball) {
  return {
    executor: 'nx:run-commands',
    cache: true,
    dependsOn: [{ projects: ['@indistinct/packing'], target: 'build' }],
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
