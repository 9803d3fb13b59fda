/**
 * @file What attacks cost: processor seconds of a fit and of scoring, by numbers of users, dimensions and labels.
 * Measured on one machine (docs/performance.md); others are faster or slower by one factor. From these an audit says
 * how long it will take, gives dear attacks fewer repeats, and fills a budget. They depend on shapes alone, so the same
 * table is always attacked in the same way.
 */

import type { InputName } from './models/prepared-input.ts'

export interface FitShape {
  /** Users known and scored. */
  readonly known: number
  readonly scored: number
  readonly dimensions: number
  readonly classes: number
}

/** Processor seconds of one fit with its scores; of an unknown attacker, those of the dearest listed. */
export function fitSeconds(attacker: string, input: InputName, shape: FitShape): number {
  return (costs[attacker] ?? costs['mlp']!)(shape) + inputSeconds(input, shape)
}

/** Of the input alone, which attacks on one split share. */
function inputSeconds(input: InputName, { known: n, scored: m, dimensions: K }: FitShape): number {
  const narrow = Math.min(n, K)
  if (input === 'raw') return 1e-9 * (n + m) * K
  if (input === 'standardised') return 3e-9 * (n + m) * K
  return 3e-9 * (n + m) * K + 2e-10 * ((n + m) * K * narrow * (n < K ? 2 : 1) + 60 * narrow ** 3) + 5e-4
}

type Cost = (shape: FitShape) => number

/** Machines of one against the rest. */
const outputs = (classes: number): number => (classes === 2 ? 1 : classes)
/** Ranking the scores of each label. */
const ranking = ({ scored: m, classes }: FitShape): number => 3e-7 * m * outputs(classes)

const logisticCost: Cost = ({ known: n, scored: m, dimensions: K, classes }) => {
  const width = Math.min(n, K)
  return (
    1e-3 +
    outputs(classes) * (3e-8 * n * width + 3e-10 * n * width ** 2 + 4e-10 * width ** 3 + 1.5e-9 * m * K) +
    (n < K ? 2e-10 * n * n * K : 0)
  )
}

const costs: Readonly<Record<string, Cost>> = {
  mlp: ({ known: n, dimensions: K }) => 0.02 + 90 * 5e-10 * (n + 100) * (K + 6) * 100,
  xgb: ({ known: n, scored: m, dimensions: K, classes }) =>
    outputs(classes) * (0.05 + 9e-6 * n * K * (n * K > 2 ** 18 ? 0.15 : 1) + 2e-6 * m),
  logistic: (shape) => logisticCost(shape) + ranking(shape),
  qda: (shape) => {
    const { known: n, scored: m, dimensions: K, classes } = shape
    const width = Math.min(n + 1, K)
    return (
      1e-3 +
      ranking(shape) +
      classes * (2e-10 * (n * width ** 2 + m * width ** 2) + 8e-10 * width ** 3) +
      4e-9 * m * K +
      (n < K ? 2e-10 * m * n * (K + n) : 0)
    )
  },
  knn: ({ known: n, scored: m, dimensions: K }) => 1e-3 + (m + n) * (1.5e-10 * n * K + 1.2e-8 * n + 2e-7 * K),
  svm: (shape) => {
    const { known, scored: m, dimensions: K, classes } = shape
    const n = Math.min(5000, known)
    return 2e-3 + ranking(shape) + (m + n) * n * (1.5e-10 * K + 6e-9) + outputs(classes) * 4e-9 * n ** 2 * 4
  },
  radius: (shape) => {
    const { known: n, scored: m, dimensions: K, classes } = shape
    return 2e-3 + ranking(shape) + 1.5e-9 * (n + m) * K * (classes + 2) + 1e-6 * n * classes
  },
  // Relabellings share all but the last step of a fit.
  ridge: ({ known: n, scored: m, dimensions: K }) => 5e-4 + 1e-8 * (n + m) * K,
  'kernel-ridge': ({ known: n, scored: m }) => 5e-4 + 5e-9 * Math.min(2000, n) * (n + m),
  'xgb-regression': (shape) => costs['xgb']!(shape),
  'best-of': (shape) => {
    const inner = { ...shape, known: 0.8 * shape.known, scored: 0.2 * shape.known }
    const inputs: readonly InputName[] = ['raw', 'standardised', 'whitened']
    const tried = inputs.reduce(
      (sum, input) =>
        sum +
        ['logistic', 'qda', 'radius', 'svm'].reduce((total, name) => total + costs[name]!(inner), 0) +
        inputSeconds(input, inner),
      0,
    )
    return 5 * tried + costs['svm']!(shape)
  },
}
