/** @file An epoch of LightGCN on MovieLens 1M. */

import { adamStep, allocate, release } from '@indistinct/kernels'
import { lightgcn, lightgcnObjective } from '@indistinct/recommenders'
import type { Bench, Case } from '../bench.ts'
import { movielensFolder, movielensSplit } from '../movielens.ts'
import { ownSide } from '../own-side.ts'
import { pythonSide } from '../python-peer.ts'

/** Steps of a small batch that are timed: each propagates over the whole graph, and an epoch has 391. */
const timedSteps = 10
/** Epochs of no more steps are timed whole. */
const mostSteps = 20

export const lightgcnBench: Bench = {
  name: 'lightgcn',
  title: 'One LightGCN epoch, MovieLens 1M, three layers',
  target: 'at least 3 times PyTorch with a CSR adjacency',
  async cases() {
    const folder = movielensFolder()
    if (typeof folder !== 'string') return folder
    const { split } = await movielensSplit()
    const { users, items, train } = split
    return [
      [16, 65_536],
      [16, 2048],
      [64, 65_536],
      [64, 2048],
    ].map(([factors, batch]): Case => {
      const epochSteps = Math.ceil(train.indices.length / batch!)
      const steps = epochSteps <= mostSteps ? epochSteps : timedSteps
      // Order and negatives of an epoch count where all of its steps do.
      const whole = steps === epochSteps
      const what = whole ? 'epoch' : `${steps} of ${epochSteps} steps`
      const parameters = { users, items, factors: factors!, batch: batch!, steps, whole, layers: 3, lr: 0.02, l2: 1e-4 }
      const arrays = () => ({ indptr: train.indptr, indices: train.indices })
      return {
        name: `K = ${factors}, batch ${batch!.toLocaleString('en-GB')}, ${what}`,
        ours: ownSide(() => {
          const options = { ...lightgcn.defaults, factors: factors!, batch: batch! }
          const objective = lightgcnObjective(split, options)
          const [m, v] = [allocate(objective.parameters.length), allocate(objective.parameters.length)]
          let step = 0
          let epoch = 0
          let loss = 0
          return {
            run() {
              if (whole || epoch === 0) objective.startEpoch(++epoch)
              for (let s = 0; s < steps; s++) {
                loss = objective.step(s * batch!, Math.min((s + 1) * batch!, objective.examples), undefined)
                adamStep(objective.parameters, objective.gradient, m, v, { lr: options.lr, step: ++step })
              }
            },
            notes: () => `loss ${loss.toPrecision(3)} after ${step} steps`,
            close() {
              release(m)
              release(v)
              objective.release()
            },
          }
        }),
        peers: [
          pythonSide('PyTorch CSR', { script: 'lightgcn', peer: 'csr', parameters, arrays }),
          pythonSide('PyTorch CSR, symmetric backward', { script: 'lightgcn', peer: 'by-hand', parameters, arrays }),
        ],
        targets: { 'PyTorch CSR, symmetric backward': 3 },
      }
    })
  },
}
