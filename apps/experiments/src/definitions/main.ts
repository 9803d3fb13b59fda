/**
 * @file `npm run definitions`: which definition of NDCG and hit ratio gives figures of the size of the paper's Table 4.
 * Trains both recommenders under the protocol `paper` on each split, measures every definition, and writes
 * results/definitions.
 *
 *   npm run definitions                 both MovieLens data sets
 *   npm run definitions -- ml-100k      one of them; what was measured of the other stays in artifacts/definitions
 *   npm run definitions -- --summary    only the page, from artifacts/definitions
 *
 * Needs INDISTINCT_DATA. A quarter of an hour of one core.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { jsonText, usageError, writeFileAtomic } from '@indistinct/core'
import { kCore, loadDataset } from '@indistinct/datasets'
import { recommender as recommenderNamed } from '@indistinct/recommenders'
import { paper } from '../../protocols/paper.ts'
import type { MeasuredModel } from './closest.ts'
import { measured, starsOf } from './measured.ts'
import { definitionsPage, summaryOf } from './page.ts'
import { splitNamed, splitNames } from './splits.ts'

const seed = 1
const datasets = ['ml-100k', 'ml-1m']
const recommenders = ['nmf', 'lightgcn']
const kept = fileURLToPath(new URL('../../../../artifacts/definitions', import.meta.url))
const results = fileURLToPath(new URL('../../results/definitions', import.meta.url))

const { values, positionals } = parseArgs({ allowPositionals: true, options: { summary: { type: 'boolean' } } })
for (const name of positionals)
  if (!datasets.includes(name))
    throw usageError(`definitions: expected data sets among ${datasets.join(', ')}, got ${name}`)

if (!values.summary) for (const name of positionals.length === 0 ? datasets : positionals) await measure(name)
const models = datasets.flatMap((name) =>
  splitNames.flatMap((split) => recommenders.map((recommender) => stored(name, split, recommender))),
)
const summary = summaryOf(models, seed)
writeFileAtomic(join(results, 'definitions.json'), jsonText(summary, 1))
writeFileAtomic(join(results, 'README.md'), definitionsPage(summary))

async function measure(name: string): Promise<void> {
  const dataset = kCore(await loadDataset(name, {}), 5)
  const stars = starsOf(dataset)
  mkdirSync(kept, { recursive: true })
  for (const split of splitNames) {
    const parts = splitNamed(split, dataset, seed)
    for (const recommender of recommenders) {
      process.stderr.write(`${name}, ${split}, ${recommender}\n`)
      const model = recommenderNamed(recommender).train(parts, { ...paper.recommenders[recommender], seed })
      const made: MeasuredModel = { dataset: name, recommender, split, rows: measured(model, parts, stars, seed) }
      writeFileAtomic(pathOf(name, split, recommender), JSON.stringify(made))
    }
  }
}

function stored(name: string, split: string, recommender: string): MeasuredModel {
  const path = pathOf(name, split, recommender)
  if (!existsSync(path)) throw usageError(`definitions: expected ${path}; npm run definitions -- ${name} makes it`)
  return JSON.parse(readFileSync(path, 'utf8')) as MeasuredModel
}

function pathOf(name: string, split: string, recommender: string): string {
  return join(kept, `${[name, split.replaceAll(/[^0-9a-z]+/g, '-'), recommender].join('-')}.json`)
}
