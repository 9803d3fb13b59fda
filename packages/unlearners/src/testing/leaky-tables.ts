/** @file What the tests of this package share: synthetic tables with a planted leak, and in-test attackers. */

import { matrix, randomStream, shuffle, type Labels, type Matrix } from '@indistinct/core'

export interface LeakyTable {
  readonly embedding: Matrix
  readonly labels: Labels
}

/**
 * Normal users (N, K) with spreads that fall off over dimensions, as embeddings' do; class c is shifted by `leak`
 * spreads along a dense direction of its own. The first `unlabelled` rows carry no label; others are interleaved.
 */
export function leakyTable(
  sizes: readonly number[],
  K: number,
  leak: number,
  seed: number,
  unlabelled = 0,
): LeakyTable {
  const random = randomStream(seed, 'leaky-table')
  const members = shuffle(Int32Array.from(sizes.flatMap((size, c) => new Array<number>(size).fill(c))), random)
  const codes = new Int32Array(unlabelled + members.length).fill(-1)
  codes.set(members, unlabelled)
  const directions = sizes.map(() => Array.from({ length: K }, () => random.normal() / Math.sqrt(K)))
  const embedding = matrix(codes.length, K)
  for (let i = 0; i < codes.length; i++) {
    const direction = directions[codes[i]!]
    for (let k = 0; k < K; k++)
      embedding.data[i * K + k] = (random.normal() + leak * (direction?.[k] ?? 0)) / Math.sqrt(1 + k)
  }
  return { embedding, labels: { classes: sizes.map((_, c) => `class-${c}`), codes } }
}

/**
 * The table with two peaks in one column for class 1, whose mean and variance there stay those of normal users of
 * spread 1.
 */
export function twoPeaks({ embedding, labels }: LeakyTable, column: number, seed: number): LeakyTable {
  const random = randomStream(seed, 'two peaks')
  const data = embedding.data.slice()
  labels.codes.forEach((code, i) => {
    const normal = random.normal()
    data[i * embedding.cols + column] = code === 1 ? 0.44 * normal + (random.uniform() < 0.5 ? 0.9 : -0.9) : normal
  })
  return { embedding: { ...embedding, data }, labels }
}

/** Chance that a user of class 1 scores above one of class 0, ties counted half. */
export function auc(scores: readonly number[], codes: readonly number[]): number {
  const [zero, one] = [0, 1].map((c) => scores.filter((_, i) => codes[i] === c))
  let wins = 0
  for (const a of one!) for (const b of zero!) wins += a > b ? 1 : a === b ? 0.5 : 0
  return wins / (one!.length * zero!.length)
}

/**
 * Mean held-out AUC, over `repeats` random five-fold splits, of the standardised centroid attacker for the pair of
 * classes 0 and 1: score = x . (mean of 1 - mean of 0), each column divided by its spread.
 */
export function centroidAuc({ embedding, labels }: LeakyTable, repeats: number, seed = 0): number {
  const K = embedding.cols
  return meanOverFolds(labels, repeats, seed, (train, test) => {
    const spread = columnSpreads(embedding, train)
    const weight = new Float64Array(K)
    const sizes = [0, 1].map((c) => train.filter((i) => labels.codes[i] === c).length)
    for (const i of train) {
      const sign = labels.codes[i] === 1 ? 1 / sizes[1]! : -1 / sizes[0]!
      for (let k = 0; k < K; k++) weight[k]! += (sign * embedding.data[i * K + k]!) / spread[k]! ** 2
    }
    return test.map((i) => weight.reduce((sum, w, k) => sum + w * embedding.data[i * K + k]!, 0))
  })
}

/** Mean held-out AUC of the attacker who compares a user's distance from the centre: he sees spread, not place. */
export function spreadAuc({ embedding, labels }: LeakyTable, repeats: number, seed = 0): number {
  const K = embedding.cols
  return meanOverFolds(labels, repeats, seed, (train, test) => {
    const mean = new Float64Array(K)
    for (const i of train) for (let k = 0; k < K; k++) mean[k]! += embedding.data[i * K + k]! / train.length
    const radius = (i: number): number => mean.reduce((sum, m, k) => sum + (embedding.data[i * K + k]! - m) ** 2, 0)
    const typical = [0, 1].map((c) => {
      const radii = train.filter((i) => labels.codes[i] === c).map(radius)
      return radii.reduce((a, b) => a + b, 0) / radii.length
    })
    return test.map((i) => radius(i) * Math.sign(typical[1]! - typical[0]!))
  })
}

function meanOverFolds(
  labels: Labels,
  repeats: number,
  seed: number,
  scoreOf: (train: number[], test: number[]) => number[],
): number {
  const rows = [...labels.codes.keys()].filter((i) => labels.codes[i] === 0 || labels.codes[i] === 1)
  let sum = 0
  for (let repeat = 0; repeat < repeats; repeat++) {
    const order = shuffle(Int32Array.from(rows), randomStream(seed, 'folds', repeat))
    for (let fold = 0; fold < 5; fold++) {
      const test = [...order].filter((_, at) => at % 5 === fold)
      const train = [...order].filter((_, at) => at % 5 !== fold)
      sum +=
        auc(
          scoreOf(train, test),
          test.map((i) => labels.codes[i]!),
        ) /
        (5 * repeats)
    }
  }
  return sum
}

function columnSpreads({ cols, data }: Matrix, rows: readonly number[]): Float64Array {
  return Float64Array.from({ length: cols }, (_, k) => {
    const mean = rows.reduce((sum, i) => sum + data[i * cols + k]!, 0) / rows.length
    return Math.sqrt(rows.reduce((sum, i) => sum + (data[i * cols + k]! - mean) ** 2, 0) / rows.length)
  })
}

/** Mean of each class' rows, in float64. */
export function classMeans({ cols, data }: Matrix, { classes, codes }: Labels): Float64Array[] {
  return classes.map((_, c) => {
    const members = [...codes.keys()].filter((i) => codes[i] === c)
    return Float64Array.from(
      { length: cols },
      (_, k) => members.reduce((sum, i) => sum + data[i * cols + k]!, 0) / members.length,
    )
  })
}
