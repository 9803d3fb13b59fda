/**
 * @file Figure 3: t-SNE maps of a user table, as trained and after each method, coloured by label and by what attackers
 * predict.
 */

import { attack, predictedCodes, type ProtocolName, type SplitScores } from '@indistinct/attackers'
import { gatherRows, type Matrix } from '@indistinct/core'
import { tSne, tsneFigure, type PaperFigure, type TsnePanel } from '@indistinct/report'
import type { Choice } from '@indistinct/stages'
import { readMatrixOf, readMatricesOf } from '../store/artifact-folder.ts'
import { attackerNamed } from '../store/components.ts'
import { headlineTable } from '../store/headline-table.ts'
import { readLabels } from '../store/prepared-data.ts'

interface Shown {
  readonly dataset: string
  readonly recommender: string
  readonly attribute: string
  readonly seed: number
  readonly methods: readonly Choice[]
  readonly attackers: readonly Choice[]
  readonly protocol: Choice
  /** Artifact folders; `after` by method. */
  readonly prepared: string
  readonly original: string
  readonly after: readonly string[]
  progress(share: number, words?: string): void
}

/** Users on a map at most: beyond it a picture shows no single one. */
const mostUsers = 3000

/**
 * A row of maps for each attacker: the labels, then its predictions on the table as trained and after each method. The
 * users are those that the protocol's first draw has the attacker tell, the same in every map, and no more than 3,000.
 */
export async function tsneMaps(shown: Shown): Promise<PaperFigure> {
  const { dataset, recommender, attribute, seed, methods, attackers, protocol, prepared, original, after, progress } =
    shown
  const labels = readLabels(prepared, attribute)
  const table = headlineTable(recommender, Object.keys(readMatricesOf(original, 'tables')))
  const tables = [original, ...after].map((root) => readMatrixOf(root, `tables/${table}`))
  const headings = ['original', ...methods.map(({ name }) => name)]
  const total = tables.length * (attackers.length + 1)
  let done = 0
  const maps = new Map<number, Matrix>()
  let users: Int32Array | undefined
  const panels: TsnePanel[] = []
  for (const { name } of attackers) {
    for (const [at, embedding] of tables.entries()) {
      progress(done++ / total, `${name} on ${headings[at]}`)
      const { splits, auc, classes } = await attack(embedding, labels, await attackerNamed(name), {
        protocol: protocol.name as ProtocolName,
        repeats: 1,
        permutations: 99,
        seed,
      })
      const predicted = predictionsOf(
        splits,
        classes.map((name) => labels.classes.indexOf(name)),
      )
      users ??= Int32Array.from(predicted.keys())
        .sort()
        .filter((_, i, all) => i % Math.ceil(all.length / mostUsers) === 0)
      if (!maps.has(at)) {
        progress(done++ / total, `map of ${headings[at]}`)
        maps.set(at, tSne(gatherRows(embedding, users), { seed }).points)
      }
      if (at === 0)
        panels.push({
          heading: 'ground truth',
          note: name,
          points: maps.get(0)!,
          codes: users.map((user) => labels.codes[user]!),
        })
      panels.push({
        heading: headings[at]!,
        note: `${name}, AUC ${auc.value.toFixed(2)}`,
        points: maps.get(at)!,
        codes: users.map((user) => predicted.get(user) ?? -1),
      })
    }
  }
  return tsneFigure({
    title: `Users of ${recommender} on ${dataset} by ${attribute}`,
    classes: labels.classes,
    panels,
    columns: tables.length + 1,
    colouredBy: 'label on the left, elsewhere by what the attacker predicts',
  })
}

/** What each user that was scored is predicted to be, in the labels' codes: `codeOf` has that of each column. */
function predictionsOf(splits: readonly SplitScores[], codeOf: readonly number[]): Map<number, number> {
  const predicted = new Map<number, number>()
  for (const {
    users,
    probabilities: { data, rows, cols },
  } of splits) {
    const columns = predictedCodes(data, rows, cols)
    users.forEach((user, i) => predicted.set(user, codeOf[columns[i]!]!))
  }
  return predicted
}
