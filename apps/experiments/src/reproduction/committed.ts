/** @file The committed results that docs/reproduction.md is made from. */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { DefinitionsSummary } from '../definitions/page.ts'
import { groupTitle } from '../reproduce/groups.ts'
import { resultsIn } from '../reproduce/write-pages.ts'
import { dimensionsOf, sweptOf } from './figure-numbers.ts'
import type { Reproduced } from './page.ts'
import type { Pictured } from './picture-claims.ts'

export const pagePath = fileURLToPath(new URL('../../../../docs/reproduction.md', import.meta.url))

export function committed(): Reproduced {
  const results = new URL('../../results/paper/', import.meta.url)
  const pictured = ['ml-100k', 'ml-1m', 'lfm-2b-synthetic'].flatMap((dataset) =>
    ['nmf', 'lightgcn'].flatMap((recommender) => picturedIn(new URL('figures/', results), dataset, recommender)),
  )
  const definitions = JSON.parse(
    readFileSync(new URL('../definitions/definitions.json', results), 'utf8'),
  ) as DefinitionsSummary
  return { files: resultsIn(fileURLToPath(results)), pictured, definitions }
}

/** Pictures of one model; none where there are none of its dimensions. */
function picturedIn(folder: URL, dataset: string, recommender: string): Pictured[] {
  const model = `${dataset}-${recommender}`
  const path = (figure: string): URL => new URL(`${model}-${figure}.svg`, folder)
  if (!existsSync(path('histograms-d2d-r'))) return []
  const picture = (figure: string): string => readFileSync(path(figure), 'utf8')
  return [
    {
      model,
      title: groupTitle(dataset, recommender),
      compared: dataset.startsWith('ml-'),
      swept: existsSync(path('trade-off')) ? sweptOf(picture('trade-off')) : [],
      mapped: existsSync(path('t-sne')),
      dimensions: {
        'u2u-r': dimensionsOf(picture('histograms-u2u-r')),
        'd2d-r': dimensionsOf(picture('histograms-d2d-r')),
      },
    },
  ]
}
