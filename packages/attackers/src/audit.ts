/** @file The battery: every attacker under every protocol, on raw and standardised input, and what to conclude. */

import type { Labels, Matrix } from '@indistinct/core'
import { attackData } from './attack-data.ts'
import { protocolNamed, runAttack, type AttackResult, type AttackSettings, type PlannedAttack, type ProtocolName } from './attack.ts'
import type { Attacker } from './attacker.ts'
import { mlp } from './mlp.ts'
import { verdictOf, type Verdict } from './verdict.ts'
import { xgb } from './xgb.ts'

export interface AuditOptions extends Omit<AttackSettings, 'repeats'> {
  /** mlp and xgb unless given. */
  readonly attackers?: readonly Attacker[]
  /** paper and five-fold unless given. */
  readonly protocols?: readonly ProtocolName[]
  /** `both` runs attackers that scale matters to on raw and on standardised input; the default. */
  readonly input?: 'raw' | 'standardised' | 'both'
  /** Repeats of each protocol; 10 for paper, 2 for five-fold. */
  readonly repeats?: Partial<Readonly<Record<ProtocolName, number>>>
  /** Name of the attribute, for the verdict. */
  readonly attribute?: string
  /** Called as splits are finished. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
}

/** All but the attacks' `splits` is plain JSON. */
export interface AuditResult extends Verdict {
  readonly attacks: readonly AttackResult[]
  readonly classes: readonly string[]
  readonly labelled: number
  readonly leftOut: number
  readonly seed: number
}

/**
 * Runs the battery on an embedding (N, K). All attacks see the same splits for the same seed, and independent fits run
 * side by side.
 * @throws IndistinctError 'bad-data' on data that cannot be attacked, 'usage' on an unknown protocol.
 */
export async function audit(embedding: Matrix, labels: Labels, options: AuditOptions): Promise<AuditResult> {
  const { attackers = [mlp, xgb], protocols = ['paper', 'five-fold'], input = 'both', repeats, attribute, onProgress, ...settings } = options
  if (attackers.length === 0 || protocols.length === 0) {
    throw new RangeError(`audit: expected at least one attacker and protocol, got ${attackers.length} and ${protocols.length}`)
  }
  const data = attackData(embedding, labels, protocols.map(protocolNamed))
  const planned = protocols.flatMap((protocol) =>
    attackers.flatMap((attacker): PlannedAttack[] => {
      const inputs = input === 'both' ? (attacker.scaleFree ? [false] : [false, true]) : [input === 'standardised']
      return inputs.map((standardise) => ({ attacker, protocol, standardise }))
    }),
  )
  const repeatsOf = (protocol: ProtocolName): number => repeats?.[protocol] ?? protocolNamed(protocol).defaultRepeats
  const splitsOf = (protocol: ProtocolName): number => repeatsOf(protocol) * protocolNamed(protocol).splits(data.rowsOfClass, { seed: settings.seed, repeat: 0 }).length
  const total = planned.reduce((sum, { protocol }) => sum + splitsOf(protocol), 0)
  let done = 0
  const onSplit = (): void => onProgress?.({ done: ++done, total })
  const attacks = await Promise.all(
    planned.map((plan) =>
      runAttack(embedding, data, plan, { ...settings, repeats: repeatsOf(plan.protocol) }, { tests: planned.length, onSplit }),
    ),
  )
  return {
    ...verdictOf(attacks, attribute),
    attacks,
    classes: data.classes,
    labelled: data.labelled,
    leftOut: data.leftOut,
    seed: settings.seed,
  }
}
