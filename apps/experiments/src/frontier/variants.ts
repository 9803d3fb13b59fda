/**
 * @file The price of the flow's variants in NDCG@10, one line each: tables apart, together, derived, in metrics of
 * scores, at other levels, and with items fitted anew to the moved users. Usage:
 *
 *     INDISTINCT_DATA=… node --import @indistinct/loader apps/experiments/src/frontier/variants.ts \
 *       DATASET RECOMMENDER SEED[,SEED…] [--attack]
 *
 * Trains as `npm start` does, unlearns gender from every user table, and ranks anew. Change of NDCG@10 on validation
 * and on test items; MMD^2 over its null, of each table and of all side by side, as they are and whitened; `--attack`
 * adds the folded AUC of the standardised multi-layer perceptron, and of XGBoost on whitened tables, under five folds
 * on each.
 */

import { attack, mlp, whitener, xgb } from '@indistinct/attackers'
import { matrix, usageError, type Labels, type Matrix } from '@indistinct/core'
import { kCore, loadDataset, splitRatio } from '@indistinct/datasets'
import { d2d } from '@indistinct/losses'
import { ndcgAtK } from '@indistinct/metrics'
import { recommender, seenInTraining, topK } from '@indistinct/recommenders'
import { scoreTopK } from '@indistinct/kernels'
import { unlearnTables, type CalibratedFlowOptions, type TablesOptions } from '@indistinct/unlearners'
import { tableMetric } from '../stages/unlearn-score-metric.ts'
import { refitItems } from './refit-items.ts'

const [dataset, name, seeds, ...flags] = process.argv.slice(2)
if (!dataset || !name || !seeds)
  throw usageError('expected DATASET RECOMMENDER SEED[,SEED…], for example ml-100k lightgcn 1,2')

const data = kCore(await loadDataset(dataset, {}), 5)
const labels = data.attributes['gender']
if (!labels) throw usageError(`expected a data set with gender, got ${dataset}`)

type Tables = Readonly<Record<string, Matrix>>
type Variant = () => { readonly tables: Tables; readonly passes: readonly number[] }

for (const seed of seeds.split(',').map(Number)) {
  const split = splitRatio(data, { seed, ratios: [0.8, 0.1, 0.1] })
  const model = recommender(name).train(split, { seed })
  const names = Object.keys(model.userTables)
  const { unscoredTables: derived } = recommender(name)
  const metrics = Object.fromEntries(
    names.filter((table) => !derived.includes(table)).map((table) => [table, tableMetric(model, split, table)]),
  )
  const flow =
    (tables: TablesOptions, options: CalibratedFlowOptions = {}): Variant =>
    () => {
      const results = Object.entries(unlearnTables(model.userTables, labels, 'flow', options, tables))
      return {
        tables: Object.fromEntries(results.map(([table, { embedding }]) => [table, embedding])),
        passes: results.map(([, { passes }]) => passes),
      }
    }
  const asOne: Variant = () => {
    const wide = sideBySide(Object.values(model.userTables))
    const { embedding, passes } = unlearnTables({ wide: wide.matrix }, labels, 'flow')['wide']!
    return { tables: Object.fromEntries(names.map((table, t) => [table, wide.part(embedding, t)])), passes: [passes] }
  }
  const variants: Record<string, Variant> = {
    apart: flow({ together: false }),
    'apart, in a metric of scores': flow({ together: false, metrics }),
    'as one table alone': asOne,
    'apart, then together': flow({}),
    'what no score depends on derived, as npm start': flow({ derived }),
    'the same, in a metric of scores': flow({ derived, metrics }),
    'the same, without shapes': flow({ derived }, { shapes: false }),
    'the same, level 2': flow({ derived }, { level: 2 }),
    'the same, level 4': flow({ derived }, { level: 4 }),
  }
  const validated = (rank: (seen: typeof split.train, k: number) => Int32Array): number[] => [
    ndcgAtK(rank(split.train, 10), split.validation, 10),
    ndcgAtK(rank(seenInTraining(split), 10), split.test, 10),
  ]
  const before = validated((seen, k) => topK(model, {}, seen, k))
  console.log(
    `${dataset} ${name} seed ${seed}: NDCG@10 ` +
      `${before.map((value) => value.toFixed(4)).join(' on validation, ')} on test`,
  )
  const changed = (after: readonly number[]): string =>
    `${after.map((value, part) => `${(100 * (value / before[part]! - 1)).toFixed(2)} %`).join(' on validation, ')} ` +
    'on test'
  for (const [title, variant] of Object.entries(variants)) {
    const { tables, passes } = variant()
    const after = validated((seen, k) => topK(model, tables, seen, k))
    console.log(`  ${title}: ${changed(after)}; passes ${passes.join(', ')}; MMD^2 over null ${ratios(tables, labels)}`)
    if (flags.includes('--attack')) console.log(`    folded AUC ${await foldedAucs(tables, labels, seed)}`)
    if (!title.endsWith('npm start')) continue
    // Items fitted anew; the same on users as trained, which must not gain.
    const { factors } = model.scores({})
    const moved = model.scores(tables).factors
    if (!factors || !moved) continue
    for (const [how, options] of Object.entries({
      'one map for all': { top: 0, others: 1 },
      'best 100 of each user': { top: 100, others: 0.1 },
    })) {
      const ranked = (users: Matrix): string =>
        changed(
          validated((seen, k) => scoreTopK(users, refitItems(factors.users, users, factors.items, options), seen, k)),
        )
      console.log(
        `    items fitted anew, ${how}: ${ranked(moved.users)}; on users as trained: ${ranked(factors.users)}`,
      )
    }
  }
}

function ratios(tables: Tables, attacked: Labels): string {
  const wide = sideBySide(Object.values(tables)).matrix
  const views = { ...tables, 'side by side': wide, 'side by side, whitened': whitener(wide)(wide) }
  return Object.entries(views)
    .map(
      ([view, embedding]) =>
        `${d2d(embedding, attacked)
          .pairs.map(({ value, nullValue }) => (value / nullValue).toFixed(2))
          .join(' ')} ${view}`,
    )
    .join(', ')
}

async function foldedAucs(tables: Tables, attacked: Labels, seed: number): Promise<string> {
  const views = { ...tables, 'side by side': sideBySide(Object.values(tables)).matrix }
  const seen: string[] = []
  for (const [view, embedding] of Object.entries(views)) {
    const options = { protocol: 'five-fold', seed, repeats: 1 } as const
    const perceptron = await attack(embedding, attacked, mlp, { ...options, input: 'standardised' })
    const trees = await attack(embedding, attacked, xgb, { ...options, input: 'whitened' })
    seen.push(`${perceptron.foldedAuc.value.toFixed(3)} and ${trees.foldedAuc.value.toFixed(3)} ${view}`)
  }
  return seen.join(', ')
}

/** Tables as one, each in units of its spread, and what takes part `t` of such a table out again. */
function sideBySide(tables: readonly Matrix[]): { matrix: Matrix; part: (wide: Matrix, t: number) => Matrix } {
  const { rows } = tables[0]!
  const units = tables.map(({ cols, data: values }) => {
    let sum = 0
    for (let k = 0; k < cols; k++) {
      let [mean, square] = [0, 0]
      for (let i = 0; i < rows; i++) {
        mean += values[i * cols + k]! / rows
        square += values[i * cols + k]! ** 2 / rows
      }
      sum += square - mean ** 2
    }
    return Math.sqrt(sum)
  })
  const firsts = tables.map((_, t) => tables.slice(0, t).reduce((sum, { cols }) => sum + cols, 0))
  const out = matrix(
    rows,
    tables.reduce((sum, { cols }) => sum + cols, 0),
  )
  tables.forEach(({ cols, data: values }, t) => {
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < cols; k++) out.data[i * out.cols + firsts[t]! + k] = values[i * cols + k]! / units[t]!
  })
  return {
    matrix: out,
    part: (wide, t) =>
      matrix(
        rows,
        tables[t]!.cols,
        Float32Array.from(
          { length: rows * tables[t]!.cols },
          (_, p) =>
            wide.data[Math.floor(p / tables[t]!.cols) * wide.cols + firsts[t]! + (p % tables[t]!.cols)]! * units[t]!,
        ),
      ),
  }
}
