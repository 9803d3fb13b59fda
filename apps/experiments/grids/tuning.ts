/**
 * @file Settings of recommenders that are tried on validation items. A product is a data set, a recommender and K; its
 * first point is the recommender's defaults, unless said otherwise.
 *
 *     INDISTINCT_DATA=... npm run tuning
 *
 * The split is that of seed 42, which `npm start` takes. ML-100K trains in seconds and has every axis: layers, L2,
 * loss, learning rate, batch, negatives, the tower. The others have few points, about what was best there. Epochs are
 * those of early stopping.
 *
 * Deviation: LightGCN may be chosen with a softmax over all items where the paper has BPR, NMF with L2 and without the
 * output weights of GMF, which the paper trains.
 */

import type { Grid, Options, Product } from '@indistinct/stages'

/** Options of K = `factors` dimensions, NMF's tower in proportion. */
const sized: { readonly [recommender: string]: (factors: number) => Options } = {
  lightgcn: (factors) => ({ factors }),
  nmf: (factors) => ({ gmf: factors, mlp: factors, hidden: [2 * factors, factors, factors / 2] }),
  ials: (factors) => ({ factors }),
}

const productOf = (dataset: string, recommender: string, factors: number, points: readonly Options[]): Product => ({
  datasets: [{ name: dataset }],
  recommenders: points.map((options) => ({
    name: recommender,
    options: { ...sized[recommender]!(factors), ...options },
  })),
  methods: [],
  attackers: [],
  protocols: [],
  attributes: ['gender'],
  seeds: [42],
  reports: false,
  until: 'evaluate',
})

/** LightGCN by BPR, the paper's loss. */
const bpr = (layers: number, ...l2s: readonly number[]): Options[] => l2s.map((l2) => ({ layers, l2 }))

/** LightGCN by the softmax over all items, which is not the paper's. */
const softmax = (layers: number, ...l2s: readonly number[]): Options[] =>
  bpr(layers, ...l2s).map((point) => ({ loss: 'softmax', ...point }))

/** NMF whose L2 its output layer cannot undo. */
const gmf = (...points: readonly Options[]): Options[] => points.map((point) => ({ gmfOutput: 'one', ...point }))

const each = (points: readonly Options[], changes: readonly Options[]): Options[] =>
  changes.flatMap((change) => points.map((point) => ({ ...point, ...change })))

const defaults: Options = {}

const ml100k: readonly Product[] = [
  productOf('ml-100k', 'lightgcn', 16, [
    defaults,
    ...bpr(1, 1e-4, 1e-3, 3e-3, 1e-2, 2e-2, 3e-2),
    ...bpr(2, 1e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2),
    ...bpr(3, 1e-3, 2e-3, 3e-3, 1e-2),
    ...each(
      [...bpr(2, 3e-3), ...bpr(3, 1e-3)],
      [{ lr: 0.01 }, { lr: 0.05 }, { batch: 0.03 }, { lr: 0.01, batch: 0.03 }],
    ),
    ...softmax(1, 0, 1e-4, 1e-3, 1e-2, 3e-2, 5e-2, 1e-1),
    ...softmax(2, 2e-2, 3e-2, 4e-2, 1e-1),
    ...softmax(3, 0, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1),
    ...each(softmax(3, 1e-2), [{ lr: 0.01 }, { batch: 0.03 }, { lr: 0.01, batch: 0.03 }]),
    ...each(softmax(2, 3e-2), [{ lr: 0.01 }]),
  ]),
  productOf('ml-100k', 'lightgcn', 64, [
    defaults,
    ...bpr(2, 3e-3, 5e-3),
    ...bpr(3, 1e-3),
    ...softmax(1, 5e-2),
    ...softmax(2, 1e-2, 2e-2, 3e-2),
    ...[1e-2, 2e-2].map((l2) => ({ loss: 'softmax', l2 })),
  ]),
  productOf('ml-100k', 'nmf', 16, [
    defaults,
    ...[1e-3, 1e-2, 2e-2, 3e-2].map((l2) => ({ gmfOutput: 'trained', l2 })),
    ...gmf(...[0, 1e-3, 5e-3, 1e-2, 2e-2, 3e-2, 5e-2].map((l2) => ({ l2 }))),
    ...each(gmf({ l2: 0.01 }), [
      { lr: 0.002 },
      { lr: 0.01 },
      { negatives: 8 },
      { negatives: 16 },
      { batch: 0.02 },
      { batch: 0.02, lr: 0.01 },
      { negatives: 8, lr: 0.002 },
    ]),
    ...each(gmf({ lr: 0.01, l2: 0.01 }), [
      { lr: 0.02 },
      { lr: 0.03 },
      { l2: 0.003 },
      { l2: 0.02 },
      { negatives: 2 },
      { negatives: 8 },
      { hidden: [16] },
      { hidden: [8] },
    ]),
    ...each(gmf({ lr: 0.01, l2: 0.02 }), [
      { lr: 0.02 },
      { lr: 0.02, l2: 0.03 },
      { negatives: 8 },
      { hidden: [8] },
      { hidden: [8], lr: 0.02 },
      { hidden: [8], lr: 0.02, l2: 0.03 },
    ]),
  ]),
  productOf('ml-100k', 'nmf', 64, [
    defaults,
    ...each(gmf({ lr: 0.01, l2: 0.02 }), [{}, { hidden: [32] }, { lr: 0.02, l2: 0.03 }]),
  ]),
  productOf('ml-100k', 'ials', 16, [{ l2: 20 }, { l2: 10 }, { l2: 40 }]),
  productOf('ml-100k', 'ials', 64, [{ l2: 20 }, { l2: 10 }, { l2: 40 }, { l2: 80 }]),
]

const ml1m: readonly Product[] = [
  productOf('ml-1m', 'lightgcn', 16, [defaults, ...bpr(2, 1e-3), ...softmax(2, 1e-2, 2e-2)]),
  productOf('ml-1m', 'lightgcn', 64, [defaults, ...softmax(2, 1e-2, 2e-2)]),
  productOf('ml-1m', 'nmf', 16, [defaults, ...each(gmf({ lr: 0.01, hidden: [8] }), [{ l2: 0.01 }, { l2: 0.02 }])]),
  // At K = 64 the default tower takes ten times as long as this one, and is left out.
  productOf('ml-1m', 'nmf', 64, gmf({ lr: 0.01, l2: 0.01, hidden: [32] })),
  productOf('ml-1m', 'ials', 16, [{ l2: 20 }, { l2: 40 }]),
  productOf('ml-1m', 'ials', 64, [{ l2: 20 }]),
]

const lastfm: readonly Product[] = [
  productOf('lastfm', 'lightgcn', 16, [
    defaults,
    ...bpr(2, 1e-3),
    ...bpr(3, 1e-3),
    ...softmax(1, 3e-2),
    ...softmax(2, 1e-2, 3e-2),
    ...softmax(3, 1e-2),
    ...each(softmax(2, 1e-2), [{ lr: 0.01 }]),
  ]),
  productOf('lastfm', 'lightgcn', 64, [defaults, ...softmax(2, 3e-2)]),
  productOf('lastfm', 'nmf', 16, [
    defaults,
    ...each(gmf({ lr: 0.01, l2: 0.01 }), [{}, { hidden: [8] }, { hidden: [8], l2: 0.003 }, { hidden: [8], l2: 0.02 }]),
  ]),
  productOf('lastfm', 'nmf', 64, [defaults, ...gmf({ lr: 0.01, l2: 0.02, hidden: [32] })]),
  productOf('lastfm', 'ials', 16, [{ l2: 20 }, { l2: 5 }, { l2: 10 }]),
  productOf('lastfm', 'ials', 64, [{ l2: 5 }]),
]

export const tuning: Grid = {
  name: 'tuning',
  title: 'Settings of recommenders on validation items',
  products: [...ml100k, ...ml1m, ...lastfm],
}
