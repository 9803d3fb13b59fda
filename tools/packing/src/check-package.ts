/**
 * @file `pack-check` of one package: publint reads the tarball as npm and bundlers do, are-the-types-wrong as
 * TypeScript does. Usage: check-package.ts TARBALL. Exits 1 with their findings, suggestions included.
 */

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const [tarball] = process.argv.slice(2)
if (tarball === undefined) throw new Error('check-package: expected a tarball, got nothing')

const bytes = readFileSync(tarball)
const { messages, pkg } = await publint({
  pack: { tarball: new Uint8Array(bytes).buffer },
  level: 'suggestion',
  strict: true,
})
for (const message of messages) console.error(`publint: ${formatMessage(message, pkg, { color: false })}`)
let failed = messages.length > 0

// A program has no types to be wrong. Packages are ECMAScript modules alone: what CommonJS and resolution before
// exports maps make of them is of no concern (Node 20.19 and later can require() them).
if (pkg['exports']?.['.'] !== undefined) {
  const manifest = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { attw: string } }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(dirname(manifest), bin.attw), tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'],
    { encoding: 'utf8' },
  )
  if (status !== 0) console.error(`${stdout}${stderr}`)
  failed ||= status !== 0
}
process.exitCode = failed ? 1 : 0
