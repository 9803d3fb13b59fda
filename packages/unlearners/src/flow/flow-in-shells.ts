/** @file The flow gone on with within shells around the centre, where a table has many columns. */

import { copyMatrix, gatherRows, matrix, type Json, type Matrix } from '@indistinct/core'
import { blindWalk, type BlindWalk } from '../blind/blind-walk.ts'
import { isExplained } from '../blind/differences.ts'
import { shellCovariancesHeldMove, shellCovariancesMove } from '../blind/shell-covariances-move.ts'
import { shellCovariances, shellMeans, worstShell, type ShellFamily } from '../blind/shell-differences.ts'
import { shellMeansMove } from '../blind/shell-means-move.ts'
import { shellsOf, type Shells } from '../blind/shells.ts'
import { cappedShares } from './calibrate/calibrate-moments.ts'
import { classMoments, momentRatios } from './calibrate/class-moments.ts'
import type { ClassMoments } from './calibrate/common-axes.ts'
import { hasFewUsers } from './calibrate/few-users.ts'
import type { FlowCourse, FlowEnd } from './flow-course.ts'

/**
 * Standard deviations under random labels above which covariances in a shell are brought down. A choice: tuned LightGCN
 * on MovieLens 1M lies above it in 64 columns, where attackers then find less, and below it in 16.
 */
const farAbove = 15
/** Columns beyond which a move would cost more than the rest of the flow. */
const mostColumns = 512
/** Users beyond whom it would take minutes. */
const mostUsers = 100_000
/** Rounds of moves; each brings down what the one before left to second order. */
const mostRounds = 4
/** Share of the null by which a family may stay off it. */
const closeEnough = 0.02

/**
 * Classes that are alike over all users may differ near the centre, and the other way round far from it: perceptrons,
 * trees and radial kernels find that in a table of many columns, and MMD^2 hardly counts it. Where the flow `from` has
 * landed and covariances within shells are far above chance, users of each class move within shells by the least moves
 * that bring covariances and means there down to chance. What cancelled over all shells would then be more alike than
 * chance makes it, so differences over all users are brought back up. `goOn` takes the flow on from the table that this
 * leads to. Left out where that does not land, or what is above chance in shells does not halve. `parameters.shells`
 * say how covariances stood there, over their null.
 */
export function flowInShells(
  from: FlowEnd<Matrix>,
  classes: readonly Int32Array[],
  course: FlowCourse,
  goOn: (from: Matrix, moved: Matrix, course: FlowCourse) => FlowEnd<Matrix>,
): FlowEnd<Matrix> {
  const { state, trace, parameters } = from
  const maxPasses = course.maxPasses - trace.length
  if (parameters['outcome'] !== 'landed' || course.level !== 1 || !course.shapes || maxPasses < 1) return from
  const { rows, cols } = state
  const users = classes.reduce((sum, { length }) => sum + length, 0)
  if (cols > mostColumns || users > mostUsers) return from
  const moments = classMoments(state, classes)
  if (hasFewUsers(moments)) return from
  const labelled = Int32Array.from(classes.flatMap((members) => [...members])).sort()
  const shells = shellsOf(gatherRows(state, labelled), moments.centre)
  const before = worstShell(shellCovariances(state, classes, shells, moments), classes.length)
  if (!(before.ratio > 1 + farAbove * Math.sqrt(2 / before.terms))) return from
  const start = { start: copyMatrix(state), spare: matrix(rows, cols) }
  const walk = blindWalk(start, classes, labelDeviations(rows, classes))
  bringToChance(walk, shells, moments)
  const end = goOn(state, walk.at(), { ...course, maxPasses })
  const after = worstShell(shellCovariances(end.state, classes, shells, moments), classes.length)
  const said = { before: before.ratio, after: after.ratio }
  // Moves that hardly help, as where users stand in clusters, are a price without a gain.
  if (end.parameters['outcome'] === 'not landed' || after.ratio - 1 > (before.ratio - 1) / 2)
    return { ...from, parameters: { ...parameters, shells: { ...said, outcome: 'left out' } } }
  const passes = end.trace.map((row) => ({ ...row, pass: trace.length + row.pass }))
  return { state: end.state, trace: [...trace, ...passes], parameters: { ...asOne(from, end), shells: said } }
}

/** Of two flows that followed one another: where the first began, and the second ended. */
function asOne(from: FlowEnd<Matrix>, end: FlowEnd<Matrix>): { readonly [name: string]: Json } {
  const { pairs, differencesAfter } = end.parameters
  const began = from.parameters['pairs'] as readonly { ratioBefore: number }[]
  const ended = (pairs as readonly { readonly [name: string]: Json }[]).map((pair, p) => ({
    ...pair,
    ratioBefore: began[p]!.ratioBefore,
  }))
  return { ...from.parameters, differencesAfter: differencesAfter!, pairs: ended }
}

/** What labels deviate from the shares of their classes (N, C): users move by their own label. */
function labelDeviations(rows: number, classes: readonly Int32Array[]): Matrix {
  const C = classes.length
  const users = classes.reduce((sum, { length }) => sum + length, 0)
  const out = matrix(rows, C)
  classes.forEach((members, own) => {
    for (const i of members)
      for (let c = 0; c < C; c++) out.data[i * C + c] = (c === own ? 1 : 0) - classes[c]!.length / users
  })
  return out
}

function bringToChance(walk: BlindWalk, shells: Shells, moments: ClassMoments): void {
  const { classes, deviations, at, tryMove } = walk
  const C = classes.length
  const covariancesOf = (table: Matrix): number =>
    worstShell(shellCovariances(table, classes, shells, moments), C).ratio
  const meansOf = (table: Matrix): ShellFamily[] => shellMeans(table, classes, shells, moments)
  const worstMeans = (table: Matrix): number => worstShell(meansOf(table), C).ratio
  for (let round = 0; round < mostRounds; round++) {
    const found = worstShell(shellCovariances(at(), classes, shells, moments), C)
    if (isExplained(found)) break
    let covariances = found.ratio
    for (let c = 0; c < C && covariances > 1 + closeEnough; c++) {
      const move = shellCovariancesMove(at(), classes, deviations, c, shells, moments)
      covariances = tryMove(move, covariancesOf, covariances)
    }
    const apart = meansOf(at()).map(({ apart: own, squares, nulls }) => {
      const kept = cappedShares(squares, nulls, 1)
      return own.map((value, p) => value * (1 - kept[p % kept.length]!))
    })
    tryMove(shellMeansMove(at(), classes, deviations, shells, moments, { apart }), worstMeans, worstMeans(at()))
    bringBackUp(walk, moments)
  }
}

/** Covariances and means over all users, where they fell below chance, back to it. */
function bringBackUp({ classes, deviations, at, tryMove }: BlindWalk, moments: ClassMoments): void {
  const all: Shells = { centre: moments.centre, edges: Float64Array.of(0) }
  const familyOf = (table: Matrix): ShellFamily[] => shellCovariances(table, classes, all, moments)
  for (let c = 0; c < classes.length; c++) {
    const own = familyOf(at())
    const { ratio } = worstShell(own, classes.length)
    if (!(ratio > 0) || ratio > 1 - closeEnough) break
    const wanted = own.map((family) => ({ ...family, apart: family.apart.map((value) => value / Math.sqrt(ratio)) }))
    const move = shellCovariancesHeldMove(at(), classes, deviations, c, all, moments, wanted)
    tryMove(move, (table) => -worstShell(familyOf(table), classes.length).ratio, -ratio)
  }
  const { mean } = momentRatios(at(), classes)
  if (!(mean.ratio > 0) || mean.ratio > 1 - closeEnough) return
  const factor = 1 / Math.sqrt(mean.ratio) - 1
  const { means, centre } = classMoments(at(), classes)
  const table = at()
  classes.forEach((members, c) => {
    for (const i of members)
      for (let k = 0, p = i * table.cols; k < table.cols; k++, p++)
        table.data[p]! += factor * (means[c]![k]! - centre[k]!)
  })
}
