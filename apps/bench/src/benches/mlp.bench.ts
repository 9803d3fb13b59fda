/** @file Fitting the paper's MLP attacker. */

import { randomStream } from '@indistinct/core'
import { trainMlp } from '@indistinct/attackers'
import type { Bench, Case } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

/** Both sides run this many epochs: their own stopping rule ends them at different ones, since their draws differ. */
const epochs = 60

export const mlpBench: Bench = {
  name: 'mlp',
  title: `MLP attacker: ${epochs} epochs of one hidden layer of 100, batches of 200`,
  target: 'at least 1.5 times scikit-learn',
  cases: async () =>
    (
      [
        [3418, 16],
        [8830, 64],
      ] as const
    ).map(([rows, cols]): Case => ({
      name: `${rows.toLocaleString('en-GB')} x ${cols}`,
      ours: ownSide(() => {
        const { theta, labels } = normalTable(rows, cols, 3)
        let loss = NaN
        return {
          run() {
            const network = trainMlp(theta, labels.codes, 2, randomStream(0, 'mlp bench'), {
              maxEpochs: epochs,
              tolerance: -1,
            })
            loss = network.losses[epochs - 1]!
          },
          notes: () => `loss ${loss.toFixed(4)}`,
        }
      }),
      peers: [
        pythonSide('scikit-learn', {
          script: 'mlp',
          peer: 'sklearn',
          parameters: { rows, cols, epochs },
          arrays() {
            const { theta, labels } = normalTable(rows, cols, 3)
            return { x: theta.data, y: labels.codes }
          },
        }),
      ],
      targets: { 'scikit-learn': 1.5 },
    })),
}
