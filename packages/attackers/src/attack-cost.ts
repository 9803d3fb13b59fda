/**
 * @file What attacks cost: processor seconds of a fit and of scoring, by numbers of users, dimensions and labels.
 * Measured on one machine (docs/performance.md); others are faster or slower by one factor. From these an audit says
 * how long it will take, gives dear attacks fewer repeats, and fills a budget. They depend on shapes alone, so the same
 * table is always attacked in the same way.
 */

import { binsOf, exactValues } from './attackers/xgb.ts'
import type { InputName } from './models/prepared-input.ts'
import { isNarrow } from './models/row-products.ts'

export interface FitShape {
  /** Users known and scored. */
  readonly known: number
  readonly scored: number
  readonly dimensions: number
  readonly classes: number
}

/** Processor seconds of one fit with its scores, given its input; of an unknown attacker, those of the dearest. */
export function fitSeconds(attacker: string, shape: FitShape): number {
  return (costs[attacker] ?? costs['mlp']!)(shape)
}

/** What an attack is given, made in steps that attacks on one split share, and the processor seconds of each. */
export function inputSteps(
  attacker: string,
  input: InputName,
  shape: FitShape,
): readonly { readonly name: string; readonly seconds: number }[] {
  const form = formOf(attacker, shape)
  const step = (name: InputName): { readonly name: string; readonly seconds: number } => ({
    name: `${form} ${name}`,
    seconds: (form === 'products' ? productSeconds : rowSeconds)(name, shape),
  })
  // Products of whitened rows are made from those of standardised ones.
  return form === 'products' && input === 'whitened' ? [step('standardised'), step('whitened')] : [step(input)]
}

/** Of the input alone. */
export function inputSeconds(attacker: string, input: InputName, shape: FitShape): number {
  return inputSteps(attacker, input, shape).reduce((sum, { seconds }) => sum + seconds, 0)
}

/** What an attacker is given of an input. */
function formOf(attacker: string, { known, dimensions }: FitShape): 'products' | 'rows' {
  return ofProducts.has(attacker) && isNarrow(known, dimensions) ? 'products' : 'rows'
}

function rowSeconds(input: InputName, { known: n, scored: m, dimensions: K }: FitShape): number {
  if (input === 'raw') return 1e-9 * (n + m) * K
  if (input === 'standardised') return 3e-9 * (n + m) * K
  if (n < K) return 3e-9 * (n + m) * K + 1.3e-10 * (2 * (n + m) * K * n + 10 * n ** 3) + 5e-4
  return 3e-9 * (n + m) * K + 2e-10 * ((n + m) * K * K + 60 * K ** 3) + 5e-4
}

/** Of products of rows, which attackers that look at nothing else share. */
function productSeconds(input: InputName, { known: n, scored: m, dimensions: K }: FitShape): number {
  if (input === 'raw') return 2e-9 * (n + m) * n
  const standardised = 1e-8 * (n + m) * K + 1.3e-10 * (n + m) * n * K
  return input === 'standardised' ? standardised : 3e-10 * n ** 3 + 2.6e-10 * (n + m) * n ** 2
}

/** Attackers that are content with products of rows where these are fewer than dimensions. */
const ofProducts: ReadonlySet<string> = new Set(['logistic', 'qda', 'svm', 'radius'])

type Cost = (shape: FitShape) => number

/** Machines of one against the rest. */
const outputs = (classes: number): number => (classes === 2 ? 1 : classes)
/** Ranking the scores of each label. */
const ranking = ({ scored: m, classes }: FitShape): number => 3e-7 * m * outputs(classes)

const logisticCost: Cost = ({ known: n, scored: m, dimensions: K, classes }) => {
  const width = Math.min(n, K)
  return 1e-3 + outputs(classes) * (3e-8 * n * width + 3e-10 * n * width ** 2 + 6e-10 * width ** 3 + 1.5e-9 * m * width)
}

const costs: Readonly<Record<string, Cost>> = {
  // About 90 epochs; of many dimensions the loss settles earlier.
  mlp: ({ known: n, dimensions: K }) => 0.02 + 90 * Math.min(1, (64 / K) ** 0.25) * 5e-10 * (n + 100) * (K + 6) * 100,
  xgb: ({ known: n, scored: m, dimensions: K, classes }) =>
    outputs(classes) *
    (0.05 +
      (n * K > exactValues ? 6e-7 * n * K + 2.1e-5 * K * binsOf(n) : 9e-6 * n * K * Math.min(1, (n / 500) ** 0.85)) +
      2e-6 * m),
  logistic: (shape) => logisticCost(shape) + ranking(shape),
  qda: (shape) => {
    const { known: n, scored: m, dimensions: K, classes } = shape
    const width = Math.min(n + 1, K)
    return (
      1e-3 +
      ranking(shape) +
      classes * (2e-10 * (n * width ** 2 + m * width ** 2) + 4e-10 * width ** 3) +
      4e-9 * m * width +
      (n < K ? 4e-10 * (m + n) * n ** 2 : 0)
    )
  },
  knn: ({ known: n, scored: m, dimensions: K }) =>
    1e-3 + (m + n) * (1.3e-10 * n * K + 1.6e-8 * n + 1e-8 * K) + 1e-9 * n * Math.min(n, 135) * K,
  svm: (shape) => {
    const { known, scored: m, dimensions: K, classes } = shape
    const n = Math.min(5000, known)
    const ofDistances = isNarrow(known, K) ? 1.5e-8 : 1.5e-10 * K + 6e-9
    return 2e-3 + ranking(shape) + (m + n) * n * ofDistances + outputs(classes) * 4e-9 * n ** 2 * 4
  },
  radius: (shape) => {
    const { known: n, scored: m, dimensions: K, classes } = shape
    const perRow = isNarrow(n, K) ? n + 100 : K * (classes + 2)
    return 2e-3 + ranking(shape) + 1.5e-9 * (n + m) * perRow + 1e-6 * n * classes
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
        inputSteps('logistic', input, inner).at(-1)!.seconds,
      0,
    )
    return 5 * tried + costs['svm']!(shape)
  },
}
