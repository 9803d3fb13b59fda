/** @file What the attacks that the user chose will take, before any of them runs. */

import { counted, type Json, type Matrix } from '@indistinct/core'
import { planAudit, planRegressionAudit } from '@indistinct/attackers'
import { countOf } from '../terminal/text-table.ts'
import { about } from '../terminal/wall-clock.ts'
import { attackOptions, chosenAttackers, chosenRegressors, type SeededBattery } from './attack-battery.ts'
import type { AttackTarget } from './attack-target.ts'

/** Processor seconds of what `attackTarget` would run on each of `targets`. */
export function targetsSeconds(embedding: Matrix, targets: readonly AttackTarget[], battery: SeededBattery): number {
  return targets
    .flatMap((target) => planned(embedding, target, battery))
    .reduce((total, { seconds }) => total + seconds, 0)
}

/** What `attackTarget` would run on each of `targets`, a line an attack, for --dry-run. */
export function planTargets(
  embedding: Matrix,
  targets: readonly AttackTarget[],
  battery: SeededBattery,
): { steps: string[]; attacks: Json } {
  const several = targets.length > 1
  const attacks = targets.flatMap((target) =>
    planned(embedding, target, battery).map((attack) => ({
      ...(several && { attribute: target.attribute }),
      ...attack,
    })),
  )
  const fits = attacks.reduce((sum, each) => sum + each.fits, 0)
  const seconds = attacks.reduce((sum, each) => sum + each.seconds, 0)
  return {
    steps: [
      `${counted(attacks.length, 'attack')}, at most ${countOf(fits, 'fit')}, ${about(seconds)}`,
      ...attacks.map(
        ({ attribute, attacker, protocol, input, fits }) =>
          `  ${attribute === undefined ? '' : `${attribute}: `}${attacker}, ${protocol}, ${input}: ` +
          countOf(fits, 'fit'),
      ),
    ],
    attacks: attacks.map(({ seconds, ...attack }) => ({ ...attack, seconds: Number(seconds.toPrecision(2)) })),
  }
}

function planned(embedding: Matrix, target: AttackTarget, battery: SeededBattery) {
  const options = attackOptions(target, battery)
  return 'values' in target
    ? planRegressionAudit(embedding, target.values, { ...options, ...chosenRegressors(battery) })
    : planAudit(embedding, target.labels, { ...options, ...chosenAttackers(battery) })
}
