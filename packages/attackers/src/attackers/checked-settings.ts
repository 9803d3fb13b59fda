/** @file Settings of attackers, checked when the attacker is made: a fit comes after everything else is read. */

import { checkCount } from '@indistinct/core'

/** Settings by name; those that are undefined have their defaults. */
type Settings = Readonly<Record<string, number | undefined>>

/** @throws RangeError on a setting that is no positive integer. */
export function checkCounts(caller: string, settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) checkCount(caller, name, value)
}

/** @throws RangeError on a setting that is not finite, below 0, or 0 unless that has a meaning. */
export function checkSizes(caller: string, settings: Settings, { zero = false } = {}): void {
  for (const [name, value] of Object.entries(settings))
    if (value !== undefined && !(value < Infinity && (zero ? value >= 0 : value > 0)))
      throw new RangeError(`${caller}: expected ${name} ${zero ? 'of at least' : 'above'} 0, got ${value}`)
}
