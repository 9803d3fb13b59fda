/**
 * @file Something of every package that runs in browsers, each told by a digest. The tests run this in Node, and
 * bundled in Chromium, and ask for the same digests.
 */

import { audit } from '@indistinct/attackers'
import { bytesOf, canonicalJson, encodeLabels, matrix, randomStream, sha256, type Json } from '@indistinct/core'
import { readFileSync } from '@indistinct/core/platform'
import { loadDataset, splitRatio } from '@indistinct/datasets'
import { embeddingTable, joinLabels, readAttribute, readTable, writeTable } from '@indistinct/embeddings'
import { rbfMmd } from '@indistinct/kernels'
import { d2d } from '@indistinct/losses'
import { auc } from '@indistinct/metrics'
import { observedTables } from '@indistinct/observations'
import { lightgcn } from '@indistinct/recommenders'
import { reportHtml } from '@indistinct/report'
import { calibratedFlow, fittedToJson, makeDelta, unlearners } from '@indistinct/unlearners'
import { fitXgb } from '@indistinct/xgboost'

const ROWS = 240
const COLS = 6
const formats = ['npy', 'npz', 'csv', 'parquet', 'safetensors', 'vec']

/** @param folder for the files it writes, with a slash at its end */
export async function runEveryPackage(folder: string): Promise<Record<string, string>> {
  const random = randomStream(1, 'every package')
  const codes = Array.from({ length: ROWS }, (_, i) => i % 2)
  const users = matrix(ROWS, COLS)
  for (let p = 0; p < users.data.length; p++) users.data[p] = random.normal() + codes[Math.floor(p / COLS)]! * 0.5
  const labels = encodeLabels(codes.map(String))
  const groups = { first: rowsOf(codes, 0), second: rowsOf(codes, 1) }
  const found: Record<string, string> = { core: digest(users.data) }

  for (const format of formats) {
    const path = `${folder}users.${format}`
    const ids = codes.map((_, i) => String(1000 + i))
    await writeTable(path, embeddingTable({ matrix: users, ids, idColumn: 'id', idType: '<i8' }))
    found[`${format} as written`] = sha256(readFileSync(path))
    const again = await readTable(path)
    found[`${format} as read`] = digest(again.matrix.data) + sha256(again.ids.join())
  }
  await writeTable(`${folder}people.csv`, {
    ...embeddingTable({ matrix: users, ids: codes.map((_, i) => String(1000 + i)), idColumn: 'id' }),
    columns: [{ name: 'group', values: codes.map((code) => (code === 0 ? 'é"a' : 'b')) }],
  })
  const joined = joinLabels(await readTable(`${folder}users.npz`), await readAttribute(`${folder}people.csv`, 'group'))
  found['labels'] = canonicalJson({ by: joined.by, codes: [...joined.labels.codes], classes: joined.labels.classes })

  const { value, gradient } = rbfMmd(users, groups)
  found['kernels'] = String(value) + digest(gradient!.data)
  found['losses'] = JSON.stringify(d2d(users, labels).value)
  found['metrics'] = String(
    auc(
      users.data,
      Float32Array.from(users.data, (_, p) => codes[Math.floor(p / COLS)]!),
    ),
  )

  const data = await loadDataset('synthetic', { seed: 1 })
  const split = splitRatio(data, { seed: 1 })
  const model = lightgcn.train(split, { epochs: 1, factors: 8, seed: 1 })
  const [table] = Object.values(model.userTables)
  found['datasets, recommenders'] = digest(table!.data)
  found['observations'] = observedTables(model, {}, split, { seed: 1 })
    .map(({ table }) => digest(table.data))
    .join()

  const flow = calibratedFlow(users, labels)
  found['flow'] = digest(flow.embedding.data)
  const relabelled = unlearners.relabel.unlearn(users, labels, { drawSeed: 3 })
  found['relabel'] = digest(relabelled.embedding.data)
  found['fit'] = sha256(JSON.stringify(fittedToJson(unlearners.leace.fit(users, labels))))
  found['delta'] = String(makeDelta(bytesOf(users.data), bytesOf(users.data)).length > 0)

  const result = await audit(users, labels, { seed: 1, protocols: ['five-fold'], repeats: { 'five-fold': 1 } })
  found['attackers'] = result.verdict + sha256(canonicalJson(JSON.parse(JSON.stringify(result.attacks)) as Json))
  const trees = await fitXgb(users, codes, { rounds: 5, engine: 'wasm' })
  found['xgboost'] = digest((await trees.predict(users)).data)
  found['report'] = sha256(reportHtml({ title: 'Every package', attacks: [] }))
  return found
}

function rowsOf(codes: readonly number[], wanted: number): Int32Array {
  return Int32Array.from(codes.flatMap((code, row) => (code === wanted ? [row] : [])))
}

function digest(values: ArrayBufferView): string {
  return sha256(bytesOf(values))
}
