/** @file The real binary in a process of its own, for tests. */

import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { randomStream } from '@indistinct/core'

export const binary = fileURLToPath(new URL('../../bin/indistinct.js', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  /** Without lines of progress, which depend on how fast the machine is. */
  readonly stderr: string
}

export interface SpawnOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Called once the process has started. */
  readonly onStart?: (child: ChildProcess) => void
}

/** Runs `indistinct ...args` to its end. */
export function indistinct(args: readonly string[], options: SpawnOptions): Promise<Finished> {
  return finished([process.execPath, binary, ...args], options)
}

/** Runs a command to its end; of the environment it sees PATH, HOME and what the test gives. */
export function finished(
  [command, ...args]: readonly string[],
  { cwd, env = {}, onStart }: SpawnOptions,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command!, args, {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd, INDISTINCT_THREADS: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child
      .on('error', reject)
      .on('close', (code, signal) => resolve({ code, signal, stdout, stderr: withoutProgress(stderr) }))
    onStart?.(child)
  })
}

/** Lines that come after so many seconds ("flow: 12, loss 0.1"), and what takes many ("unlearn: about 9 s: …"). */
function withoutProgress(stderr: string): string {
  return stderr.replace(/^[^:\n]+: (\d+ %|\d+( of \d+)?)(, [^\n]*)?\n|^unlearn: [^\n]*about \d+ [^\n]*\n/gm, '')
}

/**
 * Writes users.csv (N, 6) and people.csv into `folder`: two labels, told apart by the mean of one dimension and the
 * spread of another; `gap` 0 plants nothing.
 */
export function plantLeak(folder: string, users: number, gap: number): void {
  const random = randomStream(5, 'planted-leak')
  const table = ['id,d0,d1,d2,d3,d4,d5']
  const people = ['user,gender']
  for (let i = 0; i < users; i++) {
    const first = random.uniform() < 0.45
    const row = Array.from(
      { length: 6 },
      (_, k) => 0.1 * (random.normal() * (first && k === 4 ? 1 + gap / 2 : 1) + (first && k === 1 ? gap : 0)),
    )
    table.push([`u${i}`, ...row.map(Math.fround)].join(','))
    people.push(`u${i},${first ? 'F' : 'M'}`)
  }
  writeFileSync(join(folder, 'users.csv'), `${table.join('\n')}\n`)
  writeFileSync(join(folder, 'people.csv'), `${people.join('\n')}\n`)
}
