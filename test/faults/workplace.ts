/**
 * @file A command with its inputs, files that are there already, and what a run that is cut short may leave of them.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { sha256 } from '@indistinct/core'
import { exitCodeOf } from '../../apps/indistinct/src/terminal/exit-codes.ts'
import { commands, type CommandName } from './commands.ts'
import type { Workplace } from './place.ts'

/** `name` with inputs of `users` users, and old outputs in `folder`/out. */
export async function workplace(folder: string, name: CommandName, users: number): Promise<Workplace> {
  mkdirSync(join(folder, 'out'), { recursive: true })
  const command = await quietly(() => commands[name](folder, users))
  await quietly(command.run)
  const after = digests(join(folder, 'out'))
  restore({ folder, after, ...(command.fresh && { fresh: true }) })
  return { name, folder, ...command, before: digests(join(folder, 'out')), after }
}

/** Puts old bytes in the place of every output, or nothing; leftovers stay. */
export function restore({
  folder,
  after,
  together,
  fresh,
}: Pick<Workplace, 'folder' | 'after' | 'together' | 'fresh'>): void {
  if (together !== undefined) rmSync(join(folder, 'out', together), { recursive: true, force: true })
  for (const name of after.keys()) {
    if (fresh) {
      rmSync(join(folder, 'out', name), { force: true })
      continue
    }
    mkdirSync(dirname(join(folder, 'out', name)), { recursive: true })
    writeFileSync(join(folder, 'out', name), `old ${name}`)
  }
}

/** Of every file below `folder`, by its path in it. */
export function digests(folder: string): Map<string, string> {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile())
    : []
  return new Map(files.sort().map((path) => [relative(folder, path), sha256(readFileSync(path))]))
}

const isStray = (name: string): boolean => name.split('/').some((part) => part.endsWith('.part'))

export function strays(place: Workplace): string[] {
  return readdirSync(join(place.folder, 'out'), { recursive: true, encoding: 'utf8' }).filter(isStray)
}

/** Names of the outputs that are new. */
export function newOutputs(
  { folder, before, after, isWhole }: Workplace,
  found = digests(join(folder, 'out')),
): string[] {
  return [...found]
    .filter(
      ([name, digest]) =>
        digest !== before.get(name) &&
        !isStray(name) &&
        (isWhole ? isWhole(name, readFileSync(join(folder, 'out', name))) : digest === after.get(name)),
    )
    .map(([name]) => name)
}

/**
 * What is wrong with the outputs after a run that was cut short; nothing where each is old or new, and the last one new
 * last.
 */
export function complaints(place: Workplace, { strayParts }: { readonly strayParts: boolean }): string[] {
  const { folder, before, after, last, together } = place
  const found = digests(join(folder, 'out'))
  const fresh = newOutputs(place, found)
  const wrong = strayParts ? [] : strays(place).map((name) => `${name} was left`)
  for (const [name, digest] of found)
    if (!isStray(name) && digest !== before.get(name) && !fresh.includes(name))
      wrong.push(`${name} is neither old nor new`)
  const gone = [...before.keys()].filter((name) => !found.has(name))
  if (together === undefined) for (const name of gone) wrong.push(`${name} is gone`)
  else if ([gone, fresh].some((some) => some.length > 0 && some.length < before.size))
    wrong.push(`${together} holds files of two runs`)
  if (last !== undefined && fresh.includes(last) && fresh.length < after.size)
    wrong.push(`${last} is new and others are not`)
  return wrong
}

/** One run in this process; its exit code. */
export async function exitCode(place: Workplace): Promise<number> {
  try {
    await quietly(place.run)
    return 0
  } catch (error) {
    return exitCodeOf(error)
  }
}

async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const write = process.stdout.write
  process.stdout.write = () => true
  try {
    return await work()
  } finally {
    process.stdout.write = write
  }
}
