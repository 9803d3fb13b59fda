/** @file The audit: a battery of attacks on one table, a test that fits nothing, and what to conclude. */

import type { Labels, Matrix } from '@indistinct/core'
import { benjaminiHochberg } from '@indistinct/metrics'
import { threads } from '@indistinct/kernels'
import { attackData, type AttackData } from './protocols/attack-data.ts'
import { openAttackPool, type AttackPool } from './pool/attack-pool.ts'
import { runTask, type AttackTask, type AttackTaskResult } from './pool/attack-task.ts'
import {
  attackSettings,
  plannedSplits,
  runAttack,
  type AttackDeviations,
  type AttackResult,
  type Deviations,
  type AttackSettings,
  type PlannedAttack,
} from './attack.ts'
import type { Attacker } from './attacker.ts'
import { battery, type BatteryAttack } from './battery.ts'
import { namedAttackers } from './fine-battery.ts'
import { mmdTest, type MmdTest } from './verdict/mmd-test.ts'
import { inputNames, type InputName } from './models/prepared-input.ts'
import { protocolNamed, type ProtocolName } from './protocols/protocols.ts'
import { defaultMargin, verdictsOf, type JudgedAudit, type Verdict } from './verdict/verdict.ts'

export interface AuditOptions extends Omit<AttackSettings, 'repeats'> {
  /**
   * The whole battery unless given. One of `namedAttackers` is run as it is listed there; under a protocol of
   * `protocols` for which none is listed, on the inputs of another, scores held fixed. Others are run on every input
   * under every protocol.
   */
  readonly attackers?: readonly Attacker[]
  /** paper and five-fold unless given. */
  readonly protocols?: readonly ProtocolName[]
  /**
   * Gives every attacker this input alone (raw for standardised where scale makes no difference); unless given, the
   * battery's inputs.
   */
  readonly input?: InputName
  /** Repeats of each protocol; 20 for paper, 2 for five-fold. */
  readonly repeats?: Partial<Readonly<Record<ProtocolName, number>>>
  /** Whether the permutation test fits attackers again, where the battery says so; true. Else scores are held fixed. */
  readonly refit?: boolean
  /** Largest distance of the folded AUC from one half that is called none; 0.05. */
  readonly margin?: number
  /** Name of the attribute, for the verdict. */
  readonly attribute?: string
  /** Called as fits are finished. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

/** All but `deviations` and the attacks' `splits` is plain JSON. */
export interface AuditResult extends Verdict {
  readonly attacks: readonly AttackResult[]
  /** MMD between the labels' users, with labels permuted. */
  readonly twoSample: MmdTest
  readonly classes: readonly string[]
  readonly labelled: number
  readonly leftOut: number
  readonly seed: number
  /** What each attack's statistic was, and under each relabelling: for `judgedTogether`. */
  readonly deviations: readonly Deviations[]
}

export const defaultRepeats: Readonly<Record<ProtocolName, number>> = { paper: 20, 'five-fold': 2 }
export const defaultProtocols: readonly ProtocolName[] = ['paper', 'five-fold']
/** Rows fitted, over all fits, from which starting threads pays. */
const pooledFrom = 200_000

/** One attack of an audit that was not run yet. */
export interface PlannedAuditAttack {
  readonly attacker: string
  readonly protocol: ProtocolName
  readonly input: InputName
  /** Times that the attacker would be fitted, relabellings included. */
  readonly fits: number
}

/**
 * The attacks that `audit` would run, after the same checks.
 * @throws as `audit` does.
 */
export function planAudit(embedding: Matrix, labels: Labels, options: AuditOptions): PlannedAuditAttack[] {
  return planned(embedding, labels, options).plans.map(({ plan: { attacker, protocol, input }, fits }) => ({
    attacker: attacker.name,
    protocol,
    input,
    fits,
  }))
}

interface PlannedAudit {
  readonly data: AttackData
  readonly plans: readonly {
    readonly plan: PlannedAttack
    readonly settings: Required<AttackSettings>
    readonly fits: number
    readonly steps: number
    readonly rows: number
  }[]
}

function planned(embedding: Matrix, labels: Labels, options: AuditOptions): PlannedAudit {
  const {
    attackers = Object.values(battery).map(({ attacker }) => attacker),
    protocols = defaultProtocols,
    input,
    repeats,
    refit = true,
  } = options
  if (attackers.length === 0 || protocols.length === 0) {
    throw new RangeError(
      `audit: expected at least one attacker and protocol, got ${attackers.length} and ${protocols.length}`,
    )
  }
  const data = attackData(embedding, labels, protocols.map(protocolNamed))
  const plans = protocols
    .flatMap((protocol) =>
      attackers.flatMap((attacker) =>
        plansOf(attacker, protocol, {
          input,
          refit,
          named: options.attackers !== undefined && options.protocols !== undefined,
        }),
      ),
    )
    .map((plan) => {
      const refitted = plan.refitRepeats > 0
      const settings = attackSettings(
        { ...options, repeats: repeats?.[plan.protocol] ?? defaultRepeats[plan.protocol] },
        plan.protocol,
        refitted,
      )
      const { repeats: count, innerFolds, permutations, seed } = settings
      const one = plannedSplits(data.rowsOfClass, plan.protocol, seed, 1)
      return {
        plan,
        settings,
        fits:
          one.length * (count * (1 + innerFolds) + (refitted ? permutations * Math.min(plan.refitRepeats, count) : 0)),
        steps: one.length * count + (refitted ? permutations : 0),
        rows: one[0]!.shadow.length,
      }
    })
  return { data, plans }
}

/**
 * Runs the battery on an embedding (N, K). All attacks see the same splits and the same relabellings for the same seed,
 * and independent fits run side by side.
 * @throws IndistinctError 'bad-data' on data that cannot be attacked, 'usage' on an unknown protocol.
 */
export async function audit(embedding: Matrix, labels: Labels, options: AuditOptions): Promise<AuditResult> {
  const { margin, attribute, onProgress, seed, permutations } = options
  const { data, plans } = planned(embedding, labels, options)
  const total = plans.reduce((sum, { steps }) => sum + steps, 0)
  const pooledRows = plans.reduce((sum, { plan, fits, rows }) => sum + (isPooled(plan.attacker) ? fits * rows : 0), 0)
  let done = 0
  const onStep = (steps: number): void => onProgress?.({ done: (done += steps), total })
  const table = { embedding, codes: data.codes, rowsOfClass: data.rowsOfClass }
  const pool: AttackPool | undefined = threads() > 1 && pooledRows >= pooledFrom ? openAttackPool(table) : undefined
  const runner =
    (attacker: Attacker) =>
    (task: AttackTask): Promise<AttackTaskResult> =>
      pool && isPooled(attacker) ? pool.run(task) : runTask(table, task, attacker)
  let attacks: AttackDeviations[]
  try {
    attacks = await Promise.all(
      plans.map(({ plan, settings }) => runAttack(data, plan, settings, runner(plan.attacker), onStep)),
    )
  } finally {
    pool?.close()
  }
  return {
    ...verdictsOf([{ attacks, ...(attribute !== undefined && { attribute }) }], margin)[0]!,
    attacks: attacks.map(({ result }) => result),
    deviations: attacks.map(({ observed, permuted }) => ({ observed, permuted })),
    twoSample: mmdTest(embedding, data.rowsOfClass, { seed, ...(permutations !== undefined && { permutations }) }),
    classes: data.classes,
    labelled: data.labelled,
    leftOut: data.leftOut,
    seed,
  }
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
  for (const attribute of names) alone.push(await audit(embedding, attributes[attribute]!, { ...options, attribute }))
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

function plansOf(attacker: Attacker, protocol: ProtocolName, options: InputOptions): PlannedAttack[] {
  const entry = namedAttackers[attacker.name]
  const listed = entry?.attacker === attacker ? entry.attacks : undefined
  return plannedInputs(listed, attacker.scaleFree, protocol, options).map((each) => ({ attacker, protocol, ...each }))
}

export interface InputOptions {
  /** The one input that was asked for. */
  readonly input: InputName | undefined
  readonly refit: boolean
  /** Whether attacker and protocol were asked for by name: the pair is then run, listed or not. */
  readonly named: boolean
}

/**
 * The inputs of an attacker under `protocol`, and how often its test fits it again: as `listed` in a battery, or all
 * inputs; or the one that was asked for. What scale does not matter to gets raw input in place of standardised, which
 * is the same to it.
 */
export function plannedInputs(
  listed: readonly BatteryAttack[] | undefined,
  scaleFree: boolean,
  protocol: ProtocolName,
  { input, refit, named }: InputOptions,
): { readonly input: InputName; readonly refitRepeats: number }[] {
  const here = listed?.filter((attack) => attack.protocol === protocol)
  if (here?.length === 0 && !named) return []
  const usual =
    listed === undefined
      ? scaleFree
        ? (['raw'] as const)
        : inputNames
      : (here!.length > 0 ? here! : listed).map((attack) => attack.input)
  const asked = input === 'standardised' && scaleFree ? 'raw' : input
  return (asked === undefined ? [...new Set(usual)] : [asked])
    .sort((a, b) => inputNames.indexOf(a) - inputNames.indexOf(b))
    .map((each) => ({
      input: each,
      refitRepeats: refit ? (here?.find((attack) => attack.input === each)?.refitRepeats ?? 0) : 0,
    }))
}
