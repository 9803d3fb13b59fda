/** @file All of `npm start` on MovieLens 100K, from a fresh copy of the workspace whose cache is empty. */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { findDataset, knownDataset } from '@indistinct/datasets'
import { dirname } from 'node:path'
import { copyWorkspace } from '../../../../test/workspace-copy.ts'
import type { Bench, OpenSide } from '../bench.ts'

export const startBench: Bench = {
  name: 'start',
  title: 'All of `npm start` on MovieLens 100K from an empty cache',
  target: 'at most 60 s',
  async cases() {
    const folder = findDataset(knownDataset('ml-100k')!, {})
    if (folder === undefined) return { skipped: 'MovieLens 100K is not in INDISTINCT_DATA' }
    return [
      {
        name: 'npm start -- --dataset ml-100k',
        ours: { name: 'indistinct', open: async ({ threads }) => startSide(dirname(folder), threads) },
        peers: [],
        atMostSeconds: 60,
      },
    ]
  },
}

function startSide(dataFolder: string, threads: number): OpenSide {
  const copy = copyWorkspace()
  return {
    async run() {
      const args = [
        'apps/experiments/bin/start.js',
        '--dataset',
        'ml-100k',
        '--data',
        dataFolder,
        '--fresh',
        '--quiet',
        '--parallel',
        String(threads),
      ]
      const before = childCpuSeconds()
      const started = performance.now()
      const child = spawn(process.execPath, args, {
        cwd: copy.root,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, INDISTINCT_THREADS: String(threads) },
      })
      let errors = ''
      child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)))
      const code = await new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject))
      if (code !== 0) throw new Error(`start: expected npm start to end with 0, got ${code}: ${errors}`)
      return { seconds: (performance.now() - started) / 1000, cpuSeconds: childCpuSeconds() - before }
    },
    close: () => copy.remove(),
  }
}

/** Processor time of children that have ended, from the system's account of this process; 0 where it gives none. */
function childCpuSeconds(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ')
    // cutime and cstime, 16th and 17th of the line, in hundredths of a second.
    return (Number(fields[13]) + Number(fields[14])) / 100
  } catch {
    return 0
  }
}
