/** @file The command line as one file of plain JavaScript: hundreds of processes start in a fraction of the time. */

import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Where the packages that are not bundled are found as they are from the sources. */
const outdir = join(root, `apps/indistinct/node_modules/.faults-${process.pid}`)

export const bundled = {
  binary: join(outdir, 'main.js'),
  library: join(outdir, 'library-run.js'),
  dieAtStep: join(outdir, 'die-at-step.js'),
} as const

/** Sources find the files beside them by their own URL, which stays theirs; packages of others are not bundled. */
const asInSources: Plugin = {
  name: 'as-in-sources',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }))
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || /^(@indistinct\/|#)/.test(path) ? undefined : { external: true },
    )
  },
}

let made: Promise<void> | undefined

/** Makes the files of {@link bundled}, once; they go with this process. */
export function bundle(): Promise<void> {
  made ??= make()
  return made
}

async function make(): Promise<void> {
  mkdirSync(outdir, { recursive: true })
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }))
  await build({
    entryPoints: ['apps/indistinct/src/main.ts', 'test/faults/library-run.ts', 'test/faults/die-at-step.ts'].map(
      (path) => join(root, path),
    ),
    outdir,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    plugins: [asInSources],
  })
}
