/**
 * @file calibrate: the audit on tables without a leak and with planted ones, generated anew for each repetition. A
 * repetition is a function of its number and of what is repeated alone.
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
import { matrix, randomStream, type Json, type Labels, type Matrix } from '@indistinct/core'
import type { StageContext } from '../store/stage-context.ts'

/** What a calibration can run: see `Repeated`. */
export const calibratedRuns = ['audit', 'paper', 'five-fold', 'together', 'harm'] as const

/** What is repeated. A type, not an interface: it is given as options of a grid. */
export type Repeated = {
  /** Users of each of two labels. */
  readonly users: readonly [number, number]
  /**
   * Distance of the labels' means in units of the best direction's deviation: the best attacker has an AUC of Phi(shift
   * / sqrt 2).
   */
  readonly shift: number
  /**
   * What is run: the audit with the logistic and the quadratic attacker under the paper's protocol, fitted again under
   * each relabelling; or the logistic attacker alone, under the paper's protocol with fits anew or under five folds
   * with scores held fixed. together: a table, another attribute of it and another table, judged together, with both
   * protocols; of the quadratic and the radius attacker three attacks are fitted again and one is held fixed. The leak
   * is in the first table alone. harm: the check whether fine structure gives away more, at 5 %, of two tables drawn
   * alike, so that neither does.
   */
  readonly run: (typeof calibratedRuns)[number]
}

const columns = 16
/** p < 0.05 is reached by 5 of 101 equally likely ranks: 4.95 %. */
const permutations = 100
/** Repeats of the audit's default. */
const repeats = { paper: 20, 'five-fold': 2 } as const

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

/** Writes repetitions.json: those from number `from` up to, but without, `to`. */
export async function run(context: StageContext): Promise<void> {
  const { from, to, ...part } = context.parameters as unknown as Repeated & {
    readonly from: number
    readonly to: number
  }
  const rows: Repetition[] = []
  for (let repetition = from; repetition < to; repetition++) {
    context.progress((repetition - from) / (to - from))
    rows.push(await runRepetition(part, repetition))
  }
  context.artifact.json('repetitions', rows as unknown as Json)
}

/** Normal users in dimensions of unequal spread that share a factor; the second label is shifted along all of them. */
function table({ users: [first, second], shift }: Repeated, repetition: number): { embedding: Matrix; labels: Labels } {
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
async function runTogether(part: Repeated, repetition: number): Promise<Repetition> {
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
async function runHarm(part: Repeated, repetition: number): Promise<Repetition> {
  const [before, after] = [table(part, repetition), table(part, 1_000_000 + repetition)]
  const { worse } = await harmCheck(before.embedding, after.embedding, before.labels, { seed: repetition, level: 0.05 })
  return { attacks: [], leak: worse }
}

export async function runRepetition(part: Repeated, repetition: number): Promise<Repetition> {
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
