/**
 * @file `npm run build`: every published package as a folder in dist/ and as a tarball in dist/tarballs, in place of
 * what was there. Equal sources give equal bytes.
 */

import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildPackages } from './build-packages.ts'

const out = join(process.cwd(), 'dist')
const tarballs = join(out, 'tarballs')
rmSync(out, { recursive: true, force: true })
const folders = buildPackages(process.cwd(), out)
mkdirSync(tarballs)
execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', tarballs, ...folders], {
  stdio: ['ignore', 'inherit', 'inherit'],
})
