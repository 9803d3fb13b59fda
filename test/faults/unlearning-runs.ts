/** @file Runs of `indistinct unlearn` over files that are there already, and what they leave when they are cut short. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { IndistinctError, randomStream, sha256 } from '@indistinct/core'
import { writeNpy } from '@indistinct/embeddings'
import { exitCodeOf } from '../../apps/indistinct/src/exit-codes.ts'
import { run } from '../../apps/indistinct/src/run.ts'

export interface Workplace {
  readonly folder: string
  readonly args: readonly string[]
  /** Digest of each file as it was before the runs, and as a whole run leaves it. */
  readonly before: ReadonlyMap<string, string>
  readonly after: ReadonlyMap<string, string>
}

/** The table gets its name last, so it is new only where all files are. */
const TABLE = 'o.npy'

/** A table (users, 8) with ids, labels, and old outputs in `folder`/out. */
export async function workplace(folder: string, users: number): Promise<Workplace> {
  const random = randomStream(1, 'faults')
  mkdirSync(join(folder, 'out'), { recursive: true })
  writeFileSync(join(folder, 'users.npy'), writeNpy([users, 8], Float32Array.from({ length: users * 8 }, () => random.normal())))
  writeFileSync(join(folder, 'ids.txt'), Array.from({ length: users }, (_, i) => `u${i}`).join('\n'))
  writeFileSync(join(folder, 'people.csv'), `id,gender\n${Array.from({ length: users }, (_, i) => `u${i},${'FM'[i % 2]}`).join('\n')}\n`)
  const args = ['unlearn', join(folder, 'users.npy'), '--ids', join(folder, 'ids.txt'), '--attributes', join(folder, 'people.csv'), '--attribute', 'gender',
    '--method', 'mean-matching', '--out', join(folder, 'out', TABLE), '--delta', join(folder, 'out', 'o.delta'), '--force', '--quiet']
  await quietly(() => run(args))
  const after = digests(join(folder, 'out'))
  restore({ folder, after })
  return { folder, args, before: digests(join(folder, 'out')), after }
}

/** Puts old bytes in the place of every output. */
export function restore({ folder, after }: Pick<Workplace, 'folder' | 'after'>): void {
  for (const name of after.keys()) writeFileSync(join(folder, 'out', name), `old ${name}`)
}

export function digests(folder: string): Map<string, string> {
  return new Map(existsSync(folder) ? readdirSync(folder).sort().map((name) => [name, sha256(readFileSync(join(folder, name)))]) : [])
}

/** What is wrong with the outputs after a run that was cut short; nothing where each is old or new and the table last. */
export function complaints({ folder, before, after }: Workplace, options: { readonly strayParts: boolean }): string[] {
  const found = digests(join(folder, 'out'))
  const wrong: string[] = []
  for (const [name, digest] of found) {
    if (name.endsWith('.part')) {
      if (!options.strayParts) wrong.push(`${name} was left`)
    } else if (digest !== before.get(name) && digest !== after.get(name)) wrong.push(`${name} is neither old nor new`)
  }
  for (const name of before.keys()) if (!found.has(name)) wrong.push(`${name} is gone`)
  if (found.get(TABLE) === after.get(TABLE) && [...after].some(([name, digest]) => found.get(name) !== digest)) wrong.push(`${TABLE} is new and others are not`)
  return wrong
}

/** One run in this process; its exit code. */
export async function exitCode({ args }: Workplace): Promise<number> {
  try {
    await quietly(() => run(args))
    return 0
  } catch (error) {
    if (!(error instanceof IndistinctError)) throw error
    return exitCodeOf(error)
  }
}

async function quietly(work: () => Promise<void>): Promise<void> {
  const write = process.stdout.write
  process.stdout.write = () => true
  try {
    await work()
  } finally {
    process.stdout.write = write
  }
}
