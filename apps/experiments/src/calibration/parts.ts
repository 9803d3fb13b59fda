/**
 * @file What the calibration of the audit is made of: tables without a leak and with planted ones, generated anew for
 * each repetition, and what is kept of each. A repetition is a function of its part and number alone.
 */

import {
  attack,
  audit,
  harmCheck,
  judgedTogether,
  logistic,
  qda,
  radius,
  type AuditResult,
} from '@indistinct/attackers'
import { matrix, randomStream, type Labels, type Matrix } from '@indistinct/core'

export interface Part {
  readonly name: string
  /** Users of each of two labels. */
  readonly users: readonly [number, number]
  /**
   * Distance of the labels' means in units of the best direction's deviation: the best attacker has an AUC of Phi(shift
   * / sqrt 2).
   */
  readonly shift: number
  readonly repetitions: number
  /**
   * What is run: the audit with the logistic and the quadratic attacker under the paper's protocol, fitted again under
   * each relabelling; or the logistic attacker alone, under the paper's protocol with fits anew or under five folds
   * with scores held fixed. together: a table, another attribute of it and another table, judged together, with both
   * protocols; of the quadratic and the radius attacker three attacks are fitted again and one is held fixed. The leak
   * is in the first table alone. harm: the check whether fine structure gives away more, at 5 %, of two tables drawn
   * alike, so that neither does.
   */
  readonly run: 'audit' | 'paper' | 'five-fold' | 'together' | 'harm'
}

/** Normal quantiles of 0.60, 0.75 and 0.99 times the square root of 2. */
const shifts = { '0.60': 0.358287, '0.75': 0.953873, '0.99': 3.289953 } as const

const columns = 16
/** p < 0.05 is reached by 5 of 101 equally likely ranks: 4.95 %. */
const permutations = 100
/** Repeats of the audit's default. */
const repeats = { paper: 20, 'five-fold': 2 } as const

export const parts: readonly Part[] = [
  { name: 'random labels, paper', users: [120, 180], shift: 0, repetitions: 1000, run: 'audit' },
  { name: 'random labels, five-fold', users: [100, 150], shift: 0, repetitions: 1000, run: 'five-fold' },
  { name: 'random labels, together', users: [60, 90], shift: 0, repetitions: 400, run: 'together' },
  { name: 'no harm: random labels', users: [200, 300], shift: 0, repetitions: 200, run: 'harm' },
  { name: 'no harm: 40 users of one label', users: [40, 460], shift: 0, repetitions: 200, run: 'harm' },
  { name: 'no harm: 0.75 before and after', users: [200, 300], shift: shifts['0.75'], repetitions: 200, run: 'harm' },
  { name: 'planted 0.75, together', users: [150, 150], shift: shifts['0.75'], repetitions: 100, run: 'together' },
  ...(['0.60', '0.75', '0.99'] as const).flatMap((auc): Part[] => [
    {
      name: `planted ${auc}, paper`,
      users: [1000, 1000],
      shift: shifts[auc],
      repetitions: auc === '0.60' ? 200 : 100,
      run: 'paper',
    },
    {
      name: `planted ${auc}, five-fold`,
      users: [1000, 1000],
      shift: shifts[auc],
      repetitions: auc === '0.60' ? 200 : 100,
      run: 'five-fold',
    },
  ]),
]

/** One attack of one repetition. */
export interface Outcome {
  readonly attack: string
  readonly auc: number
  readonly lower: number
  readonly upper: number
  readonly p: number
  readonly correctedP: number
}

export interface Repetition {
  readonly attacks: readonly Outcome[]
  /** Whether the audit found a leak: any attack significant after correction. */
  readonly leak: boolean
  /** Of the MMD test, where the audit ran. */
  readonly mmdP?: number
  readonly upperBound?: number
}

/** Normal users in dimensions of unequal spread that share a factor; the second label is shifted along all of them. */
function table({ users: [first, second], shift }: Part, repetition: number): { embedding: Matrix; labels: Labels } {
  const random = randomStream(repetition, 'calibration', first, second, String(shift))
  const embedding = matrix(first + second, columns)
  const codes = Int32Array.from({ length: first + second }, (_, i) => (i < first ? 0 : 1))
  // With x_j = s_j (z_j + c f), the best direction's distance for a shift of d s_j in every dimension is d sqrt(K / (1
  // + K c^2)).
  const c = 0.5
  const step = shift / Math.sqrt(columns / (1 + columns * c * c))
  for (let i = 0; i < codes.length; i++) {
    const factor = c * random.normal()
    for (let j = 0; j < columns; j++)
      embedding.data[i * columns + j] = (0.5 + j / columns) * (random.normal() + factor + step * codes[i]!)
  }
  return { embedding, labels: { classes: ['a', 'b'], codes } }
}

/**
 * The table, one that shares half of its chance with it, and an attribute that is the label's in four users of five.
 */
async function runTogether(part: Part, repetition: number): Promise<Repetition> {
  const { embedding, labels } = table(part, repetition)
  const random = randomStream(repetition, 'calibration', 'together')
  const noise = table({ ...part, shift: 0 }, repetition).embedding
  const other = { ...noise, data: noise.data.map((value) => value + random.normal()) }
  const like = {
    classes: ['c', 'd'],
    codes: labels.codes.map((code) => (random.uniform() < 0.4 ? random.integer(2) : code)),
  }
  const audits: AuditResult[] = []
  for (const [x, y] of [
    [embedding, labels],
    [embedding, like],
    [other, labels],
  ] as const) {
    audits.push(
      await audit(x, y, {
        attackers: [qda, radius],
        protocols: ['paper', 'five-fold'],
        input: 'standardised',
        seed: repetition,
        repeats: { paper: 1, 'five-fold': 1 },
        permutations,
      }),
    )
  }
  return { attacks: [], leak: judgedTogether(audits, ['label', 'like', 'label']).some(({ leak }) => leak) }
}

/** Of two tables drawn alike: whether the check calls the second one worse, at 5 %. */
async function runHarm(part: Part, repetition: number): Promise<Repetition> {
  const [before, after] = [table(part, repetition), table(part, 1_000_000 + repetition)]
  const { worse } = await harmCheck(before.embedding, after.embedding, before.labels, { seed: repetition, level: 0.05 })
  return { attacks: [], leak: worse }
}

export async function runRepetition(part: Part, repetition: number): Promise<Repetition> {
  if (part.run === 'harm') return runHarm(part, repetition)
  if (part.run === 'together') return runTogether(part, repetition)
  const { embedding, labels } = table(part, repetition)
  if (part.run !== 'audit') {
    const protocol = part.run
    const options = {
      protocol,
      input: 'standardised',
      seed: repetition,
      repeats: repeats[protocol],
      permutations,
      refitRepeats: protocol === 'paper' ? 1 : 0,
    } as const
    const {
      auc,
      permutation: { p },
    } = await attack(embedding, labels, logistic, options)
    return {
      attacks: [{ attack: 'logistic', auc: auc.value, lower: auc.lower, upper: auc.upper, p, correctedP: p }],
      leak: p <= 0.05,
    }
  }
  const { attacks, correctedP, leak, twoSample, upperBound } = await audit(embedding, labels, {
    attackers: [logistic, qda],
    protocols: ['paper'],
    input: 'standardised',
    seed: repetition,
    repeats,
    permutations,
  })
  return {
    attacks: attacks.map(({ attacker, auc, permutation }, a) => ({
      attack: attacker,
      auc: auc.value,
      lower: auc.lower,
      upper: auc.upper,
      p: permutation.p,
      correctedP: correctedP[a]!,
    })),
    leak,
    mmdP: twoSample.p,
    upperBound,
  }
}
