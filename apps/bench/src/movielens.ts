/** @file MovieLens 1M for benchmarks: its split, and the LightGCN user embedding that unlearning starts from. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bytesOf, type Labels, matrix, type Matrix, sha256 } from '@indistinct/core'
import { findDataset, kCore, knownDataset, loadDataset, splitRatio, type Split } from '@indistinct/datasets'
import { lightgcn, type TrainedRecommender } from '@indistinct/recommenders'

export interface MovielensSplit {
  readonly split: Split
  readonly gender: Labels
}

let loaded: MovielensSplit | undefined

/** The folder of ml-1m, or in one line why there is none. */
export function movielensFolder(): string | { readonly skipped: string } {
  return findDataset(knownDataset('ml-1m')!, {}) ?? { skipped: 'MovieLens 1M is not in INDISTINCT_DATA' }
}

/** 5-core, split 80/10/10 under seed 0. */
export async function movielensSplit(): Promise<MovielensSplit> {
  if (!loaded) {
    const dataset = kCore(await loadDataset('ml-1m'), 5)
    loaded = { split: splitRatio(dataset, { seed: 0 }), gender: dataset.attributes['gender']! }
  }
  return loaded
}

/**
 * LightGCN of K = 16 under its default options; its parameters are kept beside installed packages, by what they follow
 * from.
 */
export async function trainedLightgcn(log: (line: string) => void): Promise<TrainedRecommender> {
  const { split } = await movielensSplit()
  const digest = sha256(
    JSON.stringify([lightgcn.defaults, split.train.indices.length]) + sha256(bytesOf(split.train.indices)),
  ).slice(0, 16)
  const folder = fileURLToPath(new URL('../../../node_modules/.cache/indistinct-bench', import.meta.url))
  const file = join(folder, `lightgcn-${digest}.f32`)
  const shapes = { 'user-layer-0': split.users, 'item-layer-0': split.items }
  const cols = lightgcn.defaults.factors
  if (!existsSync(file)) {
    log('  training LightGCN on MovieLens 1M, once')
    const model = lightgcn.train(split)
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, Buffer.concat(Object.keys(shapes).map((name) => bytesOf(model.parameters[name]!.data))))
  }
  const bytes = readFileSync(file)
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const parameters: Record<string, Matrix> = {}
  let at = 0
  for (const [name, rows] of Object.entries(shapes)) {
    parameters[name] = matrix(rows, cols, all.slice(at, at + rows * cols))
    at += rows * cols
  }
  return lightgcn.restore(split, {}, parameters)
}
