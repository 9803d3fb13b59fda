/** @file The audit of a number, such as an age: regressors in the place of attackers, and the verdict of `audit`. */

import { checkOptions, type Matrix } from '@indistinct/core'
import { attackSettings, type Deviations } from '../attack.ts'
import { fitSeconds, inputSeconds } from '../attack-cost.ts'
import { auditKinds, checkAudit, defaultProtocols, defaultRepeats, type AuditOptions } from '../audit-options.ts'
import type { PlannedAuditAttack } from '../audit-plan.ts'
import { plannedInputs } from '../planned-inputs.ts'
import { protocolNamed, protocols } from '../protocols/protocols.ts'
import { regressionBattery } from './regression-battery.ts'
import {
  regressionData,
  runRegressionAttack,
  type PlannedRegression,
  type RegressionAttackResult,
  type RegressionData,
  type RegressionDeviations,
} from './regression-attack.ts'
import type { Regressor } from './regressor.ts'
import { verdictOf, type Verdict } from '../verdict/verdict.ts'

export interface RegressionAuditOptions extends Omit<
  AuditOptions,
  'attackers' | 'innerFolds' | 'mostUsers' | 'budget' | 'onScored'
> {
  /** The whole `regressionBattery` unless given. Others than its own are run on every input under every protocol. */
  readonly regressors?: readonly Regressor[]
}

/** All but `deviations` and the attacks' `splits` is plain JSON. Folded AUCs are folded concordances. */
export interface RegressionAudit extends Verdict {
  readonly attacks: readonly RegressionAttackResult[]
  readonly labelled: number
  readonly leftOut: number
  readonly seed: number
  /** What each attack's statistic was, and under each permutation: for `judgedTogether`. */
  readonly deviations: readonly Deviations[]
}

interface PlannedAudit {
  readonly data: RegressionData
  readonly plans: readonly {
    readonly plan: PlannedRegression
    readonly settings: ReturnType<typeof attackSettings>
    readonly fits: number
    readonly seconds: number
  }[]
}

/**
 * The attacks that `auditRegression` would run, after the same checks.
 * @throws as `auditRegression` does.
 */
export function planRegressionAudit(
  embedding: Matrix,
  values: Float64Array,
  options: RegressionAuditOptions,
): PlannedAuditAttack[] {
  return planned(embedding, values, options).plans.map(({ plan: { regressor, protocol, input }, fits, seconds }) => ({
    attacker: regressor.name,
    protocol,
    input,
    fits,
    seconds,
  }))
}

function planned(embedding: Matrix, values: Float64Array, options: RegressionAuditOptions): PlannedAudit {
  checkOptions<RegressionAuditOptions>('auditRegression', options, { ...auditKinds, regressors: 'list' })
  checkAudit('auditRegression', options)
  const {
    regressors = Object.values(regressionBattery).map(({ regressor }) => regressor),
    protocols: names = defaultProtocols,
    input,
    repeats,
    refit = true,
  } = options
  if (regressors.length === 0 || names.length === 0)
    throw new RangeError(
      `auditRegression: expected at least one regressor and protocol, got ${regressors.length} and ${names.length}`,
    )
  names.forEach(protocolNamed)
  const named = options.regressors !== undefined && options.protocols !== undefined
  const plans = names.flatMap((protocol) =>
    regressors.flatMap((regressor) => {
      const entry = regressionBattery[regressor.name]
      return plannedInputs(entry?.regressor === regressor ? entry.attacks : undefined, regressor.scaleFree, protocol, {
        input,
        refit,
        named,
      }).map((each): PlannedRegression => ({ regressor, protocol, ...each }))
    }),
  )
  const data = regressionData(embedding, values)
  return {
    data,
    plans: plans.map((plan) => {
      const refitted = plan.refitRepeats > 0
      const settings = attackSettings(
        { ...options, repeats: repeats?.[plan.protocol] ?? defaultRepeats[plan.protocol] },
        plan.protocol,
        refitted,
      )
      const [split, ...others] = protocols[plan.protocol].splits([data.rows], { seed: settings.seed, repeat: 0 })
      const folds = 1 + others.length
      const fits =
        folds *
        (settings.repeats + (refitted ? settings.permutations * Math.min(plan.refitRepeats, settings.repeats) : 0))
      const shape = {
        known: split!.shadow.length,
        scored: split!.scored.length,
        dimensions: embedding.cols,
        classes: 2,
      }
      return {
        plan,
        settings,
        fits,
        seconds: fits * (fitSeconds(plan.regressor.name, shape) + inputSeconds(plan.regressor.name, plan.input, shape)),
      }
    }),
  }
}

/**
 * Attacks an embedding (N, K) for the number that each row has. All attacks see the same splits and the same
 * permutations for the same seed.
 * @param values of the N rows, NaN for none: those are left out and counted
 * @throws IndistinctError 'bad-data' on data that cannot be attacked (see `regressionData`), 'usage' on an unknown
 * protocol.
 */
export async function auditRegression(
  embedding: Matrix,
  values: Float64Array,
  options: RegressionAuditOptions,
): Promise<RegressionAudit> {
  const { margin, attribute, onProgress, seed } = options
  const { data, plans } = planned(embedding, values, options)
  const total = plans.reduce((sum, { fits }) => sum + fits, 0)
  let done = 0
  const attacks: RegressionDeviations[] = []
  for (const { plan, settings } of plans)
    attacks.push(
      await runRegressionAttack(data, plan, settings, (fits) => onProgress?.({ done: (done += fits), total })),
    )
  const judged = attacks.map(({ result, ...test }) => ({
    ...test,
    result: { ...result, perClass: [{ auc: result.auc }] },
  }))
  return {
    ...verdictOf(judged, { ...(attribute !== undefined && { attribute }), ...(margin !== undefined && { margin }) }),
    attacks: attacks.map(({ result }) => result),
    deviations: attacks.map(({ observed, permuted }) => ({ observed, permuted })),
    labelled: data.rows.length,
    leftOut: embedding.rows - data.rows.length,
    seed,
  }
}
