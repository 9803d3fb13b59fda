/** @file Pythons that could run peers. */

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

let found: string[] | undefined

/** BENCH_PYTHON alone if set; else python3 on the path, then the system's: the first may lack what Debian installed. */
export function pythonCandidates(): readonly string[] {
  const named = process.env['BENCH_PYTHON']
  if (named) return [named]
  found ??= ['python3', '/usr/bin/python3'].filter((python) =>
    python.startsWith('/') ? existsSync(python) : spawnSync(python, ['--version'], { stdio: 'ignore' }).status === 0,
  )
  return found
}

let versions: Record<string, string> | undefined

/** Versions of the peers' libraries, of the first Python that has each. */
export function peerVersions(): Record<string, string> {
  if (versions) return versions
  versions = {}
  for (const name of ['torch', 'sklearn', 'xgboost', 'numpy', 'pandas']) {
    for (const python of pythonCandidates()) {
      const { status, stdout } = spawnSync(
        python,
        ['-c', `import platform, ${name}; print(${name}.__version__, platform.python_version())`],
        { encoding: 'utf8' },
      )
      if (status !== 0) continue
      const [version, pythonVersion] = stdout.trim().split(' ')
      versions[name] = version!
      versions['python'] ??= pythonVersion!
      break
    }
  }
  return versions
}
