/** @file The attackers of labels by name: of the battery, of fine structure, and those that no set names. */

import { officialMlpEntry, officialXgbEntry } from './attackers/official.ts'
import { battery } from './battery.ts'
import type { BatteryEntry } from './battery-entry.ts'
import { fineBattery } from './fine-battery.ts'

/** Those that run where they are named, and nowhere else: a new one joins here, and changes no audit. */
export const onlyNamed: readonly BatteryEntry[] = [officialMlpEntry, officialXgbEntry]

/** All attackers of labels that an audit or a grid can be asked for by name. */
export const namedAttackers: Readonly<Record<string, BatteryEntry>> = {
  ...battery,
  ...fineBattery,
  ...Object.fromEntries(onlyNamed.map((entry) => [entry.attacker.name, entry])),
}
