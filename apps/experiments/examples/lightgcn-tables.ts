/**
 * @file Trains LightGCN on a data set and writes what `indistinct compare` reads: users.csv and items.csv (the
 * propagated vectors, which it recommends by), layer-0.csv (the trained user vectors), people.csv, held-out.csv and
 * seen.csv.
 *
 *     INDISTINCT_DATA=/path/to/data node --import @indistinct/loader \
 *       apps/experiments/examples/lightgcn-tables.ts ml-1m FOLDER [SEED [K]]
 *
 * With K it trains with the options that were chosen for so many dimensions (`npm run tuning`), else with the defaults.
 */

import { join } from 'node:path'
import { matrix, usageError, writeFileAtomic, type Csr, type Matrix } from '@indistinct/core'
import { kCore, loadDataset, splitRatio } from '@indistinct/datasets'
import { embeddingTable, writeTable } from '@indistinct/embeddings'
import { layerMean } from '@indistinct/kernels'
import { interactionGraph, lightgcn, lightgcnDefaults, seenInTraining } from '@indistinct/recommenders'
import { tunedOptions } from '../src/tuned.ts'

const [name, folder, seed = '42', dimensions] = process.argv.slice(2)
if (name === undefined || folder === undefined)
  throw usageError('lightgcn-tables: expected the name of a data set and a folder')
const data = kCore(await loadDataset(name, { dataFolder: process.env['INDISTINCT_DATA'], seed: Number(seed) }), 5)
const split = splitRatio(data, { seed: Number(seed) })
const tuned = dimensions === undefined ? {} : tunedOptions(name, 'lightgcn', Number(dimensions))
if (tuned === undefined)
  throw usageError(`lightgcn-tables: expected dimensions for which options were chosen on ${name}, got ${dimensions}`)
const options = { ...lightgcnDefaults, ...tuned }
const model = lightgcn.train(split, { ...options, seed: Number(seed) })
const graph = interactionGraph(split.train)
const { factors, layers } = options
const nodes = matrix(graph.rows, factors)
const [users, items] = [model.parameters['user-layer-0']!, model.parameters['item-layer-0']!]
layerMean(graph, matrix(graph.rows, factors, sideBySide(users, items)), layers, nodes)

const write = (file: string, ids: readonly string[], table: Matrix): Promise<unknown> =>
  writeTable(join(folder, file), embeddingTable({ matrix: table, ids, idColumn: 'id' }), { force: true })
const pairs = (file: string, csr: Csr): void => {
  const lines = ['user,item']
  for (let u = 0; u < csr.rows; u++)
    for (let p = csr.indptr[u]!; p < csr.indptr[u + 1]!; p++)
      lines.push(`${data.users[u]!},${data.items[csr.indices[p]!]!}`)
  writeFileAtomic(join(folder, file), `${lines.join('\n')}\n`)
}
await write('users.csv', data.users, model.userTables['propagated']!)
await write('layer-0.csv', data.users, model.userTables['layer-0']!)
await write('items.csv', data.items, matrix(data.items.length, factors, nodes.data.slice(data.users.length * factors)))
const names = Object.keys(data.attributes)
const label = (attribute: string, user: number): string => {
  const { classes, codes } = data.attributes[attribute]!
  return codes[user] === -1 ? '' : JSON.stringify(classes[codes[user]!])
}
const people = data.users.map((id, user) => [id, ...names.map((attribute) => label(attribute, user))])
writeFileAtomic(
  join(folder, 'people.csv'),
  [['id', ...names], ...people].map((cells) => `${cells.join(',')}\n`).join(''),
)
pairs('held-out.csv', split.test)
pairs('seen.csv', seenInTraining(split))

function sideBySide(a: Matrix, b: Matrix): Float32Array {
  const out = new Float32Array(a.data.length + b.data.length)
  out.set(a.data)
  out.set(b.data, a.data.length)
  return out
}
