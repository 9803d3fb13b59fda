/** @file How much memory something takes at its peak, measured in a process of its own. */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Json } from '@indistinct/core'

export interface MemoryProbe {
  /** Bytes of the process once modules and inputs are loaded. */
  readonly before: number
  /** Bytes at the peak. */
  readonly peak: number
  /** What the work returned. */
  readonly result: { readonly [name: string]: number }
}

/** Runs `name` of probes.ts with `parameters` in a process of its own. */
export async function peakMemory(
  name: string,
  parameters: { readonly [name: string]: Json },
  threads: number,
): Promise<MemoryProbe> {
  const script = fileURLToPath(new URL('./probes.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', '@indistinct/loader', script, name, JSON.stringify(parameters)], {
    env: { ...process.env, INDISTINCT_THREADS: String(threads) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
  if (code !== 0) throw new Error(`peakMemory: ${name} ended with ${code}: ${errors.trim().slice(-2000)}`)
  return JSON.parse(output) as MemoryProbe
}
