/** @file Python with named modules, where there is one: an independent reader and writer for tests. */

import { spawnSync } from 'node:child_process'

const COMMANDS = [process.env['INDISTINCT_PEER_PYTHON'], 'python3', '/usr/bin/python3']

/**
 * Runs Python scripts, or is undefined, with one line on why, where no Python has the modules. INDISTINCT_PEER_PYTHON
 * names one to try first.
 */
export function pythonWith(
  ...modules: readonly string[]
): ((script: string, ...args: readonly string[]) => string) | undefined {
  const command = COMMANDS.find(
    (candidate) => candidate && spawnSync(candidate, ['-c', `import ${modules.join(', ')}`]).status === 0,
  )
  if (command === undefined) {
    console.warn(`skipped: no Python with ${modules.join(' and ')} (INDISTINCT_PEER_PYTHON names one)`)
    return undefined
  }
  return (script, ...args) => {
    const { status, stdout, stderr } = spawnSync(command, ['-c', script, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    if (status !== 0) throw new Error(`python: ${stderr}`)
    return stdout
  }
}
