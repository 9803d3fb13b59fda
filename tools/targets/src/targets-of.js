/** @file The targets of one folder, and of the workspace as a whole. */

import { reportPath } from './report-path.js'

/**
 * @typedef {import('nx/src/devkit-exports.js').TargetConfiguration} Target
 * @typedef {import('./read-workspace.js').Folder} Folder
 * @typedef {import('./read-workspace.js').Workspace} Workspace
 */

const nodeVersion = { runtime: 'node --version' }
const programs = '*.{ts,js,mjs}'
const compilerOptions = ['{workspaceRoot}/tsconfig.json', '{workspaceRoot}/tsconfig.base.json']

/**
 * @param {Folder} folder
 * @param {Workspace} workspace
 * @returns {Record<string, Target>}
 */
export function targetsOf(folder, workspace) {
  const { tested, endToEnd } = folder
  return {
    // ESLint takes longer to start than to read a folder, and remembers the files that it has passed.
    lint: { executor: 'nx:noop', dependsOn: [{ projects: ['workspace'], target: 'eslint' }] },
    // One program over all sources is checked in half a minute, and again in seconds; one for each folder would read
    // the standard library and TensorFlow.js twenty times.
    typecheck: { executor: 'nx:noop', dependsOn: [{ projects: ['workspace'], target: 'typecheck' }] },
    ...(tested && { test: testTarget('test', folder, workspace) }),
    ...(endToEnd && { e2e: testTarget('e2e', folder, workspace) }),
  }
}

/**
 * What concerns all folders at once, or none of them: types, the format, imports between packages.
 * @param {Workspace} workspace
 * @returns {Record<string, Target>}
 */
export function workspaceTargets(workspace) {
  const { folders, manifest } = workspace
  const all = folders.flatMap((folder) => outerDependencies(folder, workspace))
  return {
    eslint: {
      // Every rule looks at one file alone, so a file whose digest has passed passes again.
      ...command(
        'eslint --cache --cache-strategy content --cache-location node_modules/.cache/eslint --no-warn-ignored ' +
          'packages apps tools test "*.ts" "*.js"',
      ),
      inputs: [
        `{workspaceRoot}/**/${programs}`,
        { externalDependencies: ['eslint', 'typescript', 'typescript-eslint'] },
        nodeVersion,
      ],
    },
    lint: {
      ...command('prettier --check --cache --log-level warn . && npm run -s lint:imports'),
      dependsOn: ['eslint'],
      inputs: [
        `{workspaceRoot}/**/${programs}`,
        '{workspaceRoot}/**/*.{cjs,css,yml,yaml}',
        '{workspaceRoot}/**/package.json',
        '{workspaceRoot}/{.prettierrc*,.prettierignore,.dependency-cruiser.mjs,tsconfig.base.json}',
        { externalDependencies: ['dependency-cruiser', 'prettier', 'typescript'] },
        nodeVersion,
      ],
    },
    typecheck: {
      // The build info holds digests of all that was read: an old one costs time, never a wrong answer.
      ...command(
        'tsc --noEmit -p tsconfig.json --incremental --tsBuildInfoFile node_modules/.cache/typecheck.tsbuildinfo',
      ),
      inputs: [
        `{workspaceRoot}/**/${programs}`,
        '{workspaceRoot}/**/*.json',
        ...compilerOptions,
        { externalDependencies: [...new Set([...all, ...installedOf(manifest, workspace)])].sort() },
        nodeVersion,
      ],
    },
  }
}

/**
 * @param {'test' | 'e2e'} name
 * @param {Folder} folder
 * @param {Workspace} workspace
 * @returns {Target}
 */
function testTarget(name, folder, workspace) {
  const { root } = folder
  const closure = closureOf(folder, workspace)
  const everywhere = root === 'test'
  return {
    ...command(`node tools/targets/src/run-tests.js ${root} ${name}`),
    inputs: [
      // Tests of test/ compare the docs with the sources, and start programs of every folder.
      ...(everywhere
        ? ['{workspaceRoot}/**/*']
        : ['{projectRoot}/**/*', '!{projectRoot}/*.md', '^production', 'alsoRead']),
      '{workspaceRoot}/vitest.config.ts',
      '{workspaceRoot}/tools/targets/src/run-tests.js',
      // Worker threads and programs that tests start are run by it.
      '{workspaceRoot}/tools/loader/src/*.js',
      ...compilerOptions,
      {
        externalDependencies: [
          ...new Set([
            ...closure.flatMap((each) => outerDependencies(each, workspace)),
            'ts-blank-space',
            'vitest',
            'vite',
          ]),
        ].sort(),
      },
      ...[...new Set(closure.flatMap((each) => each.variables))].sort().map((env) => ({ env })),
      { runtime: 'node tools/targets/src/machine.js' },
    ],
    outputs: [`{workspaceRoot}/${reportPath(root, name)}`],
  }
}

/**
 * @param {string} line
 * @returns {Target}
 */
function command(line) {
  return { executor: 'nx:run-commands', cache: true, outputs: [], options: { command: line, cwd: '{workspaceRoot}' } }
}

/**
 * The folder and those that its code and its tests run; of the latter what their code runs, not what their tests do.
 * @param {Folder} folder
 * @param {Workspace} workspace
 */
function closureOf(folder, { folders }) {
  if (folder.manifest === undefined) return folders
  const byName = new Map(folders.map((each) => [each.manifest?.name, each]))
  const seen = new Set([folder])
  /** @param {Record<string, string> | undefined} dependencies */
  const collect = (dependencies) => {
    for (const name of Object.keys(dependencies ?? {})) {
      const each = byName.get(name)
      if (each === undefined || seen.has(each)) continue
      seen.add(each)
      collect(each.manifest?.dependencies)
    }
  }
  collect(folder.manifest.dependencies)
  collect(folder.manifest.devDependencies)
  return [...seen]
}

/**
 * Registry packages that the folder names.
 * @param {Folder} folder
 * @param {Workspace} workspace
 */
function outerDependencies({ root, manifest, development }, workspace) {
  const named = manifest === undefined ? [] : installedOf(manifest, workspace, root)
  return [...named, ...development.filter((name) => workspace.installed.has(`node_modules/${name}`))]
}

/**
 * Optional peers may not be installed, and Nx refuses those it does not find.
 * @param {import('./read-workspace.js').Manifest} manifest
 * @param {Workspace} workspace
 * @param {string} [root]
 */
function installedOf({ dependencies, devDependencies, peerDependencies }, { installed, folders }, root) {
  const own = new Set(folders.map((folder) => folder.manifest?.name))
  return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies }).filter(
    (name) =>
      !own.has(name) &&
      (installed.has(`node_modules/${name}`) || (root !== undefined && installed.has(`${root}/node_modules/${name}`))),
  )
}
