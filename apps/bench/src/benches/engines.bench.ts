/** @file Both engines on the same work: the kernels, and TensorFlow.js on the device that is at hand. */

import { kCore, loadDataset, splitRatio } from '@indistinct/datasets'
import type { Engine } from '@indistinct/kernels'
import { openDevice } from '@indistinct/kernels/device'
import { lightgcn, nmf } from '@indistinct/recommenders'
import { calibratedFlow, d2dRegularised } from '@indistinct/unlearners'
import type { Bench, Case } from '../bench.ts'
import { normalTable } from '../normal-table.ts'
import { ownSide } from '../own-side.ts'

const steps = 25
const peer = 'indistinct, engine tfjs'

export const enginesBench: Bench = {
  name: 'engines',
  title: 'The kernels against TensorFlow.js on the device at hand',
  target: 'none: it says which engine to take here',
  async cases() {
    const split = splitRatio(kCore(await loadDataset('synthetic', { seed: 0 }), 5), { seed: 0 })
    const { theta, labels } = normalTable(1000, 16, 6)
    const hidden = { validateEvery: 100 }
    return [
      caseOf('LightGCN, synthetic data, two epochs', (engine) =>
        lightgcn.train(split, { epochs: 2, ...hidden }, { engine }),
      ),
      caseOf('NMF, synthetic data, one epoch', (engine) => nmf.train(split, { epochs: 1, ...hidden }, { engine })),
      caseOf(`D2D-R, N = 1,000, K = 16, ${steps} steps`, (engine) => d2dRegularised(theta, labels, { steps, engine })),
      caseOf('flow, N = 1,000, K = 16', (engine) => calibratedFlow(theta, labels, { engine })),
    ]
  },
}

function caseOf(name: string, work: (engine: Engine) => unknown): Case {
  return {
    name,
    ours: ownSide(() => ({ run: () => void work('kernels') })),
    peers: [
      ownSide(() => {
        const { reason } = openDevice().backend
        return { run: () => void work('tfjs'), notes: () => reason.split('; ')[0] }
      }, peer),
    ],
  }
}
