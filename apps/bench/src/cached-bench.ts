/** @file One whole benchmark through Nx: measured where something that it measures has changed, served otherwise. */

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchOptions } from './bench-options.ts'
import { checkResult, type BenchResult } from './results.ts'

const workspaceRoot = fileURLToPath(new URL('../../..', import.meta.url))

/** Where the task of a benchmark leaves its result. */
export function resultPath(name: string): string {
  return join(workspaceRoot, 'artifacts', 'bench', name, 'result.json')
}

/**
 * The result with the time it was measured at; undefined where it cannot run here, which its task has said.
 * @throws Error where the task ended without a result; it has said why.
 */
export function cachedBench(name: string, { threads, repeats, fresh }: BenchOptions): BenchResult | undefined {
  rmSync(resultPath(name), { force: true })
  const nx = createRequire(import.meta.url).resolve('nx/bin/nx')
  const args = ['run', `bench:${name}:bench`, '--outputStyle=static', ...(fresh ? ['--skip-nx-cache'] : [])]
  spawnSync(process.execPath, [nx, ...args], {
    cwd: workspaceRoot,
    // Standard output is for the result.
    stdio: ['ignore', 2, 2],
    env: {
      ...process.env,
      NX_TUI: 'false',
      INDISTINCT_BENCH_THREADS: String(threads),
      INDISTINCT_BENCH_REPEATS: String(repeats),
    },
  })
  if (!existsSync(resultPath(name))) throw new Error(`bench: ${name} ended without a result`)
  const result = JSON.parse(readFileSync(resultPath(name), 'utf8')) as object
  return 'skipped' in result ? undefined : checkResult(result)
}
