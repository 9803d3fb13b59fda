/** @file The attackers of labels by name: of the battery, of fine structure, and those that no set names. */

import type { Attacker } from './attacker.ts'
import { officialMlpEntry, officialXgbEntry } from './attackers/official.ts'
import { battery } from './battery.ts'
import type { BatteryEntry } from './battery-entry.ts'
import { fineBattery } from './fine-battery.ts'

/** By their own names, which a test compares: stages find the file of each here, and load no other. */
const byName: Readonly<Record<string, BatteryEntry>> = {
  'mlp-official': officialMlpEntry,
  'xgb-official': officialXgbEntry,
}

/** Those that run where they are named, and nowhere else: a new one joins here, and changes no audit. */
export const onlyNamed: readonly BatteryEntry[] = Object.values(byName)

/** All attackers of labels that an audit or a grid can be asked for by name. */
export const namedAttackers: Readonly<Record<string, BatteryEntry>> = { ...battery, ...fineBattery, ...byName }

/** @throws RangeError for a name that none of them has. */
export function namedAttacker(name: string): Attacker {
  const entry = namedAttackers[name]
  if (entry === undefined) throw new RangeError(`namedAttacker: expected one of the battery, got ${name}`)
  return entry.attacker
}
