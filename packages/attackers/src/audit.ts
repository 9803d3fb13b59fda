/** @file The audit: a battery of attacks on one table, a test that fits nothing, and what to conclude. */

import type { Labels, Matrix } from '@indistinct/core'
import { benjaminiHochberg, maxStatistic } from '@indistinct/metrics'
import { nextTurn } from '@indistinct/core/platform'
import { threads } from '@indistinct/kernels'
import type { AttackData } from './protocols/attack-data.ts'
import { openAttackPool, type AttackPool } from '#attack-pool'
import { runTask, type AttackTask } from './pool/attack-task.ts'
import { atMost } from './pool/at-most.ts'
import {
  attackOf,
  defaultPermutations,
  measuredAttack,
  scoreSplits,
  type AttackDeviations,
  type Deviations,
  type MeasuredAttack,
  type TaskRunner,
} from './attack.ts'
import type { AttackResult } from './attack-result.ts'
import type { Attacker } from './attacker.ts'
import { sequentialOf, type AuditOptions, type ScoredAttack } from './audit-options.ts'
import { planned, plannedAttackOf, type AuditPlan, type PlannedAuditAttack } from './audit-plan.ts'
import { inRowsOf } from './audit-sample.ts'
import { namedAttackers } from './named-attackers.ts'
import { foldedAucOf } from './protocols/attack-metrics.ts'
import { protocols } from './protocols/protocols.ts'
import type { SplitScores } from './protocols/scoring.ts'
import { mmdTest, type MmdTest } from './verdict/mmd-test.ts'
import { relabelledAttacks } from './verdict/relabelled-attacks.ts'
import { defaultMargin, verdictsOf, type JudgedAudit, type Verdict } from './verdict/verdict.ts'

/** All but `deviations` and the attacks' `splits` is plain JSON. */
export interface AuditResult extends Verdict {
  readonly attacks: readonly AttackResult[]
  /** MMD between the labels' users, with labels permuted. */
  readonly twoSample: MmdTest
  readonly classes: readonly string[]
  readonly labelled: number
  readonly leftOut: number
  /** Users with a label, of whom those attacked were drawn; where not all were. */
  readonly drawnOf?: number
  /** Attacks that a budget did not suffice for. */
  readonly notRun?: readonly PlannedAuditAttack[]
  readonly seed: number
  /** What each attack's statistic was, and under each relabelling: for `judgedTogether`. */
  readonly deviations: readonly Deviations[]
}

/** Processor seconds of a split from which an attack is a task of its own. */
const aloneFrom = 0.5

/** Rows fitted, over all fits, from which starting threads pays. */
const pooledFrom = 200_000

/**
 * Runs the battery on an embedding (N, K). All attacks see the same splits and the same relabellings for the same seed,
 * and independent fits run side by side.
 * @throws IndistinctError 'bad-data' on data that cannot be attacked, 'usage' on an unknown protocol.
 */
export async function audit(embedding: Matrix, labels: Labels, options: AuditOptions): Promise<AuditResult> {
  const { margin, attribute, seed, permutations } = options
  const { embedding: attacked, sample, data, plans, notRun } = planned(embedding, labels, options)
  const attacks = await attacksOf(attacked, data, plans, options)
  const results = attacks.map(({ result }) =>
    sample ? { ...result, splits: inRowsOf(sample.rows, result.splits) } : result,
  )
  return {
    ...verdictsOf([{ attacks, ...(attribute !== undefined && { attribute }) }], margin)[0]!,
    attacks: results,
    deviations: attacks.map(({ observed, permuted }) => ({ observed, permuted })),
    twoSample: mmdTest(attacked, data.rowsOfClass, {
      seed,
      ...(permutations !== undefined && { permutations }),
    }),
    classes: data.classes,
    labelled: data.labelled,
    leftOut: embedding.rows - (sample?.of ?? data.labelled),
    ...(sample && { drawnOf: sample.of }),
    ...(notRun.length > 0 && { notRun: notRun.map(plannedAttackOf) }),
    seed,
  }
}

/** Scores all splits, then repeats what is to be refitted under relabellings. */
async function attacksOf(
  embedding: Matrix,
  data: AttackData,
  plans: readonly AuditPlan[],
  options: AuditOptions,
): Promise<AttackDeviations[]> {
  const total = plans.reduce((sum, { seconds }) => sum + seconds, 0)
  let done = 0
  const onStep = (seconds: number): void =>
    options.onProgress?.({ done: (done = Math.min(total, done + seconds)), total })
  const table = { embedding, codes: data.codes, rowsOfClass: data.rowsOfClass }
  const pooledRows = plans.reduce((sum, { plan, rows }) => sum + (isPooled(plan.attacker) ? rows : 0), 0)
  const pool: AttackPool | undefined = threads() > 1 && pooledRows >= pooledFrom ? openAttackPool(table) : undefined
  const given = new Map(plans.map(({ plan: { attacker } }) => [attacker.name, attacker]))
  const attackerOf = (name: string): Attacker => given.get(name)!
  // One after the other on this thread, and as many as there are threads of attackers that have their own.
  const here = atMost(1, (task: AttackTask) => runTask(table, task, attackerOf))
  const beside = atMost(threads(), (task: AttackTask) => runTask(table, task, attackerOf))
  const onPool: TaskRunner = (task) => pool!.run(task)
  const runOf = ({ plan: { attacker } }: AuditPlan): TaskRunner => (!isPooled(attacker) ? beside : pool ? onPool : here)
  try {
    const runs = plans.map((plan) => ({ ...plan, run: runOf(plan), alone: plan.ofSplit > aloneFrom }))
    // Relabelling waits for nothing, and what scores say is computed beside it, so that no thread is without work.
    const measuring = measuringOf(runs, data)
    const scoring = scoreSplits(data, runs, (plan, splits) => {
      onStep(plan.ofSplit)
      if (!splits) return
      options.onScored?.(scoredAttack(plan, splits, data))
      measuring.begin(plan, splits)
    })
    const [refits, measured] = await Promise.all([
      refitsOf(runs, measuring.of, options, onStep),
      Promise.all(runs.map(measuring.of)),
      scoring,
    ])
    onStep(total)
    return runs.map((plan, at) => attackOf(data, plan.plan, plan.settings, measured[at]!, refits.get(plan)))
  } finally {
    pool?.close()
  }
}

type RunPlan = AuditPlan & { readonly run: TaskRunner }

/** What the scores of each attack say, one attack after the other, with a turn for tasks that end in between. */
function measuringOf(
  plans: readonly RunPlan[],
  data: AttackData,
): {
  begin: (plan: RunPlan, splits: readonly SplitScores[]) => void
  of: (plan: RunPlan) => Promise<MeasuredAttack>
} {
  const begun = new Map<RunPlan, (splits: readonly SplitScores[]) => void>()
  const oneByOne = atMost(1, async (measure: () => MeasuredAttack) => {
    await nextTurn()
    return measure()
  })
  const measured = new Map(
    plans.map((plan) => [
      plan,
      new Promise<readonly SplitScores[]>((resolve) => begun.set(plan, resolve)).then((splits) =>
        oneByOne(() => measuredAttack(data, plan.plan, plan.settings, splits)),
      ),
    ]),
  )
  return { begin: (plan, splits) => begun.get(plan)!(splits), of: (plan) => measured.get(plan)! }
}

/** Deviations under relabellings of each attack that is to be refitted. */
async function refitsOf(
  plans: readonly RunPlan[],
  measured: (plan: RunPlan) => Promise<MeasuredAttack>,
  options: AuditOptions,
  onStep: (seconds: number) => void,
): Promise<ReadonlyMap<RunPlan, Float64Array>> {
  const sequential = sequentialOf(options)
  const held = plans.filter(({ plan }) => plan.refitRepeats === 0)
  const refits = plans
    .filter(({ plan }) => plan.refitRepeats > 0)
    .map((plan) => ({
      ...plan,
      of: plan,
      observed: async () => (await measured(plan)).observed,
    }))
  if (refits.length === 0) return new Map()
  const level = held.length > 0 ? 0.025 : 0.05
  const found = async (): Promise<boolean> => {
    const tests = await Promise.all(held.map(measured))
    return leakFound(
      tests.map(({ observed, fixed }) => ({ observed, permuted: fixed!.deviations })),
      level,
    )
  }
  const deviations = await relabelledAttacks(refits, {
    most: options.permutations ?? defaultPermutations,
    level,
    sequential,
    found,
    onStep: ({ ofRelabelling }, relabellings) => onStep(relabellings * ofRelabelling),
  })
  return new Map(refits.map(({ of }, at) => [of, deviations[at]!]))
}

function scoredAttack({ plan }: AuditPlan, splits: readonly SplitScores[], { classes }: AttackData): ScoredAttack {
  const { attacker, protocol, input } = plan
  const { crossValidated } = protocols[protocol]
  return { attacker: attacker.name, protocol, input, foldedAuc: foldedAucOf(splits, classes, crossValidated) }
}

/** Whether one of the attacks stands out at `level`, corrected for all of them. */
function leakFound(attacks: readonly Deviations[], level: number): boolean {
  if (attacks.length === 0) return false
  const m = Math.min(...attacks.map(({ permuted }) => permuted.length))
  const { adjusted } = maxStatistic(
    attacks.map(({ observed }) => observed),
    Array.from({ length: m }, (_, b) => attacks.map(({ permuted }) => permuted[b]!)),
    level,
  )
  return Math.min(...adjusted) <= level
}

export interface AttributesAudit {
  /** One audit for each attribute, under its name. */
  readonly audits: Readonly<Record<string, AuditResult>>
  /** Benjamini-Hochberg q of each attack over all attributes and attacks, under the attribute's name. */
  readonly q: Readonly<Record<string, readonly number[]>>
}

/**
 * Audits an embedding (N, K) for several attributes: p corrected for, and one false discovery rate over, all of them
 * and all attacks.
 */
export async function auditAttributes(
  embedding: Matrix,
  attributes: Readonly<Record<string, Labels>>,
  options: Omit<AuditOptions, 'attribute'>,
): Promise<AttributesAudit> {
  const names = Object.keys(attributes)
  const alone: AuditResult[] = []
  for (const attribute of names)
    alone.push(await audit(embedding, attributes[attribute]!, { sequential: false, ...options, attribute }))
  const together = judgedTogether(alone, names)
  const audits = names.map((attribute, at): [string, AuditResult] => [attribute, together[at]!])
  const q = benjaminiHochberg(audits.flatMap(([, { attacks }]) => attacks.map(({ permutation }) => permutation.p)))
  let at = 0
  return {
    audits: Object.fromEntries(audits),
    q: Object.fromEntries(audits.map(([attribute, { attacks }]) => [attribute, q.slice(at, (at += attacks.length))])),
  }
}

/** An audit as `judgedTogether` takes it: of labels or of a number. */
interface Judgeable extends Verdict {
  readonly attacks: readonly Omit<JudgedAudit['attacks'][number]['result'], 'perClass'>[]
  readonly deviations: readonly Deviations[]
}

/**
 * Audits of the same users with one seed and margin, of several tables or `attributes`, each with the verdict that it
 * has when p is corrected for the attacks of all of them.
 * @param attributes what each audit attacked, for its sentence
 * @throws RangeError when seeds or margins differ.
 */
export function judgedTogether<T extends Judgeable & { readonly seed: number }>(
  audits: readonly T[],
  attributes: readonly string[],
): T[] {
  const wrong = audits.find(({ seed, margin }) => seed !== audits[0]!.seed || margin !== audits[0]!.margin)
  if (wrong)
    throw new RangeError(
      `judgedTogether: expected one seed and margin, got ${audits[0]!.seed} and ${wrong.seed}, ` +
        `${audits[0]!.margin} and ${wrong.margin}`,
    )
  const judged = audits.map(({ attacks, deviations }, a): JudgedAudit => ({
    attribute: attributes[a]!,
    attacks: attacks.map((attack, at) => ({
      ...deviations[at]!,
      result:
        'perClass' in attack
          ? (attack as AttackResult)
          : { ...attack, perClass: [{ auc: attack.auc as AttackResult['perClass'][number]['auc'] }] },
    })),
  }))
  return verdictsOf(judged, audits[0]?.margin ?? defaultMargin).map((verdict, at) => ({ ...audits[at]!, ...verdict }))
}

/** Whether a thread of the pool can run it: one of `namedAttackers`, but not those with threads of their own. */
function isPooled(attacker: Attacker): boolean {
  const listed = namedAttackers[attacker.name]
  return listed?.attacker === attacker && !listed.ownThreads
}
