/** @file Where a native libxgboost may be: loader paths, package managers, Python and conda environments. */

import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Existing files that may be libxgboost, best first: the active Python or conda environment, system library folders,
 * Python's own package folders. No process is started and nothing is loaded.
 */
export function libraryCandidates(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const names =
    platform === 'win32'
      ? ['xgboost.dll']
      : platform === 'darwin'
        ? ['libxgboost.dylib']
        : ['libxgboost.so', 'libxgboost.so.0']
  const folders: string[] = []
  const roots = [environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']].filter(
    (root) => root !== undefined && root !== '',
  ) as string[]
  for (const root of roots) folders.push(...pythonFolders(root), join(root, 'lib'), join(root, 'Library', 'bin'))
  const loaderPath = platform === 'darwin' ? environment['DYLD_LIBRARY_PATH'] : environment['LD_LIBRARY_PATH']
  folders.push(...(loaderPath ?? '').split(delimiter).filter((folder) => folder !== ''))
  if (platform !== 'win32') {
    folders.push(
      '/usr/local/lib',
      '/usr/lib',
      '/usr/lib64',
      '/opt/homebrew/lib',
      ...listed('/usr/lib', (name) => name.endsWith('-linux-gnu')),
    )
    for (const root of [join(homedir(), '.local'), '/usr/local', '/usr', '/opt/homebrew', '/opt/conda'])
      folders.push(...pythonFolders(root))
  } else {
    for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
      if (existsSync(join(folder, 'python.exe'))) folders.push(...pythonFolders(folder))
    }
  }
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).filter((path) => existsSync(path))
  return [...new Set(found)]
}

/** Folders in which pip puts the library of package `xgboost` under an environment's root. */
function pythonFolders(root: string): string[] {
  const packages = [
    join(root, 'Lib', 'site-packages'),
    join(root, 'lib', 'python3', 'dist-packages'),
    ...listed(join(root, 'lib'), (name) => /^python3\.\d+$/.test(name)).flatMap((folder) => [
      join(folder, 'site-packages'),
      join(folder, 'dist-packages'),
    ]),
  ]
  return packages.map((folder) => join(folder, 'xgboost', 'lib')).filter((folder) => existsSync(dirname(folder)))
}

function listed(folder: string, wanted: (name: string) => boolean): string[] {
  if (!existsSync(folder)) return []
  try {
    return readdirSync(folder)
      .filter(wanted)
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return [] // a folder that cannot be read cannot be loaded from either
  }
}
