/** @file BPR-MF (Rendle et al. 2009): matrix factorisation under BPR, which is LightGCN without propagation. */

import { lightgcn } from './lightgcn.ts'
import { innerProductModel, restoredModel } from './inner-product-model.ts'
import { withDefaults } from './parameters.ts'
import { checkTrainingData } from './training-data.ts'
import type { Recommender } from './recommender.ts'
import { checkedContributions } from './contributions.ts'
import type { Regulariser } from './objective.ts'
import type { DescentOptions } from './train.ts'

export interface BprMfOptions extends DescentOptions {
  /** Dimensions K of an embedding. */
  readonly factors: number
  /** L2 on the embeddings of a batch: l2/2 * ||e||^2 for each use, over the batch size. */
  readonly l2: number
}

export const bprMfDefaults: BprMfOptions = {
  seed: 0,
  factors: 16,
  l2: 0.01,
  lr: 0.005,
  batch: 0.005,
  epochs: 200,
  validateEvery: 5,
  patience: 5,
}

/** One user table, `users`. */
export const bprMf: Recommender<BprMfOptions> = {
  name: 'bpr-mf',
  userTables: ['users'],
  unscoredTables: [],
  defaults: bprMfDefaults,
  train(data, given = {}, hooks = {}) {
    checkTrainingData(data)
    const options = withDefaults(bprMfDefaults, given)
    const { regulariser, ...others } = hooks
    const { parameters, history } = lightgcn.train(
      data,
      { ...options, layers: 0 },
      {
        ...others,
        ...(regulariser && { regulariser: onLayer0(regulariser) }),
      },
    )
    return innerProductModel(
      { name: 'bpr-mf', options },
      parameters['user-layer-0']!,
      parameters['item-layer-0']!,
      history,
    )
  },
  restore(data, given, parameters) {
    checkTrainingData(data)
    const options = withDefaults(bprMfDefaults, given)
    return restoredModel({ name: 'bpr-mf', options }, data, options.factors, parameters)
  },
}

/** The regulariser of a LightGCN without layers, whose table `layer-0` that of BPR-MF is. */
function onLayer0(regulariser: Regulariser): Regulariser {
  const onKernels: Regulariser = (tables, at) => {
    const own = { users: tables['layer-0']! }
    const gradient = checkedContributions(own, regulariser(own, at))['users']
    return gradient ? { 'layer-0': gradient } : {}
  }
  const { device } = regulariser
  return device ? Object.assign(onKernels, { device: { ...device, names: { 'layer-0': 'users' } } }) : onKernels
}
