/** @file A made-up unlearning run with every section filled, for the tests and for looking at the report. */

import { classCounts, encodeLabels, matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'
import { displacementOf } from '../sections/displacement.ts'
import type {
  AttackFigures,
  AttackRow,
  ExposureData,
  Provenance,
  ReportData,
  RocCurve,
  ThreatModel,
  UtilityRow,
} from '../report-data.ts'
import { tellingDimensions } from '../sections/telling-dimensions.ts'
import { mapUsers } from '../charts/user-map.ts'

/** Two classes of users, 16 dimensions, of which some tell the classes apart before and hardly after. */
export function exampleTables(users = 900): { before: Matrix; after: Matrix; labels: Labels } {
  const random = randomStream(7, 'example-report')
  const before = matrix(users, 16)
  const after = matrix(users, 16)
  const values: (string | null)[] = []
  for (let i = 0; i < users; i++) {
    const first = random.uniform() < 0.3
    const labelled = random.uniform() < 0.98
    values.push(labelled ? (first ? 'F' : 'M') : null)
    for (let k = 0; k < 16; k++) {
      const gap = (k % 5 === 0 ? 0.8 : 0.1) * (first ? 0.7 : -0.3)
      const own = random.normal() * (1 + 0.5 / (k + 1))
      before.data[i * 16 + k] = 0.1 * (own + gap)
      after.data[i * 16 + k] = labelled ? 0.1 * (own + gap * 0.1) + 0.004 * random.normal() : before.data[i * 16 + k]!
    }
  }
  return { before, after, labels: encodeLabels(values) }
}

/** A report about `exampleTables`, with attack figures drawn around plausible values. */
export function exampleReport(): ReportData {
  const { before, after, labels } = exampleTables()
  const counts = classCounts(labels)
  const missing = before.rows - counts[0]! - counts[1]!
  const random = randomStream(7, 'example-report', 'attacks')
  const { attacks, roc } = attacked(random)
  return {
    title: 'Unlearning of gender in user embeddings',
    subject: 'synthetic data, lightgcn, K = 16, 900 users',
    attribute: {
      name: 'gender',
      classes: labels.classes.map((name, code) => ({ name, users: counts[code]! })),
      missing,
    },
    gate: 0.55,
    warnings: [`${missing} users have no label; they were left out of the attacks and were not moved.`],
    threatModel,
    attacks,
    exposure: { before: exposed(0.97, 0.9, 0.72), after: exposed(0.94, 0.86, 0.51) },
    roc,
    histograms: tellingDimensions(before, after, labels),
    scatter: mapUsers(before, after, labels, {
      seed: 1,
      points: 250,
      steps: 400,
      predictions: {
        name: 'prediction of Perceptron (80\u00a0% of labels known, standardised)',
        before: predictedOf(labels, 0.72, random),
        after: predictedOf(labels, 0.52, random),
      },
    }),
    displacement: displacementOf(before, after, labels),
    neighbours: {
      k: 10,
      of: 900,
      groups: [
        { users: 900, cosine: { value: 0.8123 }, euclidean: { value: 0.7931 } },
        { name: 'F', users: counts[0]!, cosine: { value: 0.7611 }, euclidean: { value: 0.7402 } },
        { name: 'M', users: counts[1]!, cosine: { value: 0.8342 }, euclidean: { value: 0.8157 } },
      ],
    },
    utility: utilityOf(counts),
    provenance,
    limits: ['Attackers saw one table at a time, not both together.'],
  }
}

/** Figures drawn around plausible values. */
function attacked(random: { normal(): number }): { attacks: AttackRow[]; roc: RocCurve[] } {
  const attacks: AttackRow[] = []
  const roc: RocCurve[] = []
  for (const table of ['layer-0', 'propagated']) {
    for (const protocol of ['paper', 'five-fold']) {
      for (const attacker of ['mlp', 'xgb', 'logistic', 'rbf-svm']) {
        const name = { table, protocol, attacker, input: 'standardised' }
        const one = scoresOf(0.85, 240, 240, random)
        const other = scoresOf(0.03, 240, 240, random)
        attacks.push({ ...name, scored: [240, 240], before: figures(one), after: figures(other) })
        if (protocol === 'five-fold') roc.push({ ...name, before: one, after: other })
      }
    }
  }
  return { attacks, roc }
}

/** Who is most exposed by the strongest attack: everyone, both labels, and those of the longest vectors. */
function exposed(largest: number, risk: number, right: number): ExposureData {
  const around = (value: number, half: number) => ({ value, low: value - half, high: value + half })
  const group = (name: string, users: number, own = right) => ({
    name,
    users,
    risk: around(risk, 0.012),
    surest: { users: Math.round(users / 20), right: around(own, 0.11), guess: 0.5 },
  })
  const within = { auc: around(0.5 + (right - 0.5) / 2, 0.04) }
  const labels = ['F', 'M'].map((name) => group(name, 240))
  return {
    table: 'propagated',
    attacker: 'mlp',
    protocol: 'five-fold',
    input: 'standardised',
    turned: false,
    largest,
    groups: [
      { ...group('all users', 480), ...within },
      ...labels,
      { ...group('longest fifth of vectors', 96, right + 0.06), ...within },
    ],
  }
}

function utilityOf(counts: ArrayLike<number>): UtilityRow[] {
  const estimate = (value: number, half: number) => ({ value, low: value - half, high: value + half })
  return [
    {
      metric: 'NDCG',
      k: 10,
      definition: 'full ranking, all items unseen in training',
      users: 900,
      before: estimate(0.2955, 0.009),
      after: estimate(0.2898, 0.009),
      change: { value: -0.0057, low: -0.0089, high: -0.0021 },
    },
    {
      metric: 'HR',
      k: 10,
      definition: 'full ranking, any-hit',
      users: 900,
      before: estimate(0.731, 0.028),
      after: estimate(0.726, 0.028),
    },
    {
      metric: 'NDCG',
      k: 10,
      group: 'F',
      definition: 'full ranking, all items unseen in training',
      users: counts[0]!,
      before: estimate(0.281, 0.017),
      after: estimate(0.2761, 0.017),
    },
    {
      metric: 'NDCG',
      k: 10,
      group: 'M',
      definition: 'full ranking, all items unseen in training',
      users: counts[1]!,
      before: estimate(0.3014, 0.011),
      after: estimate(0.2953, 0.011),
    },
  ]
}

const threatModel: ThreatModel = {
  sees: ['the published table of user embeddings, one row a user', 'the gender of the users whose labels it knows'],
  shadow: { users: 90, share: 0.1 },
  balance: 'both classes drawn to equal size, in training and in scoring',
  attackers: [
    { name: 'mlp', description: 'one hidden layer of 100, L2 penalty 1.0' },
    { name: 'xgb', description: '100 trees of depth 6' },
    { name: 'logistic' },
    { name: 'rbf-svm' },
  ],
  protocols: [
    { name: 'paper', description: 'trained on 10 % of the users, scored on the others' },
    { name: 'five-fold', description: 'cross-validation on a balanced sample' },
  ],
  inputs: ['raw', 'standardised'],
  retrained: true,
  repeats: 10,
}

const provenance: Provenance = {
  method: 'calibrated flow',
  parameters: { firstStep: 0.05, target: 'null', kernels: [0.25, 0.5, 1, 2, 4] },
  seed: 42,
  command:
    'npx indistinct unlearn users.npy --attributes users.csv --attribute gender --method flow --seed 42 ' +
    '--out unlearned.npy',
  hashes: {
    'users.npy': 'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'unlearned.npy': 'sha256 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752',
  },
  versions: { indistinct: '0.1.0', node: 'v20.19.2' },
  facts: { passes: 10, threads: 2 },
}

/** The same with eight attackers on three forms of input, under two protocols, on two tables. */
export function manyAttacks(): ReportData {
  const data = exampleReport()
  const inputs = ['raw', 'standardised', 'whitened']
  const attackers = [
    'mlp',
    'xgb',
    'logistic',
    'kernel-logistic',
    'nearest neighbours',
    'quadratic',
    'distances and norms',
    'the best of all, chosen in the shadow set',
  ]
  const spread = <T extends { readonly attacker: string }>(rows: readonly T[]): T[] =>
    attackers.flatMap((attacker, a) =>
      inputs.flatMap((input) => rows.filter((_, i) => i % 4 === a % 4).map((row) => ({ ...row, attacker, input }))),
    )
  return { ...data, attacks: spread(data.attacks!), roc: spread(data.roc!.map((curve) => curve)) }
}

/**
 * `data` with `text` in place of every string, and as the key of every record that is shown: what hostile files could
 * bring.
 */
export function withStrings(data: ReportData, text: string): ReportData {
  const replaced = (value: unknown): unknown => {
    if (typeof value === 'string') return text
    if (Array.isArray(value)) return value.map(replaced)
    if (value === null || typeof value !== 'object') return value
    const entries = Object.entries(value).map(([key, member]) => [
      key,
      ['parameters', 'hashes', 'versions', 'facts'].includes(key) ? { [text]: text } : replaced(member),
    ])
    return Object.fromEntries(entries)
  }
  return replaced(data) as ReportData
}

/** Labels of which a share is right; every ninth user has no prediction. */
function predictedOf(labels: Labels, right: number, random: { uniform(): number }): Int32Array {
  return labels.codes.map((code, i) => (i % 9 === 0 || code < 0 ? -1 : random.uniform() < right ? code : 1 - code))
}

/** ROC points of two normal samples whose means lie `gap` apart. */
function scoresOf(gap: number, n1: number, n2: number, random: { normal(): number }): [number, number][] {
  const scored = [
    ...Array.from({ length: n1 }, () => ({ score: random.normal() + gap, positive: true })),
    ...Array.from({ length: n2 }, () => ({ score: random.normal(), positive: false })),
  ]
  scored.sort((a, b) => b.score - a.score)
  const points: [number, number][] = [[0, 0]]
  let hits = 0
  let misses = 0
  for (const { positive } of scored) {
    if (positive) hits++
    else misses++
    points.push([misses / n2, hits / n1])
  }
  return points
}

function figures(points: readonly [number, number][]): AttackFigures {
  let auc = 0
  let accuracy = 0.5
  let early = 0
  for (let i = 1; i < points.length; i++) {
    const [fpr, tpr] = points[i]!
    auc += ((fpr - points[i - 1]![0]) * (tpr + points[i - 1]![1])) / 2
    accuracy = Math.max(accuracy, (tpr + 1 - fpr) / 2)
    if (fpr <= 0.0106) early = tpr
  }
  const around = (value: number, half: number) => ({
    value,
    low: Math.max(0, value - half),
    high: Math.min(1, value + half),
  })
  return {
    auc: around(auc, 0.051),
    foldedAuc: around(Math.max(auc, 1 - auc), 0.051),
    balancedAccuracy: around(accuracy, 0.05),
    accuracy: around(accuracy, 0.05),
    truePositivesAt1: around(early, 0.03),
    truePositivesAtTenth: { value: early / 8 },
    control: { value: 0.519, high: 0.547 },
    p: auc > 0.6 ? 0.0005 : 0.31,
    q: auc > 0.6 ? 0.001 : 0.42,
  }
}
