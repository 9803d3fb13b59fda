/** @file Which protocols and inputs an attacker of an audit is run on. */

import type { PlannedAttack } from './attack.ts'
import type { Attacker } from './attacker.ts'
import type { BatteryAttack } from './battery-entry.ts'
import { namedAttackers } from './named-attackers.ts'
import { inputNames, type InputName } from './models/prepared-input.ts'
import type { ProtocolName } from './protocols/protocols.ts'

/** Every attack of `attacker` under `protocol`, by the entry of its name or, without one, on all inputs. */
export function plansOf(attacker: Attacker, protocol: ProtocolName, options: InputOptions): PlannedAttack[] {
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
