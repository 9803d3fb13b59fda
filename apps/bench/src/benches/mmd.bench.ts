/** @file RBF-MMD, value and gradient: the kernel under every pass of the unlearning methods. */

import { rbfMmd } from '@indistinct/kernels'
import type { Bench, Case } from '../bench.ts'
import { firstClassSize, normalTable } from '../normal-table.ts'
import { ownSide } from '../own-side.ts'
import { peakMemory } from '../peak-memory.ts'
import { pythonSide } from '../python-peer.ts'

/** N, K, and how many times faster than autograd. */
const shapes = [
  [2000, 16, 10],
  [6040, 16, 10],
  [19_972, 16, 10],
  [2000, 64, 5],
  [6040, 64, 5],
  [19_972, 64, 5],
  [2000, 128, 3],
  [6040, 128, 3],
  [19_972, 128, 3],
] as const

export const mmdBench: Bench = {
  name: 'mmd',
  title: 'RBF-MMD, value and gradient under five bandwidths',
  target:
    'at least 10 times PyTorch autograd at K = 16, 5 times at K = 64, 3 times at K = 128, with at most 4 bytes x ' +
    '8 N K + 64 MB of memory',
  cases: async () =>
    shapes.map(([rows, cols, least]): Case => {
      const parameters = { rows, cols, first: firstClassSize(rows) }
      const arrays = () => ({ theta: normalTable(rows, cols, 1).theta.data })
      return {
        name: `N = ${rows.toLocaleString('en-GB')}, K = ${cols}`,
        ours: ownSide(() => {
          const { theta, samples } = normalTable(rows, cols, 1)
          let value = 0
          return {
            run: () => void (value = rbfMmd(theta, samples).value),
            notes: () => `value ${value.toPrecision(6)}`,
          }
        }),
        peers: [
          pythonSide('PyTorch autograd', { script: 'mmd', peer: 'autograd', parameters, arrays }),
          pythonSide('PyTorch by hand', { script: 'mmd', peer: 'by-hand', parameters, arrays }),
        ],
        targets: { 'PyTorch autograd': least },
        facts: async ({ threads }) => {
          const { before, peak } = await peakMemory('mmd', { rows, cols }, threads)
          return [
            {
              name: 'memory at the peak, beyond the table',
              value: (peak - before) / 1e6,
              unit: 'MB',
              atMost: (4 * 8 * rows * cols) / 1e6 + 64,
            },
          ]
        },
      }
    }),
}

/** One pass, for the memory it takes. */
export function mmdProbe({ rows, cols }: { rows: number; cols: number }): () => Record<string, number> {
  const { theta, samples } = normalTable(rows, cols, 1)
  // The pool of threads belongs to the process, not to the pass.
  const warm = normalTable(256, 8, 1)
  rbfMmd(warm.theta, warm.samples)
  return () => ({ value: rbfMmd(theta, samples).value })
}
