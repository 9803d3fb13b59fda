/** @file Components by the names that grids use, each from its own file: a stage loads those that it runs. */

import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Attacker, BatteryEntry } from '@indistinct/attackers'
import { usageError } from '@indistinct/core'
import type { FileDataset, GeneratedDataset } from '@indistinct/datasets'
import type { Recommender, TrainingData, Yardstick } from '@indistinct/recommenders'
import { componentPlaces, type ComponentKind } from '@indistinct/stages'
import type { InTrainingMethod, Unlearner } from '@indistinct/unlearners'

const workspace = fileURLToPath(new URL('../../../..', import.meta.url))

/** @throws IndistinctError 'usage' for an unknown name, as the others. */
export function recommenderNamed(name: string): Promise<Recommender> {
  return named('recommender', name, 'a recommender')
}

export function unlearnerNamed(name: string): Promise<Unlearner<{ readonly [option: string]: unknown }>> {
  return named('unlearner', name, 'a method')
}

export function inTrainingNamed(name: string): Promise<InTrainingMethod<object>> {
  return named('in-training', name, 'a method')
}

export function datasetNamed(name: string): Promise<FileDataset | GeneratedDataset> {
  return named('dataset', name, 'a data set')
}

export function yardstickNamed(name: string): Promise<(data: TrainingData, options?: object) => Yardstick> {
  return named('yardstick', name, 'a yardstick')
}

export async function attackerNamed(name: string): Promise<Attacker> {
  const found = await named<Attacker | BatteryEntry>('attacker', name, 'an attacker')
  return 'attacker' in found ? found.attacker : found
}

async function named<Of>(kind: ComponentKind, name: string, what: string): Promise<Of> {
  const places = componentPlaces(kind, workspace)
  const place = places.get(name)
  if (!place) throw usageError(`expected ${what} among ${[...places.keys()].join(', ')}, got ${JSON.stringify(name)}`)
  const module = (await import(pathToFileURL(join(workspace, place.file)).href)) as { [name: string]: Of }
  return module[place.name]!
}
