/**
 * @file The price of the flow's variants in NDCG@10, one line each: tables apart, together, with prices, in metrics of
 * scores. Usage: INDISTINCT_DATA=… npx tsx apps/experiments/src/frontier/main.ts DATASET RECOMMENDER SEED[,SEED…] [--attack]
 *
 * Trains as the reproduction does (LightGCN at most 400 epochs, NMF 50; split and training by the seed), unlearns gender
 * from every user table, and ranks anew. Change of NDCG@10 on validation and on test items; `--attack` adds the folded AUC
 * of the standardised multi-layer perceptron under five folds on each table and on the tables side by side.
 */

import { attack, mlp } from '@indistinct/attackers'
import { matrix, usageError, type Labels, type Matrix } from '@indistinct/core'
import { kCore, loadDataset, splitRatio } from '@indistinct/datasets'
import { ndcgAtK } from '@indistinct/metrics'
import { recommender, scoreGradients, topK, type TrainedRecommender } from '@indistinct/recommenders'
import { scoreMetric, unlearnTables, type ScoreMetric, type TablesOptions } from '@indistinct/unlearners'

const [dataset, name, seeds, ...flags] = process.argv.slice(2)
if (!dataset || !name || !seeds) throw usageError('expected DATASET RECOMMENDER SEED[,SEED…], for example ml-100k lightgcn 1,2')

const data = kCore(await loadDataset(dataset, {}), 5)
const labels = data.attributes['gender']
if (!labels) throw usageError(`expected a data set with gender, got ${dataset}`)

for (const seed of seeds.split(',').map(Number)) {
  const split = splitRatio(data, { seed, ratios: [0.8, 0.1, 0.1] })
  const model = recommender(name).train(split, { seed, epochs: name === 'nmf' ? 50 : 400 })
  const { unscoredTables } = recommender(name)
  const quality = (tables: Record<string, Matrix>): number[] => [
    ndcgAtK(topK(model, tables, split.train, 10), split.validation, 10),
    ndcgAtK(topK(model, tables, split, 10), split.test, 10),
  ]
  const before = quality({})
  console.log(`${dataset} ${name} seed ${seed}: NDCG@10 ${before.map((value) => value.toFixed(4)).join(' on validation, ')} on test`)
  const metrics = Object.fromEntries(Object.keys(model.userTables).map((table) => [table, metricOf(model, split, table)]))
  const variants: Record<string, TablesOptions> = {
    apart: { together: false },
    'apart, in a metric of scores': { together: false, metrics },
    together: {},
    ...(unscoredTables.length > 0 && { 'together, priced': { costs: Object.fromEntries(unscoredTables.map((table) => [table, 0.3])) } }),
    'together, in a metric of scores': { metrics },
  }
  for (const [variant, options] of Object.entries(variants)) {
    const results = unlearnTables(model.userTables, labels, 'flow', {}, options)
    const tables = Object.fromEntries(Object.entries(results).map(([table, { embedding }]) => [table, embedding]))
    const change = quality(tables).map((value, part) => `${(100 * (value / before[part]! - 1)).toFixed(2)} %`)
    const passes = Object.values(results).map((result) => result.passes)
    const seen = flags.includes('--attack') ? `; folded AUC ${await foldedAucs(tables, labels, seed)}` : ''
    console.log(`  ${variant}: ${change.join(' on validation, ')} on test; passes ${[...new Set(passes)].join(', ')}${seen}`)
  }
}

/** The metric of the scores of each user's best 100 items. */
function metricOf(model: TrainedRecommender, split: Parameters<typeof scoreGradients>[1], table: string): ScoreMetric {
  const { top, cols, write } = scoreGradients(model, split, [table])
  return scoreMetric(split.users, cols, (row, gradients) => {
    write(row, gradients)
    return name === 'nmf' ? undefined : { scaleFree: model.userTables[table]!.data.subarray(row * cols, (row + 1) * cols) }
  }, { top })
}

async function foldedAucs(tables: Record<string, Matrix>, attacked: Labels, seed: number): Promise<string> {
  const views = { ...tables, 'side by side': sideBySide(Object.values(tables)) }
  const seen: string[] = []
  for (const [view, embedding] of Object.entries(views)) {
    const { foldedAuc } = await attack(embedding, attacked, mlp, { protocol: 'five-fold', seed, standardise: true, repeats: 1 })
    seen.push(`${foldedAuc.value.toFixed(3)} ${view}`)
  }
  return seen.join(', ')
}

function sideBySide(tables: readonly Matrix[]): Matrix {
  const out = matrix(tables[0]!.rows, tables.reduce((sum, { cols }) => sum + cols, 0))
  let first = 0
  for (const { rows, cols, data: values } of tables) {
    for (let i = 0; i < rows; i++) for (let k = 0; k < cols; k++) out.data[i * out.cols + first + k] = values[i * cols + k]!
    first += cols
  }
  return out
}
