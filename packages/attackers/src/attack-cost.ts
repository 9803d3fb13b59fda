/**
 * @file What attacks cost: processor seconds of a fit and of scoring, by numbers of users, dimensions and labels.
 * Fitted to what one machine takes (`npm run bench -- --filter attack-costs`); others are faster or slower by one
 * factor. From these an audit says how long it will take, gives dear attacks fewer repeats, and fills a budget. They
 * depend on shapes alone, so the same table is always attacked in the same way.
 */

import { exactValues } from './attackers/xgb.ts'
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

/** Of drawing users for a split and gathering their rows, which its attacks share. */
export function dealSeconds({ known, scored }: FitShape): number {
  return 7e-7 * (known + scored)
}

/** Of what the scores of an attack say: over all splits so many are `scored`, of so many different `users`. */
export function metricSeconds(
  { scored, users, classes }: { readonly scored: number; readonly users: number; readonly classes: number },
  /** Relabellings with scores held fixed. */
  permutations: number,
): number {
  const o = outputs(classes)
  return 0.006 + (1.6e-6 + 5.5e-7 * o) * scored + permutations * o * (1.4e-8 * users + 7.5e-10 * scored)
}

/** What an attacker is given of an input. */
function formOf(attacker: string, { known, dimensions }: FitShape): 'products' | 'rows' {
  return ofProducts.has(attacker) && isNarrow(known, dimensions) ? 'products' : 'rows'
}

function rowSeconds(input: InputName, { known: n, scored: m, dimensions: K }: FitShape): number {
  if (input === 'raw') return 2e-9 * (n + m) * K
  if (input === 'standardised') return 6.4e-9 * (n + m) * K
  const made = 3e-5 + 1e-8 * (n + m) * K
  return n < K ? made + 3.3e-10 * (n + m) * K * n + 1.3e-9 * n ** 3 : made + 1.6e-10 * (n + m) * K * K + 1.1e-9 * K ** 3
}

/** Of products of rows, which attackers that look at nothing else share. */
function productSeconds(input: InputName, { known: n, scored: m, dimensions: K }: FitShape): number {
  if (input === 'raw') return 2e-9 * (n + m) * n
  if (input === 'standardised') return 6e-5 + 1e-8 * (n + m) * K + 1.4e-10 * (n + m) * n * K
  return 4e-5 + 2e-9 * (n + m) * K + 1.7e-10 * (n + m) * n ** 2
}

/** Attackers that are content with products of rows where these are fewer than dimensions. */
const ofProducts: ReadonlySet<string> = new Set(['logistic', 'qda', 'svm', 'radius'])

type Cost = (shape: FitShape) => number

/** Machines of one against the rest. */
const outputs = (classes: number): number => (classes === 2 ? 1 : classes)
/** Ranking the scores of each label. */
const ranking = ({ scored: m, classes }: FitShape): number => 2e-7 * m * outputs(classes)

const costs: Readonly<Record<string, Cost>> = {
  // Passes end once the loss falls no further: of many users in few dimensions that is early.
  mlp: ({ known: n, scored: m, dimensions: K, classes }) =>
    1.7e-7 * m * (K + 10) +
    Math.min(1, (20 * K ** 1.5) / n) ** 0.7 * ((n + 100) * (2.7e-5 + 1.9e-6 * K) + 8.5e-5 * n * outputs(classes)),
  xgb: ({ known: n, scored: m, dimensions: K, classes }) => {
    const exact = 9.5e-6 * n * K * Math.min(1, (n / 500) ** 0.85) + 2.4e-5 * Math.min(n, 500)
    const binned = 8.5e-7 * n * K + 1.1e-5 * Math.min(n, 4000)
    return outputs(classes) * (4e-3 + (n * K > exactValues ? binned : exact) + 3e-6 * m) + 1e-7 * m * K
  },
  logistic: (shape) => {
    const { known: n, scored: m, dimensions: K, classes } = shape
    const [width, o] = [Math.min(n, K), outputs(classes)]
    // Outputs are fitted together, and each takes more passes the more there are.
    const fit = o * o * (3.5e-8 * n * width + 4.2e-10 * n * width ** 2) + (n < K ? 9e-10 * o * n ** 3 : 0)
    return 3.6e-4 + ranking(shape) + fit + 4.7e-9 * o * m * width
  },
  qda: (shape) => {
    const { known: n, scored: m, dimensions: K, classes } = shape
    const width = Math.min(n + 1, K)
    const ofProducts = n < K ? 4.3e-10 * (m + n) * n ** 2 : 0
    return 1.4e-4 + ranking(shape) + 1e-10 * classes * (n + m) * width ** 2 + 1.5e-8 * m * width + ofProducts
  },
  knn: ({ known: n, scored: m, dimensions: K }) => 1e-4 + (m + n) * (1.7e-10 * n * K + 9e-9 * n + 6e-9 * K),
  svm: (shape) => {
    const { known, scored: m, dimensions: K, classes } = shape
    const n = Math.min(5000, known)
    const ofDistances = isNarrow(known, K) ? 9.4e-9 : 1.1e-10 * K + 9.4e-9
    return 1e-4 + ranking(shape) + (m + n) * n * ofDistances + outputs(classes) * 1.3e-8 * n ** 2
  },
  radius: (shape) => {
    const { known: n, scored: m, dimensions: K, classes } = shape
    // Of several labels each has features of its own.
    const several = classes > 2 ? classes * (1e-7 * m + 7e-6 * n) : 0
    const ofRows = isNarrow(n, K) ? 6e-9 * (n + m) * n : 9e-9 * (n + m) * K
    return 1.2e-4 + ranking(shape) + 7e-8 * m + 7e-7 * n + several + ofRows
  },
  // Relabellings share all but the last step of a fit.
  ridge: ({ known: n, scored: m, dimensions: K }) => 5e-4 + 1e-8 * (n + m) * K,
  'kernel-ridge': ({ known: n, scored: m }) => 5e-4 + 5e-9 * Math.min(2000, n) * (n + m),
  'xgb-regression': (shape) => costs['xgb']!(shape),
  // Its learning rate is ten times that of mlp, and its loss falls no further sooner.
  'mlp-official': (shape) => 0.4 * costs['mlp']!(shape),
  // Half as many trees, and less deep.
  'xgb-official': (shape) => 0.6 * costs['xgb']!(shape),
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

/** Processor seconds of the MMD test. */
export function twoSampleSeconds(users: number): number {
  return users <= 2000 ? 1e-6 * users ** 2 : 2e-4 * Math.min(20_000, users)
}
