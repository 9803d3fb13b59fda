/** @file How far users moved, as sums of each shard that add up to what a report of the whole table says. */

import type { Json } from '@indistinct/core'
import type { ShardPlan } from './shard-plan.ts'

/** Sums over some users. */
export interface GroupChange {
  readonly [key: string]: number
  readonly users: number
  readonly unmoved: number
  /** Of distances moved. */
  readonly distances: number
  readonly squares: number
  readonly farthest: number
}

export interface ShardChange {
  readonly [key: string]: Json
  /** By class; users without one come last. */
  readonly groups: readonly GroupChange[]
  /** Of all rows as they came, from the plan's centre: their sum (K), and that of their squared lengths. */
  readonly deviations: readonly number[]
  readonly squaredDeviations: number
}

export interface ChangeSums {
  /** Takes rows (n, K), before and after, of users of these codes. */
  add(before: Float32Array, after: Float32Array, codes: Int32Array): void
  sums(): ShardChange
}

export function changeSums({ centre, attribute: { classes } }: Pick<ShardPlan, 'centre' | 'attribute'>): ChangeSums {
  const K = centre.length
  const groups = Array.from({ length: classes.length + 1 }, () => ({
    users: 0,
    unmoved: 0,
    distances: 0,
    squares: 0,
    farthest: 0,
  }))
  const deviations = new Array<number>(K).fill(0)
  let squaredDeviations = 0
  return {
    add(before, after, codes) {
      codes.forEach((code, i) => {
        const group = groups[code < 0 ? classes.length : code]!
        let square = 0
        for (let k = 0, p = i * K; k < K; k++, p++) {
          square += (after[p]! - before[p]!) ** 2
          const deviation = before[p]! - centre[k]!
          deviations[k]! += deviation
          squaredDeviations += deviation * deviation
        }
        const distance = Math.sqrt(square)
        group.users++
        if (square === 0) group.unmoved++
        group.distances += distance
        group.squares += square
        group.farthest = Math.max(group.farthest, distance)
      })
    },
    sums: () => ({ groups, deviations, squaredDeviations }),
  }
}

/**
 * How far a group moved, in spreads of the table: the root mean square distance of its rows from their mean; as it is
 * where they are equal.
 */
export interface GroupDisplacement {
  readonly [key: string]: Json
  readonly name: string
  readonly users: number
  readonly unmoved: number
  readonly mean: number
  readonly rootMeanSquare: number
  readonly largest: number
}

export interface Displacement extends GroupDisplacement {
  readonly unit: 'spread' | 'absolute'
  readonly spread: number
  readonly groups: readonly GroupDisplacement[]
}

export function displacementOfShards(
  { attribute: { classes } }: Pick<ShardPlan, 'attribute'>,
  changes: readonly ShardChange[],
): Displacement {
  const rows = sum(changes.flatMap(({ groups }) => groups.map(({ users }) => users)))
  const mean = changes[0]!.deviations.map((_, k) => sum(changes.map(({ deviations }) => deviations[k]!)) / rows)
  const spread = Math.sqrt(
    Math.max(0, sum(changes.map(({ squaredDeviations }) => squaredDeviations)) / rows - sum(mean.map((d) => d * d))),
  )
  const unit = spread || 1
  const described = (name: string, groups: readonly GroupChange[]): GroupDisplacement => {
    const users = sum(groups.map((group) => group.users))
    return {
      name,
      users,
      unmoved: sum(groups.map(({ unmoved }) => unmoved)),
      mean: sum(groups.map(({ distances }) => distances)) / users / unit,
      rootMeanSquare: Math.sqrt(sum(groups.map(({ squares }) => squares)) / users) / unit,
      largest: groups.reduce((most, { farthest }) => Math.max(most, farthest), 0) / unit,
    }
  }
  const names = [...classes.map(({ name }) => name), 'no label']
  const groups = names.map((name, g) =>
    described(
      name,
      changes.map((change) => change.groups[g]!),
    ),
  )
  return {
    unit: spread > 0 ? 'spread' : 'absolute',
    spread,
    ...described(
      'all users',
      changes.flatMap((change) => change.groups),
    ),
    groups: groups.filter(({ users }) => users > 0),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
