/** @file How classes differ once rows are smoothed, and whether smoothing brought them apart. */

import type { Json, Labels, Matrix } from '@indistinct/core'
import { checkedClasses } from '../checked-classes.ts'
import { radiusRatio } from './calibrate/calibrate-radii.ts'
import { shapeRatio } from './calibrate/calibrate-shapes.ts'
import { classMoments, momentRatios, type FamilyRatio } from './calibrate/class-moments.ts'
import { classDifferences } from './class-differences.ts'
import { surprise } from './flow-families.ts'
import type { CalibratedFlowOptions } from './flow-options.ts'
import { standardisedColumns } from './standardised-columns.ts'

type Parameters = { readonly [name: string]: Json }

export interface AfterSmoothing {
  /** MMD^2 of pairs, beside what chance gives, and families of differences, over their null. */
  readonly found: Parameters
  /** What is above chance after it, and was not before. */
  readonly brought: readonly string[]
}

/** How classes of `after` (N, K) differ, smoothed from `before`. */
export function afterSmoothing(
  before: Matrix,
  after: Matrix,
  labels: Labels,
  { level = 1 }: Pick<CalibratedFlowOptions, 'level'>,
): AfterSmoothing {
  const [was, is] = [before, after].map((table) => differencesOf(table, labels, level))
  return { found: is!.found, brought: is!.above.filter((each) => !was!.above.includes(each)) }
}

/** `parameters` of a flow with what smoothing made of it: 'not landed' where it brought differences above chance. */
export function withSmoothing(parameters: Parameters, { found, brought }: AfterSmoothing): Parameters {
  return {
    ...parameters,
    afterSmoothing: found,
    ...(brought.length > 0 &&
      parameters['outcome'] !== 'not landed' && {
        outcome: 'not landed',
        stopped: `smoothing brought ${brought.join(', ')} above what chance gives`,
      }),
  }
}

function differencesOf(
  embedding: Matrix,
  labels: Labels,
  level: number,
): { readonly found: Parameters; readonly above: readonly string[] } {
  const classes = checkedClasses('calibratedFlow', embedding, labels)
  const table = standardisedColumns(embedding, classes)?.table ?? embedding
  const moments = classMoments(table, classes)
  const families: [string, FamilyRatio][] = Object.entries({
    ...momentRatios(table, classes, moments),
    shapes: shapeRatio(table, classes, moments),
    radii: radiusRatio(table, classes, moments),
  })
  const pairs = classDifferences(table, labels)
  const above = [
    ...pairs
      .filter(({ ratio, chance }) => ratio > level * chance)
      .map(({ first, second }) => `MMD^2 of ${first} and ${second}`),
    ...families.filter(([, { ratio, terms }]) => ratio > level * (1 + surprise(terms))).map(([family]) => family),
  ]
  return {
    found: {
      pairs,
      differencesAfter: Object.fromEntries(families.map(([family, { ratio }]) => [family, ratio])),
      ...(above.length > 0 && { above }),
    },
    above,
  }
}
