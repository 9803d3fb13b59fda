/** @file The audit: a battery of attacks on one table, a test that fits nothing, and what to conclude. */

import type { Labels, Matrix } from '@indistinct/core'
import { benjaminiHochberg } from '@indistinct/metrics'
import { threads } from '@indistinct/kernels'
import { attackData, type AttackData } from './attack-data.ts'
import { openAttackPool, type AttackPool } from './attack-pool.ts'
import { runTask, type AttackTask, type AttackTaskResult } from './attack-task.ts'
import { attackSettings, plannedSplits, runAttack, type AttackDeviations, type AttackResult, type AttackSettings, type PlannedAttack } from './attack.ts'
import type { Attacker } from './attacker.ts'
import { battery, type BatteryAttack } from './battery.ts'
import { mmdTest, type MmdTest } from './mmd-test.ts'
import { inputNames, type InputName } from './prepared-input.ts'
import { protocolNamed, type ProtocolName } from './protocols.ts'
import { verdictOf, type Verdict } from './verdict.ts'

export interface AuditOptions extends Omit<AttackSettings, 'repeats'> {
  /** The whole battery unless given. Others than the battery's are run on every input under every protocol. */
  readonly attackers?: readonly Attacker[]
  /** paper and five-fold unless given. */
  readonly protocols?: readonly ProtocolName[]
  /** Gives every attacker this input alone (raw where it makes no difference); unless given, the battery's inputs. */
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

/** All but the attacks' `splits` is plain JSON. */
export interface AuditResult extends Verdict {
  readonly attacks: readonly AttackResult[]
  /** MMD between the labels' users, with labels permuted. */
  readonly twoSample: MmdTest
  readonly classes: readonly string[]
  readonly labelled: number
  readonly leftOut: number
  readonly seed: number
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
  return planned(embedding, labels, options).plans.map(({ plan: { attacker, protocol, input }, fits }) => ({ attacker: attacker.name, protocol, input, fits }))
}

interface PlannedAudit {
  readonly data: AttackData
  readonly plans: readonly { readonly plan: PlannedAttack; readonly settings: Required<AttackSettings>; readonly fits: number; readonly steps: number; readonly rows: number }[]
}

function planned(embedding: Matrix, labels: Labels, options: AuditOptions): PlannedAudit {
  const { attackers = Object.values(battery).map(({ attacker }) => attacker), protocols = defaultProtocols, input, repeats, refit = true } = options
  if (attackers.length === 0 || protocols.length === 0) {
    throw new RangeError(`audit: expected at least one attacker and protocol, got ${attackers.length} and ${protocols.length}`)
  }
  const data = attackData(embedding, labels, protocols.map(protocolNamed))
  const plans = protocols.flatMap((protocol) => attackers.flatMap((attacker) => plansOf(attacker, protocol, input, refit))).map((plan) => {
    const refitted = plan.refitRepeats > 0
    const settings = attackSettings({ ...options, repeats: repeats?.[plan.protocol] ?? defaultRepeats[plan.protocol] }, plan.protocol, refitted)
    const { repeats: count, innerFolds, permutations, seed } = settings
    const one = plannedSplits(data.rowsOfClass, plan.protocol, seed, 1)
    return {
      plan,
      settings,
      fits: one.length * (count * (1 + innerFolds) + (refitted ? permutations * Math.min(plan.refitRepeats, count) : 0)),
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
  const runner = (attacker: Attacker) => (task: AttackTask): Promise<AttackTaskResult> => (pool && isPooled(attacker) ? pool.run(task) : runTask(table, task, attacker))
  let attacks: AttackDeviations[]
  try {
    attacks = await Promise.all(plans.map(({ plan, settings }) => runAttack(data, plan, settings, runner(plan.attacker), onStep)))
  } finally {
    pool?.close()
  }
  return {
    ...verdictOf(attacks, { ...(attribute !== undefined && { attribute }), ...(margin !== undefined && { margin }) }),
    attacks: attacks.map(({ result }) => result),
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

/** Audits an embedding (N, K) for several attributes, with one false discovery rate over all of them and all attacks. */
export async function auditAttributes(embedding: Matrix, attributes: Readonly<Record<string, Labels>>, options: Omit<AuditOptions, 'attribute'>): Promise<AttributesAudit> {
  const audits: [string, AuditResult][] = []
  for (const [attribute, labels] of Object.entries(attributes)) audits.push([attribute, await audit(embedding, labels, { ...options, attribute })])
  const q = benjaminiHochberg(audits.flatMap(([, { attacks }]) => attacks.map(({ permutation }) => permutation.p)))
  let at = 0
  return {
    audits: Object.fromEntries(audits),
    q: Object.fromEntries(audits.map(([attribute, { attacks }]) => [attribute, q.slice(at, (at += attacks.length))])),
  }
}

/** Whether a thread of the pool can run it: the battery's own, but not those with threads of their own. */
function isPooled(attacker: Attacker): boolean {
  return battery[attacker.name]?.attacker === attacker && !battery[attacker.name]!.ownThreads
}

function plansOf(attacker: Attacker, protocol: ProtocolName, input: InputName | undefined, refit: boolean): PlannedAttack[] {
  const entry = battery[attacker.name]
  const listed = entry?.attacker === attacker ? entry.attacks : undefined
  return plannedInputs(listed, attacker.scaleFree, protocol, input, refit).map((each) => ({ attacker, protocol, ...each }))
}

/**
 * The inputs of an attacker under `protocol`, and how often its test fits it again: as `listed` in a battery, or all inputs; or
 * the one `input` that was asked for. What scale does not matter to gets raw input where others get standardised.
 */
export function plannedInputs(listed: readonly BatteryAttack[] | undefined, scaleFree: boolean, protocol: ProtocolName, input: InputName | undefined, refit: boolean): { readonly input: InputName; readonly refitRepeats: number }[] {
  const here = listed?.filter((attack) => attack.protocol === protocol)
  const usual: readonly InputName[] = here?.map((attack) => attack.input) ?? (scaleFree ? ['raw'] : inputNames)
  // Whitening turns dimensions, which matters to trees too: they get it where the battery lists it.
  const asked = input !== undefined && scaleFree && !(input === 'whitened' && usual.includes(input)) ? 'raw' : input
  return (asked === undefined ? [...usual] : [asked])
    .sort((a, b) => inputNames.indexOf(a) - inputNames.indexOf(b))
    .map((each) => ({ input: each, refitRepeats: refit ? (here?.find((attack) => attack.input === each)?.refitRepeats ?? 0) : 0 }))
}
