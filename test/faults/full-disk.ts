/**
 * @file A file system that is really full, or really read-only: a small one in memory, where this process may mount it.
 */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { complaints, exitCode, newOutputs, restore } from './workplace.ts'
import type { Workplace } from './place.ts'

export interface FullDisk {
  readonly command: string
  /** Runs by exit code, on disks from too small for the first file up to large enough for all. */
  readonly exits: Readonly<Record<string, number>>
  readonly complaints: readonly string[]
}

/** Why nothing can be mounted here, or undefined where it can. */
export function cannotMount(folder: string): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root mounts file systems, on Linux'
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' })
    execFileSync('umount', [folder], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return `this system mounts nothing: ${(error as Error).message.trim()}`
  }
}

/** Runs on disks of `sizes` KiB, and on one that is read-only. */
export async function onFullDisks(place: Workplace, sizes: readonly number[]): Promise<FullDisk> {
  const folder = join(place.folder, 'out')
  const wrong: string[] = []
  const exits: Record<string, number> = {}
  const attempt = async (name: string, ok: boolean): Promise<void> => {
    const exit = await exitCode(place)
    exits[exit] = (exits[exit] ?? 0) + 1
    for (const complaint of complaints(place, { strayParts: false })) wrong.push(`${name}: ${complaint}`)
    if (exit !== 4 && !(ok && exit === 0 && newOutputs(place).length === place.after.size))
      wrong.push(`${name}: exit code ${exit}`)
  }
  for (const size of sizes) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', folder])
    try {
      restore(place)
      await attempt(`${size} KiB`, true)
      restore(place)
      execFileSync('mount', ['-o', 'remount,ro', folder])
      await attempt(`${size} KiB, read-only`, false)
    } finally {
      execFileSync('umount', [folder])
    }
  }
  return { command: place.name, exits, complaints: wrong }
}
