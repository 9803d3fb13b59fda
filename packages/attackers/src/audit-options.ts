/** @file What an audit is asked for. */

import { checkCount, checkOptions, type OptionKinds } from '@indistinct/core'
import type { AttackSettings } from './attack-result.ts'
import type { Attacker } from './attacker.ts'
import { checkInput, type InputName } from './models/prepared-input.ts'
import type { Estimate } from './protocols/attack-metrics.ts'
import type { ProtocolName } from './protocols/protocols.ts'

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
  /**
   * Repeats of each protocol; 20 for paper, 2 for five-fold, fewer where an attack's fits are dear (`attack-cost.ts`).
   */
  readonly repeats?: Partial<Readonly<Record<ProtocolName, number>>>
  /** Whether the permutation test fits attackers again, where the battery says so; true. Else scores are held fixed. */
  readonly refit?: boolean
  /** Largest distance of the folded AUC from one half that is called none; 0.05. */
  readonly margin?: number
  /** Name of the attribute, for the verdict. */
  readonly attribute?: string
  /**
   * Whether relabellings end once further ones could not change what is found (`relabelled-attacks.ts`); true unless
   * `permutations` is given. False for audits that are to be judged together: each then needs all of them.
   */
  readonly sequential?: boolean
  /** Most users attacked, as many of each label as of the others where there are; 20,000. */
  readonly mostUsers?: number
  /** Processor seconds that may be spent, as `planAudit` estimates them: the attacks that tell most come first. */
  readonly budget?: number
  /** Called as work is done, both in processor seconds as `planAudit` estimates them. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void
  /** Called as attacks are scored, in any order, before the permutation tests. */
  readonly onScored?: (attack: ScoredAttack) => void
}

/** What is known of an attack once its users are scored. */
export interface ScoredAttack {
  readonly attacker: string
  readonly protocol: ProtocolName
  readonly input: InputName
  readonly foldedAuc: Estimate
}

export const defaultRepeats: Readonly<Record<ProtocolName, number>> = { paper: 20, 'five-fold': 2 }
export const defaultProtocols: readonly ProtocolName[] = ['paper', 'five-fold']

/** Whether relabellings may end early. */
export function sequentialOf({ sequential, permutations }: AuditOptions): boolean {
  return sequential ?? permutations === undefined
}

/** Kinds of what audits of labels and of numbers share. */
export const auditKinds: OptionKinds<
  Omit<AuditOptions, 'attackers' | 'innerFolds' | 'mostUsers' | 'budget' | 'onScored'>
> = {
  seed: 'number',
  permutations: 'number',
  protocols: 'list',
  input: 'string',
  repeats: 'object',
  refit: 'boolean',
  margin: 'number',
  attribute: 'string',
  sequential: 'boolean',
  onProgress: 'function',
}

/** What holds for audits of labels and of numbers. @throws RangeError on a value that does not fit. */
export function checkAudit(
  caller: string,
  { input, repeats = {}, margin = 0.5, budget = 1, mostUsers = 1 }: Omit<AuditOptions, 'attackers'>,
): void {
  checkOptions<NonNullable<AuditOptions['repeats']>>(`${caller}, repeats`, repeats, {
    paper: 'number',
    'five-fold': 'number',
  })
  checkInput(caller, input)
  if (!(margin > 0 && margin <= 0.5))
    throw new RangeError(`${caller}: expected a margin above 0 and at most 0.5, got ${margin}`)
  if (!(budget >= 0)) throw new RangeError(`${caller}: expected a budget of at least 0, got ${budget}`)
  if (mostUsers !== Infinity) checkCount(caller, 'mostUsers', mostUsers)
}

/** Attackers are values, not names. @throws RangeError on what cannot be fitted. */
export function checkFitted(caller: string, one: { readonly name: string; readonly fit: unknown }): void {
  if (typeof one?.fit === 'function') return
  throw new RangeError(
    `${caller}: expected an attacker, such as namedAttackers.logistic.attacker, got ${
      typeof one === 'string' ? JSON.stringify(one) : String(one)
    }`,
  )
}
