/** @file Attackers by the names that grids use. */

import { namedAttackers, type Attacker } from '@indistinct/attackers'
import { usageError } from '@indistinct/core'

/** @throws IndistinctError 'usage' for an unknown name. */
export function attackerNamed(name: string): Attacker {
  const entry = namedAttackers[name]
  if (!entry?.attacker) {
    const names = Object.keys(namedAttackers).join(', ')
    throw usageError(`expected an attacker among ${names}, got ${JSON.stringify(name)}`)
  }
  return entry.attacker
}
