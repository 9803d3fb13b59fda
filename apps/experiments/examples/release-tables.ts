/**
 * @file Trains recommenders on a data set, each by its defaults, and writes what a release of all of them gives away:
 * every user table as RECOMMENDER.TABLE.npy, and people.csv, whose ids are the tables' rows.
 *
 *     INDISTINCT_DATA=/path/to/data node --import @indistinct/loader apps/experiments/examples/release-tables.ts \
 *       ml-1m FOLDER SEED lightgcn nmf
 */

import { join } from 'node:path'
import { usageError, writeFileAtomic } from '@indistinct/core'
import { kCore, loadDataset, splitRatio } from '@indistinct/datasets'
import { writeNpy } from '@indistinct/embeddings'
import { recommender } from '@indistinct/recommenders'

const [name, folder, seed, ...recommenders] = process.argv.slice(2)
if (name === undefined || folder === undefined || seed === undefined || recommenders.length === 0) {
  throw usageError('release-tables: expected the name of a data set, a folder, a seed and recommenders')
}
const data = kCore(await loadDataset(name, { dataFolder: process.env['INDISTINCT_DATA'], seed: Number(seed) }), 5)
const split = splitRatio(data, { seed: Number(seed) })
for (const each of recommenders) {
  const { userTables } = recommender(each).train(split, { seed: Number(seed) })
  for (const [table, { rows, cols, data: values }] of Object.entries(userTables))
    writeFileAtomic(join(folder, `${each}.${table}.npy`), writeNpy([rows, cols], values))
}
const { classes, codes } = data.attributes['gender']!
const people = Array.from(codes, (code, row) => `${row},${code < 0 ? '' : classes[code]!}`)
writeFileAtomic(join(folder, 'people.csv'), `id,gender\n${people.join('\n')}\n`)
