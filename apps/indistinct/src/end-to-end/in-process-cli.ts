/**
 * @file A command line run inside the test's own process: what a new process would take a second to start costs
 * nothing.
 */

import { vi } from 'vitest'
import { effectiveArguments } from '../terminal/effective-arguments.ts'
import { exitCodeOf } from '../terminal/exit-codes.ts'
import { run } from '../run.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `args` as the binary does; paths are to be absolute. Not for two runs at a time. */
export async function indistinctInProcess(args: readonly string[]): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true)),
    vi.spyOn(console, 'log').mockImplementation((text) => void (stdout += `${String(text)}\n`)),
  ]
  try {
    process.exitCode = undefined
    await run(await effectiveArguments(args))
    return { code: Number(process.exitCode ?? 0), stdout, stderr }
  } catch (error) {
    return { code: exitCodeOf(error), stdout, stderr: `${stderr}error: ${(error as Error).message}\n` }
  } finally {
    process.exitCode = undefined
    for (const spy of spies) spy.mockRestore()
  }
}
