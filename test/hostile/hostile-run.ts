/** @file The command line on one hostile file, in a process of its own, and what is wrong with how it ended. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, bundled } from '../faults/bundle.ts'
import { people, type HostileFile } from './hostile-file.ts'
import { plainNpy } from './npy-files.ts'
import { quickAttack } from '../../apps/indistinct/src/end-to-end/quick-attack.ts'

/** Resident memory at its peak, Node's own included, and time on all processors together. */
const limits = { mib: 256, seconds: 10 } as const

export interface HostileRun {
  readonly name: string
  /** null: it was ended by a signal. */
  readonly exit: number | null
  /** NaN: the process did not live to tell. */
  readonly mib: number
  readonly seconds: number
  readonly message: string
  /** AUCs of the attacks. */
  readonly aucs: readonly number[]
}

const usageHook = fileURLToPath(new URL('usage.mjs', import.meta.url))
/** Seconds after which a process is ended. */
const PATIENCE = 120

/** What runs `file` under `folder`, with labels and what the plain table gives. */
export async function hostilePlace(
  folder: string,
): Promise<{ run(file: HostileFile): HostileRun; readonly plain: HostileRun }> {
  await bundle()
  const inside = join(folder, 'files')
  mkdirSync(inside)
  writeFileSync(join(folder, 'people.csv'), people)
  const run = (file: HostileFile): HostileRun => {
    writeFileSync(join(inside, file.name), file.make())
    try {
      return runIn(folder, inside, file)
    } finally {
      for (const name of [file.name, 'out.npy', 'out.npy.json', 'out.npy.html'])
        rmSync(join(inside, name), { force: true })
    }
  }
  return { run, plain: run({ name: 'plain.npy', make: () => plainNpy, outcome: 'right' }) }
}

function runIn(folder: string, inside: string, { name, command = 'audit', options = [] }: HostileFile): HostileRun {
  const usage = join(folder, 'usage.json')
  rmSync(usage, { force: true })
  const ends = command === 'audit' ? [...quickAttack, '--json', '--quiet'] : ['--out', 'out.npy', '--force']
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [
      '--import',
      usageHook,
      bundled.binary,
      command,
      name,
      '--attributes',
      join(folder, 'people.csv'),
      '--attribute',
      'gender',
      ...options,
      ...ends,
    ],
    {
      cwd: inside,
      env: { ...process.env, USAGE: usage },
      encoding: 'utf8',
      timeout: PATIENCE * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 26,
    },
  )
  const told = existsSync(usage)
    ? (JSON.parse(readFileSync(usage, 'utf8')) as { mib: number; processor: number })
    : { mib: NaN, processor: NaN }
  const result =
    status === 0 && command === 'audit'
      ? (JSON.parse(stdout) as { attacks: { auc: { value: number } }[] })
      : { attacks: [] }
  const message = `${command === 'unlearn' ? stdout : ''}${stderr}${error ? error.message : ''}`
  return {
    name,
    exit: status,
    mib: told.mib,
    seconds: told.processor,
    message,
    aucs: result.attacks.map(({ auc }) => auc.value),
  }
}

const exits = { refused: 3, right: 0, unread: 2, unlearned: 0 } as const

/** What is wrong with a run, in words; nothing where all is as it should be. */
export function complaints(file: HostileFile, run: HostileRun, plain: HostileRun): string[] {
  const wrong: string[] = []
  const [first = ''] = run.message.split('\n').filter((line) => line.startsWith('error:'))
  if (run.exit !== exits[file.outcome])
    wrong.push(`expected exit code ${exits[file.outcome]}, got ${run.exit}: ${first.slice(0, 200)}`)
  else if (file.outcome === 'right' && JSON.stringify(run.aucs) !== JSON.stringify(plain.aucs))
    wrong.push(`expected AUCs ${plain.aucs.join(' ')}, got ${run.aucs.join(' ')}`)
  else if (file.outcome === 'refused' && file.command !== 'unlearn' && !file.says && !first.includes(file.name))
    wrong.push(`expected a message that names the file, got ${first.slice(0, 200)}`)
  if (file.says && !file.says.test(run.message))
    wrong.push(`expected a message of ${file.says.source}, got ${first.slice(0, 200)}`)
  // Names of files are shown escaped: nothing in them reaches the terminal.
  if (run.message.includes('\x1b]')) wrong.push('control characters of the file reach the terminal')
  const most = file.mib ?? limits.mib
  if (!(run.mib <= most)) wrong.push(`expected at most ${most} MiB, got ${run.mib}`)
  if (!(run.seconds <= limits.seconds)) wrong.push(`expected at most ${limits.seconds} s, got ${run.seconds}`)
  return wrong
}
