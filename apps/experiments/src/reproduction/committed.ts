/** @file The committed results that docs/reproduction.md is made from. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DefinitionsSummary } from '../definitions/page.ts'
import { resultsIn } from '../reproduce/write-pages.ts'
import { dimensionsOf, sweptOf } from './figure-numbers.ts'
import type { Reproduced } from './page.ts'

export const pagePath = fileURLToPath(new URL('../../../../docs/reproduction.md', import.meta.url))

export function committed(): Reproduced {
  const results = new URL('../../results/paper/', import.meta.url)
  const picture = (name: string): string => readFileSync(new URL(`figures/ml-100k-${name}.svg`, results), 'utf8')
  const pictured = ['nmf', 'lightgcn'].map((recommender) => ({
    recommender,
    swept: sweptOf(picture(`${recommender}-trade-off`)),
    dimensions: {
      'u2u-r': dimensionsOf(picture(`${recommender}-histograms-u2u-r`)),
      'd2d-r': dimensionsOf(picture(`${recommender}-histograms-d2d-r`)),
    },
  }))
  const definitions = JSON.parse(
    readFileSync(new URL('../definitions/definitions.json', results), 'utf8'),
  ) as DefinitionsSummary
  return { files: resultsIn(fileURLToPath(results)), pictured, definitions }
}
