/**
 * @file Options of recommenders that were chosen on validation items (`npm run tuning`): by data set, recommender and
 * dimensions K. Data sets that are not named keep the recommender's defaults.
 */

import { readFileSync } from 'node:fs'
import type { Options, Product } from '@indistinct/stages'

/** settings/tuned.json: options by `<data set>/<recommender>/<K>`. */
export type TunedFile = { readonly [name: string]: Options }

export const tunedPath = new URL('../settings/tuned.json', import.meta.url)

const tuned = JSON.parse(readFileSync(tunedPath, 'utf8')) as TunedFile

/** The options chosen for `recommender` with K = `factors` on `dataset`; undefined where none were. */
export function tunedOptions(dataset: string, recommender: string, factors: number): Options | undefined {
  return tuned[`${dataset}/${recommender}/${factors}`]
}

/** All options at K = `factors`, as a product of a grid takes them. */
export function tunedSettings(factors: number): NonNullable<Product['settings']> {
  const settings: { [dataset: string]: { [recommender: string]: Options } } = {}
  for (const [name, options] of Object.entries(tuned)) {
    const [dataset, recommender, size] = name.split('/') as [string, string, string]
    if (Number(size) === factors) settings[dataset] = { ...settings[dataset], [recommender]: options }
  }
  return settings
}
