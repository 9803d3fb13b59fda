/** @file Options of the cheapest audit: one attacker under one protocol, once. */

export const quickAttack: readonly string[] = [
  '--attackers=logistic',
  '--protocols=five-fold',
  '--repeats=1',
  '--permutations=99',
  '--refit=false',
]
