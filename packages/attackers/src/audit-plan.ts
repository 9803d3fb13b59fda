/** @file What an audit will do: its attacks with their settings, what each costs, and what fits into a budget. */

import { checkLabels, checkOptions, type Labels, type Matrix } from '@indistinct/core'
import {
  dealSeconds,
  fitSeconds,
  inputSeconds,
  inputSteps,
  metricSeconds,
  twoSampleSeconds,
  type FitShape,
} from './attack-cost.ts'
import { attackData, checkValues, type AttackData } from './protocols/attack-data.ts'
import { attackSettings, plannedSplits, type PlannedAttack } from './attack.ts'
import type { AttackSettings } from './attack-result.ts'
import {
  auditKinds,
  checkAudit,
  checkFitted,
  defaultProtocols,
  defaultRepeats,
  sequentialOf,
  type AuditOptions,
} from './audit-options.ts'
import { auditSample, defaultMostUsers, type AuditSample } from './audit-sample.ts'
import { battery } from './battery.ts'
import { namedAttackers } from './named-attackers.ts'
import type { InputName } from './models/prepared-input.ts'
import { protocolNamed, type ProtocolName } from './protocols/protocols.ts'
import type { NumberedSplit } from './protocols/scoring.ts'
import { plansOf } from './planned-inputs.ts'
import { tellingRank } from './telling-rank.ts'

/** Processor seconds of an attack's fits beyond which it gets fewer repeats, and the fewest it gets. */
const dearFrom = 2
const leastRepeats: Readonly<Record<ProtocolName, number>> = { paper: 5, 'five-fold': 1 }
/**
 * Processor seconds of 100 relabellings of an attack beyond which fewer of its repeats are refitted, or its scores held
 * fixed.
 */
const dearRefits = 10

/**
 * Share of the relabellings that are expected to run where they may end early. A leak that attacks with scores held
 * fixed have found ends them at the first look, no leak soon after it.
 */
const endsEarly = 0.4
/** The same where all attacks are refitted: a leak takes every one. */
const mayEnd = 0.5
/** Code that was not compiled yet and memory that is collected, over what fits take one after the other. */
const cold = 1.25
/** Processor seconds until threads have loaded their modules. */
const starting = 0.7

/** One attack of an audit that was not run yet. */
export interface PlannedAuditAttack {
  readonly attacker: string
  readonly protocol: ProtocolName
  readonly input: InputName
  /** Times that the attacker would be fitted, relabellings included. */
  readonly fits: number
  /** Processor seconds that this takes on a machine like that of docs/performance.md. */
  readonly seconds: number
}

/**
 * The attacks that `audit` would run, after the same checks.
 * @throws as `audit` does.
 */
export function planAudit(embedding: Matrix, labels: Labels, options: AuditOptions): PlannedAuditAttack[] {
  return planned(embedding, labels, options).plans.map(plannedAttackOf)
}

/** What an audit will do, said before it does it. */
export interface ForeseenAudit {
  readonly attacks: readonly PlannedAuditAttack[]
  /** Attacks that a budget does not suffice for. */
  readonly notRun: readonly PlannedAuditAttack[]
  /** Processor seconds of all attacks on a machine like that of docs/performance.md. */
  readonly seconds: number
  /** Users that are attacked, and users with a label. */
  readonly users: number
  readonly labelled: number
  /**
   * Folded AUC from which a leak shows four times in five: of the most telling attack that is run, whose AUC varies as
   * that of scores without any leak, corrected for one other attack of its kind.
   */
  readonly smallestDetectable: number
}

/** @throws as `audit` does. */
export function foreseeAudit(embedding: Matrix, labels: Labels, options: AuditOptions): ForeseenAudit {
  const { data, plans, notRun, sample } = planned(embedding, labels, options)
  const [one, ...rest] = data.rowsOfClass.map(({ length }) => length).sort((a, b) => a - b) as [number, ...number[]]
  const others = rest.length * one
  // Scores of a cross-validation vary by the root of 2 more, and are of all users of a balanced sample.
  const folded = plans.some(({ plan }) => plan.protocol === 'five-fold')
  const error = Math.sqrt((one + others + 1) / (12 * one * others)) * (folded ? Math.SQRT2 : Math.sqrt(1 / 0.9))
  return {
    attacks: plans.map(plannedAttackOf),
    notRun: notRun.map(plannedAttackOf),
    seconds: plans.reduce((sum, { seconds }) => sum + seconds, starting + twoSampleSeconds(data.labelled)),
    users: data.labelled,
    labelled: sample?.of ?? data.labelled,
    smallestDetectable: Math.min(1, 0.5 + (2.5 + 0.8416) * error),
  }
}

export interface AuditPlan {
  readonly plan: PlannedAttack
  readonly settings: Required<AttackSettings>
  readonly fits: number
  /** Processor seconds of all splits, of one split, and of one relabelling. */
  readonly seconds: number
  readonly ofSplit: number
  readonly ofRelabelling: number
  /** Rows fitted, over all fits. */
  readonly rows: number
}

export interface PlannedAudit {
  /** What is attacked: the table and labels that were given, or some of their users. */
  readonly embedding: Matrix
  readonly sample: AuditSample | undefined
  readonly data: AttackData
  readonly plans: readonly AuditPlan[]
  /** What the budget does not suffice for. */
  readonly notRun: readonly AuditPlan[]
}

export function plannedAttackOf({ plan: { attacker, protocol, input }, fits, seconds }: AuditPlan): PlannedAuditAttack {
  return { attacker: attacker.name, protocol, input, fits, seconds }
}

/** @throws as `audit` does. */
export function planned(embedding: Matrix, labels: Labels, options: AuditOptions): PlannedAudit {
  checkOptions<AuditOptions>('audit', options, {
    ...auditKinds,
    attackers: 'list',
    innerFolds: 'number',
    mostUsers: 'number',
    budget: 'number',
    onScored: 'function',
  })
  checkAudit('audit', options)
  checkLabels('audit', labels)
  const {
    attackers = Object.values(battery).map(({ attacker }) => attacker),
    protocols = defaultProtocols,
    input,
    refit = true,
    budget = Infinity,
  } = options
  if (attackers.length === 0 || protocols.length === 0) {
    throw new RangeError(
      `audit: expected at least one attacker and protocol, got ${attackers.length} and ${protocols.length}`,
    )
  }
  for (const attacker of attackers) checkFitted('audit', attacker)
  checkValues(embedding)
  const sample = auditSample(embedding, labels, options.mostUsers ?? defaultMostUsers, options.seed)
  const table = sample ?? { embedding, labels }
  const data = attackData(table.embedding, table.labels, protocols.map(protocolNamed))
  const named = options.attackers !== undefined && options.protocols !== undefined
  const unpriced = protocols.flatMap((protocol) =>
    attackers.flatMap((attacker) => plansOf(attacker, protocol, { input, refit, named })),
  )
  const held = unpriced.some(({ refitRepeats }) => refitRepeats === 0)
  const expectedShare = !sequentialOf(options) ? 1 : held ? endsEarly : mayEnd
  const plans = unpriced.map(pricing(embedding.cols, data, options, expectedShare))
  return { embedding: table.embedding, sample, data, ...withinBudget(plans, budget) }
}

/** Settings of each attack on this table, and what it costs; inputs that several are given are counted once. */
function pricing(
  dimensions: number,
  data: AttackData,
  options: AuditOptions,
  expectedShare: number,
): (plan: PlannedAttack) => AuditPlan {
  const made = new Map<string, number>()
  /** Processor seconds of `count` inputs at `stage`, less those that were made for an attack before. */
  const added = (stage: string, steps: ReturnType<typeof inputSteps>, count: number): number =>
    steps.reduce((sum, { name, seconds }) => {
      const key = `${stage} ${name}`
      const before = made.get(key) ?? 0
      made.set(key, Math.max(before, count))
      return sum + Math.max(0, count - before) * seconds
    }, 0)
  return (plan) => {
    const { attacker, protocol, input } = plan
    const [{ shadow, scored }, ...others] = plannedSplits(data.rowsOfClass, protocol, options.seed, 1) as [
      NumberedSplit,
      ...NumberedSplit[],
    ]
    const folds = 1 + others.length
    const shape: FitShape = { known: shadow.length, scored: scored.length, dimensions, classes: data.classes.length }
    const ofFit = fitSeconds(attacker.name, shape)
    const ofInput = inputSeconds(attacker.name, input, shape)
    const { repeats, refitRepeats, settings } = settingsOf(plan, folds, ofFit + ofInput, options)
    const { permutations, innerFolds } = settings
    const inner = { ...shape, known: shape.known / 2, scored: shape.known / 2 }
    const stepsOf = (of: FitShape): ReturnType<typeof inputSteps> => [
      { name: 'deal', seconds: dealSeconds(of) },
      ...inputSteps(attacker.name, input, of),
    ]
    const ofInputs =
      added(protocol, stepsOf(shape), folds * repeats) +
      added(`${protocol} signs`, stepsOf(inner), folds * repeats * innerFolds)
    const ofSplit = ofFit + innerFolds * fitSeconds(attacker.name, inner) + ofInputs / (folds * repeats)
    const ofRelabelling =
      folds * refitRepeats * ofFit + added(`${protocol} relabelled`, stepsOf(shape), folds * refitRepeats)
    const fits = folds * (repeats * (1 + settings.innerFolds) + permutations * refitRepeats)
    return {
      plan: { ...plan, refitRepeats },
      settings,
      fits,
      ofSplit,
      ofRelabelling,
      seconds:
        cold *
        (folds * repeats * ofSplit +
          expectedShare * permutations * ofRelabelling +
          metricSeconds(
            {
              scored: folds * repeats * shape.scored,
              users: protocol === 'paper' ? data.labelled : folds * shape.scored,
              classes: shape.classes,
            },
            refitRepeats > 0 ? 0 : permutations,
          )),
      rows: fits * shape.known,
    }
  }
}

/** Repeats, by what a fit costs with its input: fewer of dear ones. */
function settingsOf(
  { attacker, protocol, refitRepeats: wanted }: PlannedAttack,
  folds: number,
  ofFit: number,
  options: AuditOptions,
): { readonly repeats: number; readonly refitRepeats: number; readonly settings: Required<AttackSettings> } {
  const entry = namedAttackers[attacker.name]
  const innerFolds = options.innerFolds ?? (entry?.attacker === attacker && entry.unsigned ? 0 : undefined)
  const usual = defaultRepeats[protocol]
  const affordable = Math.floor(dearFrom / (folds * ofFit))
  const repeats =
    options.repeats?.[protocol] ?? Math.max(Math.min(usual, leastRepeats[protocol]), Math.min(usual, affordable))
  let refitRepeats = Math.min(wanted, repeats)
  while (refitRepeats > 0 && 100 * folds * refitRepeats * ofFit > dearRefits) refitRepeats--
  const settings = attackSettings(
    { ...options, ...(innerFolds !== undefined && { innerFolds }), repeats },
    protocol,
    refitRepeats > 0,
  )
  return { repeats, refitRepeats, settings }
}

/**
 * The attacks that a budget suffices for, in the order of the plan: those that tell most first, which are cheap, know
 * most labels or see most; each that still fits. The first is always run.
 */
function withinBudget(plans: readonly AuditPlan[], budget: number): Pick<PlannedAudit, 'plans' | 'notRun'> {
  let left = budget
  const chosen = new Set<AuditPlan>()
  for (const plan of [...plans].sort((a, b) => tellingRank(a.plan) - tellingRank(b.plan))) {
    if (plan.seconds > left && chosen.size > 0) continue
    chosen.add(plan)
    left -= plan.seconds
  }
  return { plans: plans.filter((plan) => chosen.has(plan)), notRun: plans.filter((plan) => !chosen.has(plan)) }
}
