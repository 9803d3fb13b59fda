/** @file How classes differ, over what random labels would give: the families that `blind` brings down. */

import { randomStream, type Matrix } from '@indistinct/core'
import { radiusRatio } from '../flow/calibrate/calibrate-radii.ts'
import { shapeRatio } from '../flow/calibrate/calibrate-shapes.ts'
import { classMoments, momentRatios, type FamilyRatio } from '../flow/calibrate/class-moments.ts'
import { drawWaves, waveRatio } from './wave-move.ts'

/** Standard deviations under random labels by which a family is above its null where that is no chance. */
const surprising = 3

export type Differences = Readonly<Record<string, FamilyRatio>>

/** Statistics of how classes differ, over their null. */
export function differences(x: Matrix, classes: readonly Int32Array[]): Differences {
  const moments = classMoments(x, classes)
  const { mean, covariance } = momentRatios(x, classes, moments)
  return {
    mean,
    ...(covariance && { covariance }),
    shapes: shapeRatio(x, classes, moments),
    radii: radiusRatio(x, classes, moments),
    waves: waveRatio(x, classes, drawWaves(x, classes, randomStream(0, 'blind', 'measured waves'))),
  }
}

export function covarianceRatio(x: Matrix, classes: readonly Int32Array[]): number {
  return momentRatios(x, classes).covariance?.ratio ?? 0
}

/** Whether random labels give as much. */
export function isExplained({ ratio, terms }: FamilyRatio): boolean {
  return ratio <= 1 + surprising * Math.sqrt(2 / Math.max(1, terms))
}

export function surprises(found: Differences): string[] {
  return Object.keys(found).filter((name) => !isExplained(found[name]!))
}

export function ratios(found: Differences): { [name: string]: number } {
  return Object.fromEntries(Object.entries(found).map(([name, { ratio }]) => [name, ratio]))
}
