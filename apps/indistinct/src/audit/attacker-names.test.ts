import { namedAttackers, protocols, regressionBattery } from '@indistinct/attackers'
import { attackerName, protocolName } from '@indistinct/report'
import { expect, test } from 'vitest'

test('every attacker and every protocol has a name in words, no two the same', () => {
  const attackers = [...Object.keys(namedAttackers), ...Object.keys(regressionBattery)]
  const names = attackers.map(attackerName)
  expect(new Set(names).size).toBe(attackers.length)
  for (const name of names) expect(name).toMatch(/^[A-Z][^_]+$/)
  expect(attackers.filter((id, at) => names[at] === id)).toEqual([])
  for (const protocol of Object.keys(protocols)) expect(protocolName(protocol)).toMatch(/of labels known$/)
})
