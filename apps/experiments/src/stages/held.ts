/** @file held: what the user tables of a model tell, by what the attacker holds beside them. */

import { sideBySide, type Json, type Labels, type Matrix } from '@indistinct/core'
import { attack, type ProtocolName } from '@indistinct/attackers'
import { historyFeatures } from '@indistinct/observations'
import { readMatricesOf } from '../store/artifact-folder.ts'
import { attackerNamed } from '../store/components.ts'
import { readLabels, readSplit } from '../store/prepared-data.ts'
import type { HeldAttack, Holding } from '../store/results.ts'
import { upstreamOf, type StageContext } from '../store/stage-context.ts'

interface Parameters {
  readonly ofTables: readonly string[]
  readonly ofHeld: readonly string[]
  readonly attribute: string
  readonly seed: number
}

/** Directions of a history that are kept, as in `audit --with`. */
const historyWidth = 64
/** Draws of the tenth of users whose labels are known; five folds are drawn once. */
const repeats: { readonly [protocol in ProtocolName]: number } = { paper: 3, 'five-fold': 1 }
/** Scores are held fixed: intervals are wanted, not p, and these are the fewest that an attack takes. */
const permutations = 99

interface Planned {
  readonly holding: Holding
  readonly alone: boolean
  readonly embedding: Matrix
  readonly names: readonly string[]
  readonly protocol: ProtocolName
}

/**
 * Writes held.json: a `HeldAttack` for each attacker and holding. All user tables of the model stand side by side. What
 * is held alone does not depend on the method: it is attacked where the tables are the original's, upstream `earlier`.
 * A history is the training interactions, an earlier release the model as trained, the other model another recommender
 * as trained.
 */
export async function run(context: StageContext): Promise<void> {
  const { ofTables, ofHeld, attribute, seed } = context.parameters as unknown as Parameters
  const prepared = upstreamOf(context, 'prepare')
  const labels = readLabels(prepared, attribute)
  const { train } = readSplit(prepared)
  const [tablesFrom, earlierFrom] = [upstreamOf(context, 'tables'), upstreamOf(context, 'earlier')]
  const original = tablesFrom === earlierFrom
  const side = (root: string): Matrix => sideBySide(Object.values(readMatricesOf(root, 'tables')))
  const tables = side(tablesFrom)
  const held: readonly (readonly [Holding, Matrix])[] = [
    ['history', historyFeatures(train, { width: Math.min(historyWidth, train.cols), seed })],
    ['earlier release', side(earlierFrom)],
    ['other model', side(upstreamOf(context, 'other'))],
  ]
  const planned: Planned[] = [
    { holding: 'tables', alone: false, embedding: tables, names: ofTables, protocol: 'five-fold' },
    { holding: 'tables, 10 % of labels', alone: false, embedding: tables, names: ofTables, protocol: 'paper' },
  ]
  for (const [holding, embedding] of held) {
    const rest = { holding, names: ofHeld, protocol: 'five-fold' } as const
    if (original) planned.push({ ...rest, alone: true, embedding })
    // The original beside itself is the original.
    if (!(original && holding === 'earlier release'))
      planned.push({ ...rest, alone: false, embedding: sideBySide([embedding, tables]) })
  }
  const made: HeldAttack[] = []
  for (const [at, { holding, alone, embedding, names, protocol }] of planned.entries()) {
    for (const [n, name] of names.entries()) {
      context.progress((at + n / names.length) / planned.length, `${holding}, ${name}`)
      made.push({ holding, alone, ...(await figures(embedding, labels, name, protocol, seed)) })
    }
  }
  context.artifact.json('held', made as unknown as Json)
}

async function figures(
  embedding: Matrix,
  labels: Labels,
  name: string,
  protocol: ProtocolName,
  seed: number,
): Promise<Omit<HeldAttack, 'holding' | 'alone'>> {
  const attacker = await attackerNamed(name)
  const input = attacker.scaleFree ? 'raw' : 'standardised'
  const {
    auc,
    foldedAuc: { value, lower, upper },
    smallestDetectable,
  } = await attack(embedding, labels, attacker, { protocol, input, seed, repeats: repeats[protocol], permutations })
  return { attacker: name, protocol, input, auc: auc.value, foldedAuc: { value, lower, upper }, smallestDetectable }
}
