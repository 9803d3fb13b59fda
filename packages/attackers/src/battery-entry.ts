/** @file What is known of a named attacker: on what input and under which protocols it runs, and words for people. */

import type { Attacker } from './attacker.ts'
import type { InputName } from './models/prepared-input.ts'
import type { ProtocolName } from './protocols/protocols.ts'

export interface BatteryAttack {
  readonly protocol: ProtocolName
  readonly input: InputName
  /** Repeats that the permutation test runs under each relabelling; 0: labels are permuted with scores held fixed. */
  readonly refitRepeats: number
}

export interface BatteryEntry {
  readonly attacker: Attacker
  readonly description: string
  /** Whether it computes on threads of its own; the others are run on the pool of `audit`. */
  readonly ownThreads?: boolean
  /**
   * Whether an audit leaves out the sign that is chosen within the shadow set: its fits are dear, or it chooses one
   * itself.
   */
  readonly unsigned?: boolean
  readonly attacks: readonly BatteryAttack[]
}

/** The attack on each of `inputs`; `refitRepeats` for each of them, or one for all. */
export function on(
  protocol: ProtocolName,
  inputs: readonly InputName[],
  refitRepeats: number | Partial<Record<InputName, number>>,
): BatteryAttack[] {
  return inputs.map((input) => ({
    protocol,
    input,
    refitRepeats: typeof refitRepeats === 'number' ? refitRepeats : (refitRepeats[input] ?? 0),
  }))
}
