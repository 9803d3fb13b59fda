/** @file A grid of the experiments and its store, opened for as long as something works on them. */

import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { usageError } from '@indistinct/core'
import type { OpenGrid } from '@indistinct/experiments'
import type { GridArguments } from './grid-options.ts'

export const workspaceRoot = fileURLToPath(new URL('../../../..', import.meta.url))

/** Opens the grid of `args` for `work`. */
export async function withGrid(args: GridArguments, work: (grid: OpenGrid) => Promise<void>): Promise<void> {
  const { chosenGrid, openGrid, openStore } = await experiments()
  if (args['data-folder'] !== undefined) process.env['INDISTINCT_DATA'] = resolve(args['data-folder'])
  const choice = {
    grid: args.grid,
    datasets: namesOf(args.datasets),
    recommenders: namesOf(args.recommenders),
    methods: namesOf(args.methods),
    seeds: args.seeds,
  }
  const expanded = await chosenGrid(choice)
  const store = await openStore(
    args.store ?? process.env['INDISTINCT_STORE'] ?? join(workspaceRoot, 'artifacts', 'grid'),
  )
  try {
    await work(openGrid(choice, expanded, store, workspaceRoot))
  } finally {
    store.close()
  }
}

/** The experiments are part of the repository, not of the published package. */
export async function experiments(): Promise<typeof import('@indistinct/experiments')> {
  try {
    return await import('@indistinct/experiments')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw usageError(
      'grid: runs in a clone of the repository, after npm ci; the published package does not hold the experiments',
      { cause },
    )
  }
}

function namesOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
