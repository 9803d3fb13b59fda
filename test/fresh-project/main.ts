/**
 * @file `npm run fresh-project`: the packages as they would be published, installed together into an empty project and
 * used there: every entry and a program compiled in a strict project that checks library types, then run, and the
 * command line; TensorFlow.js comes last. Nothing of the workspace is in reach: no loader, no sources.
 */

import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { matrix, randomStream } from '@indistinct/core'
import { embeddingTable, writeTable } from '@indistinct/embeddings'

const workspace = fileURLToPath(new URL('../..', import.meta.url))
const project = realpathSync(mkdtempSync(join(tmpdir(), 'indistinct-fresh-')))
const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', INDISTINCT_XGBOOST: 'wasm' }
const installed = join(project, 'node_modules')

try {
  execFileSync('npm', ['run', 'build'], { cwd: workspace, stdio: ['ignore', 'ignore', 'inherit'] })
  install()
  const entries = await writeProject()
  compile()
  maps()
  everyEntry(entries)
  program()
  commandLine()
  tensorflow()
  console.log('fresh project: all well')
} finally {
  rmSync(project, { recursive: true })
}

function install(): void {
  const tarballs = join(workspace, 'dist', 'tarballs')
  writeFileSync(join(project, 'package.json'), '{ "name": "fresh", "private": true, "type": "module" }\n')
  const files = readdirSync(tarballs).map((name) => join(tarballs, name))
  const { devDependencies } = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')) as {
    devDependencies: { [name: string]: string }
  }
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`)
  // Without install scripts: none is needed.
  execFileSync(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--loglevel=error', ...files, ...tools],
    { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  for (const name of ['nx', '@indistinct/experiments', '@indistinct/loader', '@tensorflow'])
    check(!existsSync(join(installed, name)), `${name} is not installed`)
  check(readdirSync(join(installed, '@indistinct')).length === files.length - 1, `${files.length} packages installed`)
}

/** Writes table, labels, program and compiler settings; gives every entry of the installed packages. */
async function writeProject(): Promise<string[]> {
  const random = randomStream(1, 'fresh-project')
  const users = 400
  const woman = (i: number): boolean => i % 3 === 0
  const data = Float32Array.from(
    { length: users * 8 },
    (_, i) => random.normal() + (woman(Math.floor(i / 8)) && i % 8 === 0 ? 1.2 : 0),
  )
  const ids = Array.from({ length: users }, (_, i) => String(i))
  await writeTable(join(project, 'users.npy'), embeddingTable({ ids, matrix: matrix(users, 8, data) }))
  writeFileSync(
    join(project, 'people.csv'),
    `id,gender\n${ids.map((id, i) => `${id},${woman(i) ? 'F' : 'M'}\n`).join('')}`,
  )
  copyFileSync(new URL('program.ts', import.meta.url), join(project, 'program.ts'))
  const entries = readdirSync(join(installed, '@indistinct')).flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(installed, '@indistinct', name, 'package.json'), 'utf8')) as {
      exports: object
    }
    return Object.keys(manifest.exports)
      .filter((subpath) => !['./package.json', './tfjs'].includes(subpath))
      .map((subpath) => `@indistinct/${name}${subpath.slice(1)}`)
  })
  writeFileSync(join(project, 'entries.ts'), importing(entries))
  const compilerOptions = {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    types: ['node'],
  }
  const settings = {
    'tsconfig.json': compilerOptions,
    'tsconfig.node16.json': { ...compilerOptions, module: 'Node16', noEmit: true },
    'tsconfig.bundler.json': { ...compilerOptions, module: 'ESNext', moduleResolution: 'bundler', noEmit: true },
  }
  for (const [file, options] of Object.entries(settings))
    writeFileSync(
      join(project, file),
      JSON.stringify({ compilerOptions: options, files: ['program.ts', 'entries.ts'] }),
    )
  // The types of TensorFlow.js hold only where library types go unchecked and those of browsers are known.
  writeFileSync(
    join(project, 'tensorflow.ts'),
    "import { openBackend } from '@indistinct/kernels/tfjs'\nconst { name } = await openBackend()\nconsole.log(name)\n",
  )
  const onTensors = { ...compilerOptions, lib: ['ES2023', 'DOM'], skipLibCheck: true }
  writeFileSync(
    join(project, 'tsconfig.tensorflow.json'),
    JSON.stringify({ compilerOptions: onTensors, files: ['tensorflow.ts'] }),
  )
  return entries
}

function importing(entries: readonly string[]): string {
  return entries
    .map(
      (entry, i) => `import * as entry${i} from '${entry}'\nconsole.log('${entry}', Object.keys(entry${i}).length)\n`,
    )
    .join('')
}

function compile(): void {
  succeeded(run('npx', ['--no-install', 'tsc']), 'types hold in a strict project that checks library types')
  for (const resolution of ['node16', 'bundler'])
    succeeded(run('npx', ['--no-install', 'tsc', '-p', `tsconfig.${resolution}.json`]), `… as ${resolution} resolves`)
}

/** Debuggers and editors find the sources that the maps name. */
function maps(): void {
  const own = join(installed, '@indistinct')
  const all = readdirSync(own, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.map'))
  const lost = all.flatMap((path) => {
    const { sources } = JSON.parse(readFileSync(join(own, path), 'utf8')) as { sources: readonly string[] }
    return sources.filter((source) => !existsSync(join(own, dirname(path), source)))
  })
  check(all.length > 0 && lost.length === 0, `${all.length} maps lead to sources`)
}

function everyEntry(entries: readonly string[]): void {
  const { stdout } = succeeded(run(process.execPath, ['entries.js']), `${entries.length} entries imported`)
  const counts = stdout
    .trim()
    .split('\n')
    .map((line) => Number(line.split(' ')[1]))
  check(counts.length === entries.length && counts.every((count) => count > 0), 'each of them has exports')
}

function program(): void {
  const { stdout } = succeeded(run(process.execPath, ['program.js']), `a program runs: ${process.version}`)
  const { before, after } = JSON.parse(stdout) as { before: number; after: number }
  check(before > 0.7 && after < 0.6, `worst folded AUC ${before.toFixed(3)} before, ${after.toFixed(3)} after`)
}

/** The installed program and the workspace's own write the same bytes. */
function commandLine(): void {
  const unlearn = ['unlearn', 'users.npy', '--attributes', 'people.csv', '--attribute', 'gender', '--quiet', '--out']
  succeeded(run('npx', ['--no-install', 'indistinct', ...unlearn, 'unlearned.npy']), 'npx indistinct unlearn')
  succeeded(
    run(process.execPath, [join(workspace, 'apps/indistinct/bin/indistinct.js'), ...unlearn, 'reference.npy']),
    'the same from sources',
  )
  check(
    isDeepStrictEqual(readFileSync(join(project, 'unlearned.npy')), readFileSync(join(project, 'reference.npy'))),
    'equal bytes',
  )
  const gate = run('npx', [
    '--no-install',
    'indistinct',
    'audit',
    'users.npy',
    '--attributes',
    'people.csv',
    '--attribute',
    'gender',
    '--attackers',
    'xgb,knn',
    '--repeats',
    '1',
    '--gate',
    '0.6',
    '--refit=false',
    '--json',
  ])
  check(
    gate.status === 5 && JSON.parse(gate.stdout) !== null,
    'npx indistinct audit --gate fails on the original',
    gate,
  )
  const reproduce = run('npx', ['--no-install', 'indistinct', 'reproduce', 'table-2'])
  check(
    reproduce.status === 2 &&
      /in a clone of the repository/.test(reproduce.stderr) &&
      reproduce.stderr.trim().split('\n').length === 1,
    'npx indistinct reproduce asks for a clone',
    reproduce,
  )
}

/** Who asks for TensorFlow.js is told what to install; that line installs it. */
function tensorflow(): void {
  const named = ['--attributes', 'people.csv', '--attribute', 'gender', '--out', 'on-device.npy', '--quiet']
  const unlearn = ['--no-install', 'indistinct', 'unlearn', 'users.npy', '--engine', 'tfjs', ...named]
  const missing = run('npx', unlearn)
  const line = /; (npm install .*)\n$/.exec(missing.stderr)?.[1]
  check(
    missing.status === 2 && line !== undefined && missing.stderr.trim().split('\n').length === 1,
    `--engine tfjs says what to install: ${line}`,
    missing,
  )
  const doctor = succeeded(run('npx', ['--no-install', 'indistinct', 'doctor']), 'npx indistinct doctor')
  check(doctor.stdout.includes(line!), 'it says so too', doctor)
  const [program, ...args] = line!.split(' ')
  succeeded(run(program!, [...args, '--ignore-scripts', '--prefer-offline', '--no-audit']), line!)
  succeeded(run('npx', ['--no-install', 'tsc', '-p', 'tsconfig.tensorflow.json']), 'types on TensorFlow.js')
  const { stdout: backend } = succeeded(run(process.execPath, ['tensorflow.js']), 'TensorFlow.js opens')
  check(backend === 'wasm\n', 'its backend is WebAssembly')
  succeeded(run('npx', unlearn), '--engine tfjs unlearns')
}

function run(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, args, { cwd: project, encoding: 'utf8', env: environment })
}

function succeeded(result: SpawnSyncReturns<string>, what: string): SpawnSyncReturns<string> {
  check(result.status === 0, what, result)
  return result
}

function check(holds: boolean, what: string, result?: SpawnSyncReturns<string>): void {
  if (!holds) throw new Error(`fresh project: not so: ${what}\n${result?.stdout ?? ''}${result?.stderr ?? ''}`)
  console.log(what)
}
