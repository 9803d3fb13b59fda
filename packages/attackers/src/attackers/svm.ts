/** @file The kernel attacker: a support vector machine with a Gaussian kernel. */

import { checkOptions, gatherRows, randomStream, shuffle, type Matrix } from '@indistinct/core'
import { mostKnown } from '../models/row-products.ts'
import { logOddsScore } from '../models/log-odds-score.ts'
import {
  fitSupportVectors,
  supportVectorDecisions,
  supportVectorDecisionsOfProducts,
  type SupportVectorOptions,
} from '../models/support-vector-machine.ts'
import type { Attacker } from '../attacker.ts'
import { checkCounts, checkSizes } from './checked-settings.ts'
import { syncAttacker, type SyncAttacker, type SyncFit } from './sync-attacker.ts'

export interface SvmOptions extends SupportVectorOptions {
  /** Rows beyond which a random share of each class is fitted instead of all; 5,000 (100 MB of kernel matrix). */
  readonly mostRows?: number
}

/** A kernel attacker with other settings, under a name of its own. */
export function svmAttacker(name: string, options: SvmOptions): SyncAttacker {
  checkOptions<SvmOptions>('svmAttacker', options, {
    mostRows: 'number',
    cost: 'number',
    gamma: 'string',
    tolerance: 'number',
  })
  const { mostRows = 5000, ...machine } = options
  const { cost, tolerance, gamma = 'scale' } = machine
  checkCounts('svmAttacker', { mostRows })
  checkSizes('svmAttacker', { cost, tolerance })
  if (gamma !== 'scale' && gamma !== 'nearest')
    throw new RangeError(`svmAttacker: expected gamma scale or nearest, got ${JSON.stringify(gamma satisfies never)}`)
  const fit: SyncFit = (x, codes, { classes, seed }) => {
    const rows = x.rows > mostRows ? drawnRows(codes, classes, mostRows, seed) : undefined
    const model = rows
      ? fitSupportVectors(
          gatherRows(x, rows),
          rows.map((row) => codes[row]!),
          classes,
          machine,
        )
      : fitSupportVectors(x, codes, classes, machine)
    const { intercepts } = model
    return (asked) => decisionScores({ decisions: supportVectorDecisions(model, asked), intercepts }, classes)
  }
  // A kernel as narrow as rows lie apart takes distances from differences.
  const ofProducts: Attacker['ofProducts'] =
    machine.gamma === 'nearest' || mostRows < mostKnown
      ? undefined
      : (products, codes, { classes }) =>
          decisionScores(supportVectorDecisionsOfProducts(products, codes, classes, machine), classes)
  return syncAttacker(name, fit, { ...(ofProducts && { ofProducts }) })
}

/**
 * C-SVC with C = 1, gamma 'scale' and balanced classes, solved to LIBSVM's tolerance; at most 5,000 rows are fitted.
 */
export const svm: SyncAttacker = svmAttacker('svm', {})

/** The same with a kernel as wide as known users lie apart: what only the closest users share. */
export const fineSvm: SyncAttacker = svmAttacker('fine-svm', { gamma: 'nearest' })

/** Distance from the intercept within which decisions are drawn apart, and by how much for each factor of e in it. */
const close = 1e-11
const apart = 2e-6

/**
 * The logistic function of decision values: not calibrated, one half on the boundary, ordered as they are. Rows far
 * from all known ones, as most are in whitened tables of many more dimensions than known users, are decided by the
 * intercept and what of the kernel is left, 1e-8 say, which float32 would not tell from one half. So decisions are
 * drawn away from the intercept, by about 0.0001 at most, and zero stays where it is.
 */
function decisionScores(
  { decisions, intercepts }: { readonly decisions: Float64Array; readonly intercepts: Float64Array },
  classes: number,
): Matrix {
  const outputs = intercepts.length
  const rows = decisions.length / outputs
  const data = new Float32Array(rows * classes)
  const drawn = decisions.map((decision, p) => {
    const intercept = intercepts[p % outputs]!
    return decision + apart * (Math.asinh((decision - intercept) / close) + Math.asinh(intercept / close))
  })
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < classes; c++) {
      data[i * classes + c] = logOddsScore(classes > 2 ? drawn[i * classes + c]! : c === 1 ? drawn[i]! : -drawn[i]!)
    }
  }
  return { rows, cols: classes, data }
}

/** The same share of each class, at least one row of it, `most` rows in all up to rounding; ascending. */
function drawnRows(codes: Int32Array, classes: number, most: number, seed: number): Int32Array {
  const share = most / codes.length
  const random = randomStream(seed, 'svm-rows')
  const drawn: number[] = []
  for (let c = 0; c < classes; c++) {
    const members: number[] = []
    codes.forEach((code, row) => code === c && members.push(row))
    drawn.push(...shuffle(members, random).slice(0, Math.max(1, Math.floor(share * members.length))))
  }
  return Int32Array.from(drawn).sort()
}
