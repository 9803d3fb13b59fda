/** @file Attackers by the names that grids use. */

import { mlp, officialMlp, officialXgb, xgb, type Attacker } from '@indistinct/attackers'
import { usageError } from '@indistinct/core'

export const attackers: { readonly [name: string]: Attacker } = {
  mlp,
  xgb,
  'mlp-official': officialMlp,
  'xgb-official': officialXgb,
}

/** @throws IndistinctError 'usage' for an unknown name. */
export function attackerNamed(name: string): Attacker {
  const attacker = attackers[name]
  if (!attacker)
    throw usageError(`expected an attacker among ${Object.keys(attackers).join(', ')}, got ${JSON.stringify(name)}`)
  return attacker
}
