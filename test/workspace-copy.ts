/** @file A throw-away copy of the workspace, for tests that edit sources. */

import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const workspace = fileURLToPath(new URL('..', import.meta.url))

export interface WorkspaceCopy {
  readonly root: string
  remove(): void
}

/**
 * Copies the files that git tracks or would track, and links installed packages to the originals. Packages of the
 * workspace itself must resolve into the copy: a link to the whole node_modules would run the original's sources, and
 * every edit of the copy would go unnoticed.
 */
export function copyWorkspace(): WorkspaceCopy {
  // The real path: behind a link each file would have two names.
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'indistinct-copy-')))
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: workspace,
    encoding: 'utf8',
  })
  for (const file of files.split('\0')) {
    if (file === '' || !existsSync(join(workspace, file))) continue
    mkdirSync(dirname(join(root, file)), { recursive: true })
    copyFileSync(join(workspace, file), join(root, file))
  }
  linkInstalled(root, '')
  for (const group of ['packages', 'apps', 'tools']) {
    for (const folder of readdirSync(join(root, group))) linkInstalled(root, join(group, folder))
  }
  for (const group of ['packages', 'apps', 'tools']) {
    for (const folder of readdirSync(join(root, group))) {
      const manifest = join(root, group, folder, 'package.json')
      if (!existsSync(manifest)) continue
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string }
      const link = join(root, 'node_modules', name)
      rmSync(link, { force: true })
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(root, group, folder), link, 'dir')
    }
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** Links each installed package of `folder`'s node_modules, other than those of the workspace. */
function linkInstalled(root: string, folder: string): void {
  const installed = join(workspace, folder, 'node_modules')
  if (!existsSync(installed)) return
  mkdirSync(join(root, folder, 'node_modules'), { recursive: true })
  for (const name of readdirSync(installed)) {
    if (name !== '@indistinct') symlinkSync(join(installed, name), join(root, folder, 'node_modules', name))
  }
}
