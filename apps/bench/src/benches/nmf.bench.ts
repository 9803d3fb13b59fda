/** @file An epoch of NMF (NeuMF) on MovieLens 1M. */

import { adamStep, allocate, release } from '@indistinct/kernels'
import { nmf, nmfObjective } from '@indistinct/recommenders'
import type { Bench } from '../bench.ts'
import { movielensFolder, movielensSplit } from '../movielens.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

export const nmfBench: Bench = {
  name: 'nmf',
  title: 'One NMF (NeuMF) epoch, MovieLens 1M, four negatives for each interaction',
  target: 'at least 1.5 times PyTorch',
  async cases() {
    const folder = movielensFolder()
    if (typeof folder !== 'string') return folder
    const { split } = await movielensSplit()
    const { users, items, train } = split
    const options = nmf.defaults
    const batch = Math.ceil(options.batch * train.indices.length)
    const { gmf, mlp, negatives, lr } = options
    const parameters = { users, items, gmf, mlp, hidden: [...options.hidden], negatives, batch, lr }
    return [
      {
        name: `GMF 16, MLP 16, hidden 32-16-8, batch ${batch.toLocaleString('en-GB')}`,
        ours: ownSide(() => {
          const objective = nmfObjective(split, options)
          const [m, v] = [allocate(objective.parameters.length), allocate(objective.parameters.length)]
          let step = 0
          let epoch = 0
          let loss = 0
          return {
            run() {
              objective.startEpoch(++epoch)
              let total = 0
              for (let first = 0; first < objective.examples; first += batch) {
                const last = Math.min(first + batch, objective.examples)
                total += objective.step(first, last, undefined) * (last - first)
                adamStep(objective.parameters, objective.gradient, m, v, { lr, step: ++step })
              }
              loss = total / objective.examples
            },
            notes: () => `loss ${loss.toPrecision(3)} in epoch ${epoch}`,
            close() {
              release(m)
              release(v)
              objective.release()
            },
          }
        }),
        peers: [
          pythonSide('PyTorch', {
            script: 'nmf',
            peer: 'torch',
            parameters,
            arrays: () => ({ indptr: train.indptr, indices: train.indices }),
          }),
        ],
        targets: { PyTorch: 1.5 },
      },
    ]
  },
}
