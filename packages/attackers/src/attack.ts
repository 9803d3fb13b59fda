/** @file One attacker under one protocol: splits, fits, scores, metrics, permutation test. */

import { checkOptions, type Labels, type Matrix } from '@indistinct/core'
import { permutationTest, quantile, type PermutationTest } from '@indistinct/metrics'
import { attackData, type AttackData } from './protocols/attack-data.ts'
import { attackMetrics, testedClasses, type AttackMetrics } from './protocols/attack-metrics.ts'
import { runTask, type AttackTask, type AttackTaskResult } from './pool/attack-task.ts'
import type { Attacker } from './attacker.ts'
import { checkInput, type InputName } from './models/prepared-input.ts'
import { protocolNamed, protocols, type ProtocolName } from './protocols/protocols.ts'
import { observedDeviation } from './verdict/refit.ts'
import type { NumberedSplit, SplitScores } from './protocols/scoring.ts'
import { attackKinds, type AttackSettings, type AttackOptions, type AttackResult } from './attack-result.ts'
import { checkFitted } from './audit-options.ts'
import { detectableOf } from './smallest-detectable.ts'

/**
 * Attacks an embedding (N, K): fits `attacker` to users whose labels it is given and scores others.
 * @param labels of the N rows; rows without a label are left out and counted
 * @throws IndistinctError 'bad-data' on data that cannot be attacked (see `attackData`), 'usage' on an unknown
 * protocol.
 */
export async function attack(
  embedding: Matrix,
  labels: Labels,
  attacker: Attacker,
  options: AttackOptions,
): Promise<TestedAttackResult> {
  checkOptions('attack', options, attackKinds)
  checkInput('attack', options.input)
  checkFitted('attack', attacker)
  const data = attackData(embedding, labels, [protocolNamed(options.protocol)])
  const { protocol, standardise = false, input = standardise ? 'standardised' : 'raw', refitRepeats = 0 } = options
  const table = { embedding, codes: data.codes, rowsOfClass: data.rowsOfClass }
  const { result, ...deviations } = await runAttack(
    data,
    { attacker, protocol, input, refitRepeats },
    options,
    (task) => runTask(table, task, () => attacker),
  )
  return { ...result, deviations }
}

export interface PlannedAttack {
  readonly attacker: Attacker
  readonly protocol: ProtocolName
  readonly input: InputName
  readonly refitRepeats: number
}

/**
 * Deviation of the statistic from one half for the true labels, and under each relabelling: attackers fitted again, or
 * scores held fixed.
 */
export interface Deviations {
  readonly observed: number
  readonly permuted: ArrayLike<number>
}

/** A result with what the test over several attacks needs of it. */
export interface AttackDeviations extends Deviations {
  readonly result: AttackResult
}

export interface TestedAttackResult extends AttackResult {
  /** For `testsTogether` of @indistinct/metrics, with other attacks of the same users and seed. */
  readonly deviations: Deviations
}

/** Relabellings of one task: enough that handing tasks over costs nothing, and few enough to keep all threads busy. */
const relabellingsOfTask = 5
export const defaultPermutations = 200

/** Hands a task to whoever runs it. */
export type TaskRunner = (task: AttackTask) => Promise<AttackTaskResult>

/** Splits of `protocol` in `repeats` repeats. */
export function plannedSplits(
  rowsOfClass: readonly Int32Array[],
  protocol: ProtocolName,
  seed: number,
  repeats: number,
): NumberedSplit[] {
  return Array.from({ length: repeats }, (_, repeat) =>
    protocols[protocol].splits(rowsOfClass, { seed, repeat }).map((split, fold) => ({ ...split, repeat, fold })),
  ).flat()
}

/** Checks settings and fills in what they leave out. */
export function attackSettings(
  settings: AttackSettings,
  protocol: ProtocolName,
  refitted: boolean,
): Required<AttackSettings> {
  const {
    seed,
    repeats = protocols[protocol].defaultRepeats,
    innerFolds = 2,
    permutations = refitted ? defaultPermutations : 999,
  } = settings
  if (!(Number.isInteger(repeats) && repeats >= 1))
    throw new RangeError(`attack: expected repeats of 1 or more, got ${repeats}`)
  if (!(Number.isInteger(innerFolds) && innerFolds >= 2) && innerFolds !== 0)
    throw new RangeError(`attack: expected innerFolds of 2 or more, or 0, got ${innerFolds}`)
  if (!(Number.isInteger(permutations) && permutations >= 99))
    throw new RangeError(`attack: expected permutations of 99 or more, got ${permutations}`)
  return { seed, repeats, innerFolds, permutations }
}

/** Scores all splits, and repeats the attack under each relabelling where it is to be refitted. */
export async function runAttack(
  data: AttackData,
  plan: PlannedAttack,
  given: AttackSettings,
  run: TaskRunner,
): Promise<AttackDeviations> {
  const settings = attackSettings(given, plan.protocol, plan.refitRepeats > 0)
  const [[splits], [permuted]] = await Promise.all([
    scoreSplits(data, [{ plan, settings, run }]),
    plan.refitRepeats > 0 ? refitted([{ plan, settings }], 1, settings.permutations + 1, run) : [],
  ])
  return attackOf(data, plan, settings, measuredAttack(data, plan, settings, splits!), permuted)
}

/** An attack whose splits are to be scored, and who runs it. */
export interface ScoredPlan {
  readonly plan: PlannedAttack
  readonly settings: Required<AttackSettings>
  readonly run: TaskRunner
  /** Whether its splits are tasks of their own: it is dear, and shares little with others. */
  readonly alone?: boolean
}

/**
 * Scores of all splits of each attack, all of one seed. Attacks of one protocol that are run by the same share what is
 * done with the rows of each split.
 * @param onStep called after each split of an attack, with the scores of all of them once they are there
 */
export async function scoreSplits<A extends ScoredPlan>(
  data: AttackData,
  attacks: readonly A[],
  onStep: (attack: A, splits: readonly SplitScores[] | undefined) => void = () => {},
): Promise<SplitScores[][]> {
  const runs = [...new Set(attacks.map(({ run }) => run))]
  const scores = new Map<A, SplitScores[]>(attacks.map((attack) => [attack, []]))
  const left = new Map<A, number>()
  const tasks = new Map<string, { readonly split: NumberedSplit; readonly of: A[]; readonly slots: number[] }>()
  for (const [a, attack] of attacks.entries()) {
    const { plan, settings, run, alone = false } = attack
    const splits = plannedSplits(data.rowsOfClass, plan.protocol, settings.seed, settings.repeats)
    left.set(attack, splits.length)
    for (const [slot, split] of splits.entries()) {
      const key = `${plan.protocol} ${runs.indexOf(run)} ${alone ? a : ''} ${slot}`
      const task = tasks.get(key) ?? { split, of: [], slots: [] }
      task.of.push(attack)
      task.slots.push(slot)
      tasks.set(key, task)
    }
  }
  await Promise.all(
    [...tasks.values()].map(async ({ split, of, slots }) => {
      const named = of.map(({ plan: { attacker, input }, settings: { innerFolds } }) => ({
        attacker: attacker.name,
        input,
        innerFolds,
      }))
      const { run, settings } = of[0]!
      const scored = (await run({ kind: 'split', attacks: named, split, seed: settings.seed })) as SplitScores[]
      of.forEach((attack, at) => {
        const all = scores.get(attack)!
        all[slots[at]!] = scored[at]!
        left.set(attack, left.get(attack)! - 1)
        onStep(attack, left.get(attack) === 0 ? all : undefined)
      })
    }),
  )
  return attacks.map((attack) => scores.get(attack)!)
}

/**
 * Deviations of attacks of one protocol and seed under relabellings from .. to - 1, in the order of the attacks.
 * @param onStep called with a number of relabellings as they are done
 */
export async function refitted(
  attacks: readonly { readonly plan: PlannedAttack; readonly settings: Required<AttackSettings> }[],
  from: number,
  to: number,
  run: TaskRunner,
  onStep: (relabellings: number) => void = () => {},
): Promise<Float64Array[]> {
  const {
    plan: { protocol },
    settings: { seed },
  } = attacks[0]!
  const named = attacks.map(({ plan: { attacker, input, refitRepeats }, settings: { repeats } }) => ({
    attacker: attacker.name,
    input,
    repeats: Math.min(refitRepeats, repeats),
  }))
  const chunks: Promise<readonly Float64Array[]>[] = []
  for (let first = from; first < to; first += relabellingsOfTask) {
    const end = Math.min(first + relabellingsOfTask, to)
    chunks.push(
      run({ kind: 'refit', attacks: named, protocol, from: first, to: end, seed }).then((deviations) => {
        onStep(end - first)
        return deviations as readonly Float64Array[]
      }),
    )
  }
  const done = await Promise.all(chunks)
  return attacks.map((_, a) => Float64Array.from(done.flatMap((deviations) => [...deviations[a]!])))
}

/** What the scores of an attack say by themselves. */
export interface MeasuredAttack {
  readonly splits: readonly SplitScores[]
  readonly metrics: AttackMetrics
  /** Deviation of the statistic from one half, of the repeats that are refitted where some are. */
  readonly observed: number
  /** The test with scores held fixed, of an attack that is not to be refitted. */
  readonly fixed: PermutationTest | undefined
}

export function measuredAttack(
  data: AttackData,
  { protocol, refitRepeats }: PlannedAttack,
  { seed, repeats, permutations }: Required<AttackSettings>,
  splits: readonly SplitScores[],
): MeasuredAttack {
  const { classes } = data
  const { crossValidated, spread } = protocols[protocol]
  return {
    splits,
    metrics: attackMetrics(splits, classes, { seed, crossValidated }),
    observed: observedDeviation(splits, classes.length, Math.min(refitRepeats || repeats, repeats)),
    fixed:
      refitRepeats > 0
        ? undefined
        : permutationTest(splits, testedClasses(classes.length), { seed, permutations, spread: spread(repeats) }),
  }
}

/** The result of an attack: with the deviations of relabellings that were attacked again, or with scores held fixed. */
export function attackOf(
  data: AttackData,
  { attacker, protocol, input, refitRepeats: wanted }: PlannedAttack,
  { seed, repeats }: Required<AttackSettings>,
  { splits, metrics, observed, fixed }: MeasuredAttack,
  refits?: Float64Array,
): AttackDeviations {
  const refitRepeats = fixed ? 0 : Math.min(wanted, repeats)
  const permuted = fixed ? fixed.deviations : refits!
  const { p, chance, critical, standardError } = fixed ?? deviationTest(observed, permuted)
  const result: AttackResult = {
    attacker: attacker.name,
    protocol,
    input,
    classes: data.classes,
    labelled: data.labelled,
    leftOut: data.leftOut,
    shadowUsers: splits[0]!.shadow.length,
    scoredUsers: scoredUsers(splits, data.codes.length),
    repeats,
    seed,
    ...metrics,
    permutation: { p, chance, critical, permutations: permuted.length, refitRepeats },
    smallestDetectable: detectableOf({ critical, standardError }),
    splits,
  }
  return { result, observed, permuted }
}

/** Users, of `rows`, that are scored in any split. */
function scoredUsers(splits: readonly SplitScores[], rows: number): number {
  const scored = new Uint8Array(rows)
  for (const { users } of splits) for (const user of users) scored[user] = 1
  return scored.reduce((sum, is) => sum + is, 0)
}

/** What deviations from one half under relabellings (m) say of the `observed` one. */
export function deviationTest(
  observed: number,
  permuted: Float64Array,
): { p: number; chance: number; critical: number; standardError: number } {
  const m = permuted.length
  let atLeast = 0
  let squares = 0
  for (const deviation of permuted) {
    if (deviation >= observed - 1e-12) atLeast++
    squares += deviation * deviation
  }
  return {
    p: (1 + atLeast) / (m + 1),
    chance: 0.5 + permuted.reduce((sum, deviation) => sum + deviation / m, 0),
    critical: 0.5 + quantile(permuted.slice().sort(), 0.95),
    standardError: Math.sqrt(squares / m),
  }
}
